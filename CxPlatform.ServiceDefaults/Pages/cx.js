(() => {
  // Optional comfort: where the page names a live address, changed parts are fetched afresh. Everything works without.
  const root = document.querySelector("[data-live]");
  if (!root || !window.EventSource) return;
  let waiting = 0;
  const busy = part => part.contains(document.activeElement) && document.activeElement.matches("input,textarea,select")
    || [...part.querySelectorAll("textarea,input:not([type=hidden])")].some(i => i.value !== i.defaultValue);
  // What is focused and what is unfolded stays so, when the fresh part still has it.
  const find = (part, old) => old && part.querySelector(old.id ? "#" + CSS.escape(old.id) : old.matches("a[href]") ? `a[href="${CSS.escape(old.getAttribute("href"))}"]` : "no-such");
  const replace = (part, next) => {
    const focus = part.contains(document.activeElement) ? document.activeElement : null;
    const open = [...part.querySelectorAll("details[open]")];
    part.replaceChildren(...next.childNodes);
    for (const old of open) find(part, old)?.setAttribute("open", "");
    find(part, focus)?.focus({ preventScroll: true });
  };
  const refresh = async () => {
    waiting = 0;
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live-part]")) {
      const next = fresh.querySelector(`[data-live-part="${CSS.escape(part.dataset.livePart)}"]`);
      if (next && next.innerHTML !== part.innerHTML && !busy(part)) replace(part, next);
    }
  };
  const changed = () => { waiting ||= setTimeout(refresh, 250); };
  const source = new EventSource(root.dataset.live);
  source.onmessage = changed;
  source.addEventListener("changed", changed);
  addEventListener("pagehide", () => source.close());
})();
