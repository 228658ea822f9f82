(() => {
  // Optional comfort: where the page names a live address, changed parts are fetched afresh. Everything works without.
  const root = document.querySelector("[data-live]");
  if (!root || !window.EventSource) return;
  let waiting = 0;
  const busy = part => part.contains(document.activeElement) && document.activeElement.matches("input,textarea,select")
    || [...part.querySelectorAll("textarea,input:not([type=hidden])")].some(i => i.value !== i.defaultValue);
  const refresh = async () => {
    waiting = 0;
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live-part]")) {
      const next = fresh.querySelector(`[data-live-part="${CSS.escape(part.dataset.livePart)}"]`);
      if (next && next.innerHTML !== part.innerHTML && !busy(part)) part.replaceChildren(...next.childNodes);
    }
  };
  const source = new EventSource(root.dataset.live);
  source.onmessage = () => { waiting ||= setTimeout(refresh, 250); };
  addEventListener("pagehide", () => source.close());
})();
