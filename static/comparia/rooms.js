// Class rooms: full screen, print, the stages that a screen reader hears, and the answer that a phone shows.
(() => {
  const announcer = document.querySelector("[data-comparia-announcer]");
  let said = document.querySelector("[data-said]")?.dataset.said;
  document.addEventListener("htmx:afterSettle", () => {
    const now = document.querySelector("[data-said]")?.dataset.said;
    if (now && now !== said && announcer) announcer.textContent = now;
    said = now;
  });
  // The answers come anew while they are written: a phone goes on showing the one that its owner turned to.
  const views = {};
  document.addEventListener("change", ({ target }) => {
    if (target.matches(".views input")) views[target.name] = target.value;
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [name, value] of Object.entries(views)) {
      const input = document.querySelector(`.views input[name="${name}"][value="${value}"]`);
      if (input) input.checked = true;
    }
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-comparia-print]")) print();
    if (!target.closest("[data-comparia-full-screen]")) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.();
  });
})();
