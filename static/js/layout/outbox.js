/**
 * What was said and is not yet known to be kept. Each thing has a code of its own, so sending it again is
 * harmless; it stays here, over reloads and lost connections, until the studio answers.
 */
const KEY = "rushes:outbox";
const LONGEST = 8000; // ms between attempts
const BUSY = "The studio is busy";

/** What is kept on this machine; in memory, where the browser forbids that or has no room. */
export const keep = {
  memory: new Map(),
  read(key) {
    if (this.memory.has(key)) return this.memory.get(key);
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      value === null ? localStorage.removeItem(key) : localStorage.setItem(key, JSON.stringify(value));
      this.memory.delete(key);
    } catch {
      this.memory.set(key, value);
    }
  },
};

class Outbox extends EventTarget {
  constructor() {
    super();
    this.failures = 0;
    window.addEventListener("online", () => this.pump());
    window.addEventListener("storage", (event) => event.key === KEY && this.changed());
  }

  /** Who sends: nobody sends what somebody else left on this machine. */
  get me() {
    return document.querySelector("main")?.dataset.me ?? document.body.dataset.me ?? "";
  }

  all() {
    return keep.read(KEY) ?? [];
  }

  get items() {
    return this.all().filter((item) => item.me === this.me);
  }

  save(items) {
    keep.write(KEY, items);
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("changed"));
  }

  /** item: {code, url, subject, kind, fields: [[name, value], …]} */
  add(item) {
    this.save([...this.all().filter((each) => each.code !== item.code), { ...item, me: this.me }]);
    this.failures = 0;
    this.pump();
  }

  drop(code) {
    this.save(this.all().filter((each) => each.code !== code));
  }

  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    clearTimeout(this.retry);
    try {
      const tried = new Set();
      for (let item = this.items[0]; item; item = this.items.find((each) => !tried.has(each.code))) {
        tried.add(item.code);
        if (!(await this.send(item)) && this.why !== BUSY) break; // one that the studio stumbles over stops no other
      }
    } finally {
      this.pumping = false;
    }
  }

  /** True when it is out of the box, kept or refused; false to try again later. */
  async send(item) {
    const body = new URLSearchParams(item.fields);
    let answer;
    try {
      const headers = { "X-CSRFToken": token(), "X-Rushes": "script", Accept: "application/json" };
      const keepalive = String(body).length < 30_000; // it goes out though the page is closed
      answer = await fetch(item.url, { method: "POST", body, headers, redirect: "manual", keepalive });
    } catch {
      return this.later("No connection");
    }
    if (answer.ok) {
      const html = await answer.text().catch(() => "");
      this.failures = 0;
      this.drop(item.code);
      this.tell("sent", item, { html });
      return true;
    }
    if (answer.status === 401 || answer.status === 0) return this.later("Signed out");
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return this.later(BUSY);
    if (answer.status === 403) return this.later(await renewed(this.me));
    const said = await answer.json().catch(() => null);
    this.drop(item.code);
    const gone = "This was thrown away, or you may not do this here any more. Your words are back in the field.";
    this.tell("refused", item, { errors: said?.errors ?? { "": gone } });
    return true;
  }

  later(why) {
    this.why = why;
    this.failures += 1;
    this.retry = setTimeout(() => this.pump(), Math.min(LONGEST, 400 * 2 ** this.failures));
    this.changed();
    return false;
  }

  tell(what, item, more) {
    this.dispatchEvent(new CustomEvent(what, { detail: { item, ...more } }));
  }
}

export function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

/**
 * Signing in again, in another tab, makes another token: take it from this page as it is now, if it still is
 * this person's. What stands in the way otherwise, in words.
 */
async function renewed(me) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return "No connection";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const whose = page.querySelector("main")?.dataset.me ?? page.body.dataset.me;
  if (whose !== me) return whose ? "Somebody else is signed in" : "Signed out";
  document.body.setAttribute("hx-headers", page.body.getAttribute("hx-headers"));
  return "Signed in again";
}

/** A random UUID, also where the page does not come over TLS and crypto.randomUUID is missing. */
export function newCode() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const outbox = new Outbox();
outbox.pump();
