// The question box: it grows, keeps its draft through a reload, and is sent once, by Enter or by its button.
(() => {
  const boxes = "[data-comparia-prompt]";
  const growing = `${boxes}, [data-comparia-grow]`;
  const store = {
    get: (key) => { try { return sessionStorage.getItem(key); } catch { return null; } },
    set: (key, text) => { try { text ? sessionStorage.setItem(key, text) : sessionStorage.removeItem(key); } catch { /* the draft is only a comfort */ } },
  };
  const draft = (box) => `draft:${box.dataset.compariaPrompt}`;

  const grow = (box) => {
    box.rows = box.rows || 1;
    const before = box.offsetHeight;
    const least = (box.compariaLeast ??= before);
    box.style.blockSize = "auto";
    const needed = box.scrollHeight + box.offsetHeight - box.clientHeight;
    box.style.blockSize = `${Math.max(needed, least)}px`;
  };

  const prepare = (root) => {
    for (const box of root.querySelectorAll(boxes)) {
      if (!box.value) box.value = store.get(draft(box)) || "";
      else store.set(draft(box), box.value); // given back by the site, which did not take it
    }
    for (const box of root.querySelectorAll(growing)) if (box.value) grow(box);
  };

  document.addEventListener("input", ({ target }) => {
    if (target.matches(growing)) grow(target);
    if (target.matches(boxes)) store.set(draft(target), target.value);
  });

  // Enter sends, Shift+Enter breaks the line. While an input method composes, Enter belongs to it. A finger has a button.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (!event.target.matches(boxes) || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    if (event.target.value.trim()) event.target.form.requestSubmit();
  });

  // A second click does nothing; coming back with the browser's arrow makes the form usable again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-comparia-ask]") || form.hasAttribute("hx-post")) return;
    if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
    form.setAttribute("aria-busy", "true");
    for (const box of form.querySelectorAll(boxes)) store.set(draft(box), "");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-comparia-ask]")) form.removeAttribute("aria-busy");
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-comparia-suggest]");
    const box = link && document.querySelector("#id_prompt");
    if (!box) return;
    event.preventDefault();
    const [before, chosen, after] = link.dataset.compariaSuggest.split(/[[\]]/);
    box.value = before + (chosen ?? "") + (after ?? "");
    box.form.querySelector("[data-comparia-suggested]").value = link.dataset.compariaCode;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    if (chosen) box.setSelectionRange(before.length, before.length + chosen.length);
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.successful || !detail.elt.matches?.("[data-comparia-ask]")) return;
    for (const box of detail.elt.querySelectorAll(boxes)) store.set(draft(box), "");
  });
  // Where too many questions come, this one is sent with a proof.
  const prove = (root) => {
    for (const form of root.querySelectorAll("[data-comparia-proof]")) {
      import(form.dataset.compariaProof).then((made) => made.prove(form));
    }
  };

  document.addEventListener("htmx:load", ({ target }) => { prepare(target); prove(target); });
  prove(document);
  prepare(document);
})();
