// A question that found no room is sent again by itself, a little later than asked so that not all come back at once,
// unless the visitor changes it or sends it first.
(() => {
  const form = document.querySelector("[data-comparia-again]");
  if (!form) return;
  const seconds = Number(form.dataset.compariaAgain) * (1 + Math.random());
  const told = form.querySelector("[data-comparia-again-when]");
  told.hidden = false;
  const sending = setTimeout(() => form.requestSubmit(), seconds * 1000);
  form.addEventListener("submit", () => clearTimeout(sending));
  form.addEventListener("input", () => { clearTimeout(sending); told.hidden = true; });
})();
