// The link of a shared page: copied, or handed to the device's own way of sharing.
(() => {
  const share = document.querySelector("[data-comparia-share]");
  if (!share) return;
  const link = share.querySelector(".link");
  const announcer = document.querySelector("[data-comparia-announcer]");
  const copy = share.querySelector("[data-comparia-copy-link]");
  const send = share.querySelector("[data-comparia-send]");
  const text = copy.lastChild;
  const label = text.textContent;
  let restoring = 0;

  link.addEventListener("focus", () => link.select());
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link.value);
      text.textContent = announcer.textContent = share.dataset.copied;
    } catch {
      announcer.textContent = share.dataset.notCopied;
      link.focus();
      return;
    }
    clearTimeout(restoring);
    restoring = setTimeout(() => { text.textContent = label; }, 2500);
  });
  if (navigator.share) {
    send.hidden = false;
    send.addEventListener("click", () => {
      navigator.share({ title: document.title, url: link.value }).catch(() => {}); // closed by the visitor
    });
  }
})();
