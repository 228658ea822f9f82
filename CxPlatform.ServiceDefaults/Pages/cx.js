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
    const present = text => {
      const place = document.querySelector("[data-presence]");
      if (place) place.textContent = text;
    };
    source.onmessage = changed;
    source.onopen = () => { present(""); changed(); };
    for (const name of ["changed", "notice", "unread"]) source.addEventListener(name, changed);
    source.addEventListener("presence", event => present(JSON.parse(event.data).text));
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", listen);
  listen();
})();
(() => {
  // A form that names a place for drafts is saved there as one types: a closed tab loses nothing.
  const pending = new Map();
  const save = form => {
    const state = form.querySelector("[data-draft-state]");
    const abort = new AbortController();
    pending.set(form, { abort });
    fetch(form.dataset.draft, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" }, signal: abort.signal, keepalive: true,
    }).then(response => { if (state) state.textContent = response.ok ? "Draft saved" : "The draft could not be saved"; }, () => {});
  };
  const forget = form => {
    const had = pending.get(form);
    clearTimeout(had?.timer);
    had?.abort?.abort();
    pending.delete(form);
    return had;
  };
  document.addEventListener("input", event => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form) return;
    clearTimeout(pending.get(form)?.timer);
    pending.set(form, { timer: setTimeout(() => save(form), 800) });
  });
  document.addEventListener("submit", event => forget(event.target));
  addEventListener("pagehide", () => { for (const [form, had] of pending) if (had.timer) save(form); });
})();
(() => {
  // Keys for the elements that name one in data-key: fields and links get the focus or are followed; j and k go through data-key-item.
  const help = document.querySelector("[data-keys]");
  if (!help) return;
  const toggle = help.querySelector("[data-keys-on]");
  try { toggle.checked = localStorage.getItem("cx-keys") !== "off"; } catch { }
  toggle.defaultChecked = toggle.checked;
  toggle.addEventListener("change", () => { try { localStorage.setItem("cx-keys", toggle.checked ? "on" : "off"); } catch { } });
  const step = by => {
    const items = [...document.querySelectorAll("[data-key-item]")];
    const at = items.findIndex(item => item.contains(document.activeElement));
    items[Math.min(items.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by))]?.focus();
  };
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    const typing = event.target.matches("textarea,select,input:not([type=checkbox])");
    if (event.key === "Escape" && typing) return event.target.blur();
    if (typing || !toggle.checked) return;
    if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else {
      const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!target) return;
      if (target.matches("a,summary")) target.click();
      target.focus();
      target.scrollIntoView({ block: "center" });
    }
    event.preventDefault();
  });
})();
(() => {
  // The bell: how many notices are unread, live; unfolded, the newest of them. Without script it leads to the page that has them all.
  const bell = document.querySelector("[data-bell]");
  if (!bell || !window.EventSource) return;
  const address = bell.dataset.bell;
  const [count, list, all, said] = ["count", "list", "read", "said"].map(name => document.querySelector(`[data-bell-${name}]`));
  const read = what => fetch(address + "/read", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what), keepalive: true,
  }).catch(() => {});
  let newest = 0, shown = "";
  const line = item => {
    const [li, a, need] = ["li", "a", "div"].map(name => document.createElement(name));
    a.href = "/desk/cases/" + encodeURIComponent(item.caseNumber);
    a.textContent = item.what;
    a.addEventListener("click", () => { read({ numbers: [item.number] }); });
    need.className = "muted small";
    need.textContent = `${item.caseNumber} ${item.need ?? ""}`;
    li.append(a, need);
    return li;
  };
  const fill = async () => {
    const response = await fetch(address + "?unread=true&limit=10", { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response?.ok || response.redirected) return;
    const page = await response.json();
    newest = page.items[0]?.number ?? 0;
    all.hidden = page.items.length === 0;
    // The same again changes nothing: neither what is read out nor where the focus is.
    if (JSON.stringify(page.items) === shown) return;
    shown = JSON.stringify(page.items);
    const focus = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    list.replaceChildren(...page.items.map(line));
    if (page.items.length === 0) list.append(Object.assign(document.createElement("li"), { className: "muted", textContent: "Nothing unread." }));
    if (focus) (list.querySelector(`a[href="${CSS.escape(focus)}"]`) ?? bell.querySelector("summary")).focus();
  };
  bell.addEventListener("toggle", () => { if (bell.open) fill(); });
  bell.addEventListener("keydown", event => {
    if (event.key !== "Escape" || !bell.open) return;
    bell.open = false;
    bell.querySelector("summary").focus();
  });
  all.addEventListener("click", () => { read({ upTo: newest }); bell.querySelector("summary").focus(); });
  let source;
  const stop = () => { source?.close(); source = null; };
  const listen = () => {
    if (document.hidden) return stop();
    if (source) return;
    source = new EventSource(address + "/stream");
    source.addEventListener("unread", event => {
      const { unread } = JSON.parse(event.data);
      count.textContent = unread || "";
      if (bell.open) fill();
    });
    source.addEventListener("notice", event => {
      const item = JSON.parse(event.data);
      said.textContent = `${item.what}, ${item.caseNumber}`;
    });
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", listen);
  listen();
})();
