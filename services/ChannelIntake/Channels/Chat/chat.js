// The chat, for any page: <script src="https://help.example.com/contact/chat.js" defer></script>
// data-lang: en or de (else the page's own language). data-target: the id of an element to fill; else a button opens the chat.
// It brings no other code, keeps its looks to itself (shadow DOM), and needs of a content security policy only script-src and
// connect-src for its own address.
(() => {
  "use strict";
  const script = document.currentScript;
  const api = new URL("/v1/channels/chat", script.src).href;
  const words = {
    en: {
      open: "Chat with us", close: "Close the chat", title: "Chat", log: "What was said", you: "You", us: "We",
      message: "Your message", send: "Send", email: "Your email address (optional)",
      emailHint: "If you leave before we answer, we answer there.",
      waiting: "Thank you. A person reads this and answers here.", unread: n => n + " new",
      failed: "That did not go out. It is still here: please send it again.", tooMany: "One moment, please, then send it again.",
      over: "This conversation has ended. What you write now begins a new one.", offline: "The connection is lost. We try again.",
      invalid: "Please check your message and your email address.",
    },
    de: {
      open: "Chat öffnen", close: "Chat schließen", title: "Chat", log: "Was gesagt wurde", you: "Sie", us: "Wir",
      message: "Ihre Nachricht", send: "Senden", email: "Ihre E-Mail-Adresse (freiwillig)",
      emailHint: "Wenn Sie vorher gehen, antworten wir dorthin.",
      waiting: "Danke. Ein Mensch liest das und antwortet hier.", unread: n => n + " neu",
      failed: "Das ging nicht hinaus. Es steht noch hier: Bitte senden Sie es noch einmal.", tooMany: "Bitte einen Moment, dann noch einmal senden.",
      over: "Dieses Gespräch ist beendet. Was Sie jetzt schreiben, beginnt ein neues.", offline: "Die Verbindung ist weg. Wir versuchen es wieder.",
      invalid: "Bitte prüfen Sie Ihre Nachricht und Ihre E-Mail-Adresse.",
    },
  };
  const lang = (script.dataset.lang || document.documentElement.lang || "en").slice(0, 2).toLowerCase() === "de" ? "de" : "en";
  const say = words[lang];

  const style = `
    :host { all: initial; color-scheme: light dark; --ink: #1c2126; --ground: #fff; --soft: #eef1f4; --mine: #0b5cad; --on-mine: #fff;
      --line: #6b7680; font: 16px/1.45 system-ui, sans-serif; color: var(--ink); }
    @media (prefers-color-scheme: dark) { :host { --ink: #eef1f4; --ground: #22282f; --soft: #323a43; --mine: #8ec5ff; --on-mine: #10151a;
      --line: #98a3ad; } }
    * { box-sizing: border-box; font: inherit; color: inherit; }
    [hidden] { display: none !important; }
    button { border: 0; border-radius: 8px; padding: 10px 16px; background: var(--mine); color: var(--on-mine); cursor: pointer; min-height: 44px; }
    button.plain { background: none; color: inherit; padding: 0 12px; }
    :focus-visible { outline: 3px solid var(--mine); outline-offset: 2px; }
    .opener { position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; border-radius: 24px; box-shadow: 0 2px 10px #0006; }
    .panel { display: flex; flex-direction: column; gap: 8px; background: var(--ground); color: var(--ink); }
    .panel.floating { position: fixed; right: 16px; bottom: 72px; width: 380px; max-width: calc(100vw - 32px); height: 560px;
      max-height: calc(100vh - 96px); padding: 12px; border: 1px solid var(--line); border-radius: 12px; box-shadow: 0 6px 30px #0006; z-index: 2147483000; }
    .panel.inside { min-height: 320px; }
    header { display: flex; justify-content: space-between; align-items: center; }
    h2 { font-size: 18px; font-weight: 600; margin: 0; }
    .log { padding: 4px; flex: 1; overflow-y: auto; display: flex; flex-direction: column; gap: 8px; min-height: 120px; max-height: 60vh; }
    .line { padding: 8px 12px; border-radius: 12px; background: var(--soft); align-self: flex-start; max-width: 85%; overflow-wrap: anywhere; white-space: pre-wrap; }
    .line.mine { background: var(--mine); color: var(--on-mine); align-self: flex-end; }
    .line b { display: block; font-size: 13px; font-weight: 600; }
    label { display: block; font-weight: 600; font-size: 14px; }
    .hint, .status { margin: 0; font-size: 14px; }
    input, textarea { width: 100%; padding: 8px; border: 1px solid var(--line); border-radius: 8px; background: var(--ground); }
    textarea { resize: vertical; min-height: 64px; }
    form { display: flex; flex-direction: column; gap: 8px; }
    @media (max-width: 480px) { .panel.floating { inset: 0; width: auto; max-width: none; height: auto; max-height: none; border: 0; border-radius: 0; } }`;

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const attributes = (element, list) => {
    for (const [name, value] of Object.entries(list)) element.setAttribute(name, value);
    return element;
  };

  const log = attributes(make("div", { className: "log" }), { role: "log", "aria-label": say.log, "aria-live": "polite", tabindex: "0" });
  const status = attributes(make("p", { className: "status" }), { role: "status" });
  const text = make("textarea", { id: "text", rows: 2, maxLength: 10000, required: true });
  const email = attributes(make("input", { id: "email", type: "email", maxLength: 254, autocomplete: "email" }), { "aria-describedby": "hint" });
  const send = make("button", { type: "submit", textContent: say.send });
  const address = make("div", {}, make("label", { htmlFor: "email", textContent: say.email }), make("p", { id: "hint", className: "hint", textContent: say.emailHint }), email);
  const form = make("form", { noValidate: true }, make("div", {}, make("label", { htmlFor: "text", textContent: say.message }), text), address, send);
  const inside = script.dataset.target && document.getElementById(script.dataset.target);
  const heading = make("h2", { id: "title", textContent: say.title });
  const close = attributes(make("button", { type: "button", className: "plain", textContent: "✕" }), { "aria-label": say.close });
  const panel = attributes(make("section", { className: "panel " + (inside ? "inside" : "floating"), hidden: !inside, id: "panel" },
    ...(inside ? [] : [make("header", {}, heading, close)]), log, status, form), inside ? { "aria-label": say.title } : { role: "dialog", "aria-labelledby": "title" });
  const opener = attributes(make("button", { type: "button", className: "opener", textContent: say.open, hidden: !!inside }),
    { "aria-expanded": "false", "aria-controls": "panel" });

  const host = inside || document.body.appendChild(document.createElement("div"));
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  root.append(panel, opener);

  // The conversation's token stays in this browser. Where nothing may be stored, it lasts as long as the page.
  const key = "cx-chat:" + api;
  let chat = null;
  const remember = value => {
    chat = value;
    try { value ? localStorage.setItem(key, JSON.stringify(value)) : localStorage.removeItem(key); } catch { /* not allowed here */ }
  };
  try { chat = JSON.parse(localStorage.getItem(key)); } catch { /* not allowed here */ }
  if (chat && !(Date.parse(chat.expiresAt) > Date.now())) remember(null);

  const shown = new Set();
  let last = 0, read = 0, ours = 0, listening = null, sending = null;

  const isSeen = () => !panel.hidden && !document.hidden;
  const call = (path, body) => fetch(api + path, {
    method: "POST", credentials: "omit",
    headers: { "Content-Type": "application/json", ...(chat ? { "X-Chat-Token": chat.token } : {}) },
    body: JSON.stringify(body),
  });
  const show = line => {
    if (shown.has(line.n)) return;
    shown.add(line.n);
    last = Math.max(last, line.n);
    log.append(make("div", { className: line.mine ? "line mine" : "line" }, make("b", { textContent: line.mine ? say.you : line.name || say.us }), line.text));
    log.scrollTop = log.scrollHeight;
    if (!line.mine) { ours = line.n; status.textContent = ""; }
    seen();
  };
  // Only what was before somebody's eyes counts as read; anything else we send by mail, if we know where.
  const seen = () => {
    const unread = ours > read;
    opener.textContent = unread && panel.hidden ? `${say.open} (${say.unread(1)})` : say.open;
    if (!unread || !isSeen() || !chat) return;
    const upTo = ours;
    read = upTo;
    call("/read", { n: upTo }).then(answer => { if (!answer.ok) read = Math.min(read, upTo - 1); }, () => { read = Math.min(read, upTo - 1); });
  };
  const end = () => {
    remember(null);
    shown.clear();
    last = read = ours = 0;
    address.hidden = false;
    status.textContent = say.over;
  };

  const listen = async () => {
    if (!chat || listening) return;
    const stop = listening = new AbortController();
    for (let wait = 1000; chat && listening === stop; wait = Math.min(wait * 2, 15000)) {
      try {
        const answer = await fetch(api + "/stream", {
          headers: { "X-Chat-Token": chat.token, "Last-Event-ID": String(last) }, credentials: "omit", cache: "no-store", signal: stop.signal,
        });
        if (answer.status === 401 || answer.status === 410) { end(); break; }
        if (answer.ok) {
          wait = 1000;
          if (status.textContent === say.offline) status.textContent = "";
          const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
          for (let buffer = ""; ;) {
            const part = await reader.read();
            if (part.done) break;
            buffer += part.value;
            const events = buffer.split("\n\n");
            buffer = events.pop();
            for (const event of events) {
              const data = event.split("\n").filter(l => l.startsWith("data: ")).map(l => l.slice(6)).join("\n");
              if (data) show(JSON.parse(data));
            }
          }
        }
      } catch {
        if (stop.signal.aborted) break;
        status.textContent = say.offline;
      }
      await new Promise(next => setTimeout(next, wait));
    }
    if (listening === stop) listening = null;
  };

  const uuid = () => {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = b[6] & 15 | 64;
    b[8] = b[8] & 63 | 128;
    const hex = [...b].map(x => x.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const said = text.value.trim();
    if (!said || send.disabled) return text.focus();
    // The same words sent again after a failure are the same line.
    if (!sending || sending.text !== said) sending = { text: said, id: uuid() };
    send.disabled = true;
    try {
      const where = email.value.trim();
      const answer = await call(chat ? "/lines" : "", { ...sending, ...(where ? { email: where } : {}), ...(chat ? {} : { language: lang }) });
      const body = answer.status === 201 || answer.status === 202 ? await answer.json() : null;
      if (body) {
        if (!chat) {
          remember({ token: body.token, expiresAt: body.expiresAt });
          log.replaceChildren();
        }
        sending = null;
        text.value = "";
        address.hidden = !!where || address.hidden;
        status.textContent = say.waiting;
        show(body.line || body);
        listen();
      } else if (answer.status === 401 || answer.status === 410) {
        end();
      } else {
        status.textContent = answer.status === 429 ? say.tooMany : answer.status === 400 ? say.invalid : say.failed;
      }
    } catch {
      status.textContent = say.failed;
    }
    send.disabled = false;
    text.focus();
  });
  text.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  const toggle = open => {
    panel.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    (open ? text : opener).focus();
    log.scrollTop = log.scrollHeight;
    seen();
  };
  opener.addEventListener("click", () => toggle(panel.hidden));
  close.addEventListener("click", () => toggle(false));
  if (!inside) panel.addEventListener("keydown", event => { if (event.key === "Escape") toggle(false); });
  document.addEventListener("visibilitychange", seen);
  addEventListener("pagehide", () => { listening?.abort(); listening = null; });
  addEventListener("pageshow", event => { if (event.persisted) listen(); });
  listen();
})();
