// Light, dark or as the system says: decided before the first paint, so that no page flashes.
// The theme names the attribute it obeys in <html data-comparia-scheme="…">.
(() => {
  const root = document.documentElement;
  const attribute = root.dataset.compariaScheme;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    try {
      return localStorage.getItem("scheme") || "system";
    } catch {
      return "system";
    }
  };
  const apply = () => {
    const choice = read();
    const scheme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    if (attribute) root.setAttribute(attribute, scheme);
  };
  root.classList.add("js");
  apply();
  dark.addEventListener?.("change", apply);
  addEventListener("storage", apply);
  addEventListener("beforeprint", () => attribute && root.setAttribute(attribute, "light"));
  addEventListener("afterprint", apply);
  addEventListener("DOMContentLoaded", () => {
    for (const radio of document.querySelectorAll("[data-comparia-scheme-choice]")) radio.checked = radio.value === read();
  });
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-comparia-scheme-choice]")) return;
    try {
      localStorage.setItem("scheme", target.value);
    } catch {
      root.setAttribute(attribute, target.value);
      return;
    }
    apply();
  });
  // An open menu closes when the visitor turns elsewhere, or presses Escape.
  document.addEventListener("click", ({ target }) => {
    for (const menu of document.querySelectorAll("[data-comparia-menu][open]")) if (!menu.contains(target)) menu.open = false;
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    for (const menu of document.querySelectorAll("[data-comparia-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
