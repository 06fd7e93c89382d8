// A comparison that lives: it follows the answers over a socket, or by asking again where sockets do not pass.
(() => {
  const arena = document.querySelector("[data-comparia-arena]");
  if (!arena) return;
  const words = arena.dataset;
  const announcer = document.querySelector("[data-comparia-announcer]");
  const connection = document.querySelector("[data-comparia-connection]");
  const unfinished = () => document.querySelector("[data-comparia-unfinished]");
  const say = (text) => { announcer.textContent = text; };

  // --- Follow ---------------------------------------------------------------------------------------
  let socket = null;
  let timer = 0;
  let wasLost = false;
  let fading = 0;

  const show = (text, forMs) => {
    clearTimeout(fading);
    connection.textContent = text;
    if (forMs) fading = setTimeout(() => { connection.textContent = ""; }, forMs);
  };
  const resumed = () => {
    if (wasLost) show(words.resumed, 4000);
    wasLost = false;
  };
  const poll = () => {
    if (socket || !unfinished()) return stopPolling();
    const turn = unfinished().closest("[data-comparia-turn]");
    if (turn) htmx.trigger(turn, "comparia:poll");
  };
  const startPolling = () => { if (!timer && !socket && unfinished()) timer = setInterval(poll, 1500); };
  const stopPolling = () => { clearInterval(timer); timer = 0; };

  arena.addEventListener("htmx:wsOpen", ({ detail }) => {
    socket = detail.socketWrapper;
    stopPolling();
    resumed();
  });
  for (const name of ["htmx:wsClose", "htmx:wsError"]) {
    arena.addEventListener(name, () => { socket = null; startPolling(); });
  }
  setTimeout(startPolling, 3000);

  const lost = () => {
    if (!unfinished()) return show(words.failed, 8000);
    wasLost = true;
    show(words.lost);
  };
  arena.addEventListener("htmx:sendError", lost);
  arena.addEventListener("htmx:timeout", lost);
  // Full, or about to be restarted: what was sent stays in its form, which is sent again a little later.
  const tries = new WeakMap();
  arena.addEventListener("htmx:responseError", ({ detail: { elt, xhr, requestConfig } }) => {
    const tried = tries.get(elt) || 0;
    if (xhr.status !== 503 || requestConfig.verb !== "post" || tried >= 6) return show(words.failed, 8000);
    tries.set(elt, tried + 1);
    show(words.busy);
    const seconds = (Number(xhr.getResponseHeader("Retry-After")) || 3) * (1 + Math.random());
    const { type } = requestConfig.triggeringEvent || { type: "submit" };
    setTimeout(() => { if (elt.isConnected) htmx.trigger(elt, type); }, seconds * 1000);
  });
  arena.addEventListener("htmx:afterRequest", ({ detail }) => { if (!detail.successful) return;
    if (tries.delete(detail.elt)) show("");
    resumed();
  });
  addEventListener("online", resumed);
  addEventListener("offline", () => { if (unfinished()) lost(); });

  // --- What the page keeps through a swap --------------------------------------------------------------
  // Folds that the reader opened stay open; a reader at the end stays at the end, any other is never moved.
  let open = new Set();
  let isAtEnd = false;
  const lastTurn = () => {
    const turns = document.querySelectorAll("[data-comparia-turn]");
    return turns.length ? turns[turns.length - 1] : null;
  };
  addEventListener("scroll", () => {
    const turn = unfinished() && lastTurn();
    isAtEnd = Boolean(turn) && scrollY > 0 && Math.abs(turn.getBoundingClientRect().bottom - innerHeight) < 160;
  }, { passive: true });
  let states = {};
  const readStates = () => {
    const found = {};
    for (const state of document.querySelectorAll(".state")) found[state.id] = state.dataset.state;
    return found;
  };

  const before = () => {
    open = new Set(Array.from(arena.querySelectorAll("details[open][id]"), (fold) => fold.id));
    states = readStates();
    views = Array.from(arena.querySelectorAll(".views input:checked"), ({ name, value }) => ({ name, value }));
    const active = arena.contains(document.activeElement) ? document.activeElement : null;
    place = active?.closest(".answer, .actions, [data-comparia-turn]")?.id;
  };
  let views = [];
  let place = "";
  const after = () => {
    for (const { name, value } of views) {
      const view = arena.querySelector(`.views input[name="${name}"][value="${value}"]`);
      if (view) view.checked = true;
    }
    const left = place && document.activeElement === document.body && document.getElementById(place);
    if (left) {
      left.tabIndex = -1;
      left.focus({ preventScroll: true });
    }
    for (const id of open) {
      const fold = document.getElementById(id);
      if (fold) fold.open = true;
    }
    announce();
    label(arena);
    if (isAtEnd) lastTurn()?.scrollIntoView({ block: "end", behavior: "instant" });
  };
  const announce = () => {
    const now = readStates();
    const said = [];
    for (const [id, state] of Object.entries(now)) {
      if (!(id in states) || states[id] === state) continue;
      if (state === "complete" || state === "stopped") said.push(words[`${id[0]}Finished`]);
      if (state === "failed" || state === "interrupted") said.push(words[`${id[0]}Broken`]);
    }
    if (!said.length) return;
    say(said.join(". "));
    reach();
  };
  arena.addEventListener("htmx:wsBeforeMessage", (event) => {
    if (!unfinished()) return event.preventDefault();
    before();
  });
  arena.addEventListener("htmx:wsAfterMessage", () => { after(); resumed(); });
  arena.addEventListener("htmx:beforeSwap", before);
  arena.addEventListener("htmx:afterSettle", ({ detail }) => {
    after();
    arrive(detail.requestConfig?.path || "");
    // Something new may be being written: the socket is told, since it says nothing once both answers are over.
    if (unfinished()) socket ? socket.sendImmediately("{}", arena) : startPolling();
  });

  // --- After an action, the focus goes where the reader is -------------------------------------------
  const arrive = (path) => {
    const target = path.endsWith("/reveal/") ? document.querySelector("#reveal-title")
      : path.endsWith("/questions/") ? document.querySelector("#check") || lastTurn()?.querySelector(".question") : null;
    if (!target) return;
    target.closest(".reveal")?.classList.add("is-new");
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start" });
  };

  // --- Copy --------------------------------------------------------------------------------------------
  const { copyLabel, copiedLabel } = document.body.dataset;
  const label = (root) => {
    for (const button of root.querySelectorAll("button[data-comparia-copy]:empty")) {
      button.textContent = copyLabel;
    }
  };
  // Code wider than its column can be scrolled from the keyboard.
  const reach = () => {
    for (const code of arena.querySelectorAll(".answer-body pre:not([tabindex])")) {
      if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
    }
  };
  const source = (button) => {
    const selector = button.dataset.compariaCopy;
    const found = selector ? document.querySelector(selector) : button.closest(".code-block")?.querySelector("pre");
    return found?.innerText.trim() ?? "";
  };
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest?.("button[data-comparia-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(source(button));
    } catch {
      return show(words.failed, 4000);
    }
    button.textContent = copiedLabel;
    say(copiedLabel);
    setTimeout(() => { button.textContent = copyLabel; }, 2000);
  });
  label(arena);
  reach();

  // --- Forms that came by the socket have no token: the page's own is theirs ------------------------------
  document.addEventListener("submit", ({ target }) => {
    if (target.method !== "post" || target.elements.csrfmiddlewaretoken || !arena.contains(target)) return;
    const token = document.createElement("input");
    token.type = "hidden";
    token.name = "csrfmiddlewaretoken";
    token.value = JSON.parse(arena.getAttribute("hx-headers"))["X-CSRFToken"];
    target.append(token);
  });

  // --- A comment that is being written survives a reload: it is then sent with the vote ---------------------
  const comments = ".vote textarea[name]";
  const draft = (box) => `draft:${box.form.getAttribute("action")}${box.name}`;
  const kept = (act, ...given) => { try { return sessionStorage[act](...given); } catch { return null; } };
  arena.addEventListener("input", ({ target }) => {
    if (target.matches(comments)) kept("setItem", draft(target), target.value);
  });
  arena.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.successful || !detail.elt.matches?.(".vote")) return;
    for (const box of detail.elt.querySelectorAll(comments)) {
      if (box.value === detail.requestConfig.parameters[box.name]) kept("removeItem", draft(box));
    }
  });
  for (const box of arena.querySelectorAll(comments)) {
    const text = kept("getItem", draft(box));
    if (text === null || text === box.value) continue;
    box.value = text;
    box.closest("details").open = true;
    addEventListener("load", () => box.dispatchEvent(new Event("change", { bubbles: true })), { once: true });
  }

  // --- On a phone, a swipe goes from one answer to the other ----------------------------------------------
  let start = null;
  arena.addEventListener("touchstart", ({ target, touches }) => {
    const columns = target.closest("[data-comparia-swipe]");
    start = columns && touches.length === 1 && !target.closest("pre, .table-scroll, .math-block, input, textarea")
      ? { x: touches[0].clientX, y: touches[0].clientY, turn: columns.closest("[data-comparia-turn]") } : null;
  }, { passive: true });
  arena.addEventListener("touchend", ({ changedTouches }) => {
    if (!start) return;
    const [dx, dy] = [changedTouches[0].clientX - start.x, changedTouches[0].clientY - start.y];
    const shown = start.turn.querySelector(".views input:checked")?.value;
    if (Math.abs(dx) < 60 || Math.abs(dx) < 2 * Math.abs(dy) || shown === "both") return;
    const other = start.turn.querySelector(`.views input[value="${dx < 0 ? "b" : "a"}"]`);
    if (other) other.checked = true;
  }, { passive: true });
})();
