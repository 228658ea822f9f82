(() => {
  // Optional comfort: where the page names a live address, changed parts are fetched afresh. Everything works without.
  const root = document.querySelector("[data-live]");
  if (!root || !window.EventSource) return;
  const parts = page => [...page.querySelectorAll("[data-live-part]")];
  const hidden = part => [...part.querySelectorAll("input[type=hidden]")];
  const visible = part => {
    const copy = part.cloneNode(true);
    hidden(copy).forEach(input => input.remove());
    return copy.innerHTML;
  };
  const busy = part => part.contains(document.activeElement) && document.activeElement.matches("input,textarea,select")
    || [...part.querySelectorAll("textarea,input:not([type=hidden])")].some(i => i.value !== i.defaultValue || i.checked !== i.defaultChecked);
  // What is focused and what is unfolded stays so, when the fresh part still has it.
  const find = (part, old) => part.querySelector(old.id ? "#" + CSS.escape(old.id)
    : old.matches("a[href]") ? `a[href="${CSS.escape(old.getAttribute("href"))}"]` : "no-such");
  const replace = (part, next) => {
    const focus = part.contains(document.activeElement) ? document.activeElement : null;
    const open = [...part.querySelectorAll("details[open]")];
    part.replaceChildren(...next.childNodes);
    for (const old of open) find(part, old)?.setAttribute("open", "");
    if (focus) find(part, focus)?.focus({ preventScroll: true });
  };
  const refresh = async () => {
    waiting = 0;
    const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!response?.ok || response.redirected) return;
    const fresh = parts(new DOMParser().parseFromString(await response.text(), "text/html"));
    for (const part of parts(document)) {
      const next = fresh.find(other => other.dataset.livePart === part.dataset.livePart);
      if (!next || busy(part)) continue;
      if (visible(next) !== visible(part)) replace(part, next);
      else hidden(next).forEach((input, i) => hidden(part)[i].value = input.value);
    }
  };
  let source, waiting = 0;
  const changed = () => { waiting ||= setTimeout(refresh, 250); };
  const stop = () => { source?.close(); source = null; };
  // A browser has few connections for one address: only the page that is looked at holds one. On opening it catches up.
  const listen = () => {
    if (document.hidden) return stop();
    if (source) return;
    source = new EventSource(root.dataset.live);
    source.onopen = source.onmessage = changed;
    source.addEventListener("changed", changed);
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", listen);
  listen();
})();
