// Class rooms: full screen, print, and the stages that a screen reader hears.
(() => {
  const announcer = document.querySelector("[data-comparia-announcer]");
  let said = document.querySelector("[data-said]")?.dataset.said;
  document.addEventListener("htmx:afterSettle", () => {
    const now = document.querySelector("[data-said]")?.dataset.said;
    if (now && now !== said && announcer) announcer.textContent = now;
    said = now;
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-comparia-print]")) print();
    if (!target.closest("[data-comparia-full-screen]")) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.();
  });
})();
