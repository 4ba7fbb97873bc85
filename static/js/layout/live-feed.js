/**
 * <live-feed data-socket data-poll data-since> keeps a page true.
 *
 * It opens the socket from the number the page was drawn at, swaps what arrives through htmx,
 * tolerates late and repeated frames, and asks again when it sees a gap. Where sockets are blocked it
 * polls. It shows which: Live, Catching up, Polling.
 */
import { fillControls } from "./personal-controls.js";

const POLL_EVERY = 3000; // ms
const LONGEST_WAIT = 15000; // ms between attempts to connect
const WORDS = { closed: "Signed out", live: "Live", "catching-up": "Catching up", polling: "Polling", connecting: "Connecting" };

/** A field in which somebody writes, or is about to: its words, whether it has the focus, and where the caret is. */
function asItIs(field) {
  const { id, value, defaultValue, selectionStart, selectionEnd, selectionDirection, scrollTop } = field;
  const caret = [selectionStart, selectionEnd, selectionDirection];
  return { id, value, typed: value !== defaultValue, hasFocus: field === document.activeElement, caret, scrollTop };
}

/** Have the field that came in its place stand open with the same words, and the caret where it was. */
function putBack({ id, value, typed, hasFocus, caret, scrollTop }) {
  const field = document.getElementById(id);
  if (!field) return;
  const around = field.closest("details");
  if (around) around.open = true;
  if (typed) field.value = value;
  if (!hasFocus) return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(...caret);
  field.scrollTop = scrollTop;
}

class LiveFeed extends HTMLElement {
  connectedCallback() {
    this.since = Number(this.dataset.since);
    this.attempts = 0;
    this.unseen = 0;
    this.title = document.title;
    this.onShow = () => document.hidden || this.clearTitle();
    this.onNow = () => this.poll();
    this.onTold = (event) => this.swap(event.detail);
    this.onSubmit = (event) => this.leave(event);
    this.onSend = (event) => this.onItsWay(event.detail.xhr);
    this.pending = 0;
    document.addEventListener("visibilitychange", this.onShow);
    document.body.addEventListener("live:now", this.onNow);
    document.body.addEventListener("live:told", this.onTold);
    window.addEventListener("submit", this.onSubmit);
    document.body.addEventListener("htmx:beforeSend", this.onSend);
    this.connect();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.onShow);
    document.body.removeEventListener("live:now", this.onNow);
    document.body.removeEventListener("live:told", this.onTold);
    window.removeEventListener("submit", this.onSubmit);
    document.body.removeEventListener("htmx:beforeSend", this.onSend);
    clearInterval(this.reloading);
    clearTimeout(this.retry);
    clearInterval(this.polling);
    this.socket?.close();
  }

  /** A form is sent and another page comes, if nothing goes wrong. */
  leave(event) {
    if (event.defaultPrevented) return;
    this.leaving = true;
    setTimeout(() => (this.leaving = false), 10000);
  }

  /** A press, a draft or an upload: the page stays until it is answered. */
  onItsWay(xhr) {
    this.pending += 1;
    xhr.addEventListener("loadend", () => (this.pending -= 1), { once: true });
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.dataset.socket}?since=${this.since}&at=${encodeURIComponent(this.dataset.at ?? "")}`);
    this.socket = socket;
    // a blocked socket often neither opens nor fails
    const impatience = setTimeout(() => socket.readyState === WebSocket.CONNECTING && socket.close(), 5000);
    socket.addEventListener("open", () => {
      clearTimeout(impatience);
      this.show("catching-up");
      document.body.dispatchEvent(new CustomEvent("live:open"));
    });
    socket.addEventListener("message", (event) => {
      this.attempts = 0;
      this.stopPolling();
      this.take(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => {
      clearTimeout(impatience);
      if (this.socket !== socket || !this.isConnected) return;
      if (event.code === 4404) return this.end();
      this.attempts += 1;
      if (this.attempts > 1) this.startPolling();
      else this.show("catching-up");
      const wait = Math.min(LONGEST_WAIT, 500 * 2 ** this.attempts) * (0.7 + 0.6 * Math.random());
      this.retry = setTimeout(() => this.connect(), wait);
    });
  }

  /** The page shows another shot now, without having been loaded anew. */
  goTo(place) {
    this.dataset.at = place;
    this.title = document.title;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ at: place }));
  }

  /** Somebody writes on this page: in which words, or "" when they have stopped. False: nobody can be told now. */
  writes(field) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify({ writing: field }));
    return true;
  }

  /** We are not let in as who we were. In another role, or by a new session, we may be: then come back so. */
  async end() {
    const answer = await fetch(`${this.dataset.poll}?since=${this.since}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) this.reload();
    if (answer && !answer.ok) return this.closed();
    this.show("catching-up");
    if (!this.reloading) this.retry = setTimeout(() => this.connect(), 1000);
  }

  /** Nobody lets us in: say so, and leave what is typed alone. */
  closed() {
    this.stopPolling();
    clearTimeout(this.retry);
    this.show("closed");
    document.body.dispatchEvent(new CustomEvent("signed-out"));
  }

  show(state) {
    if (this.dataset.state === state) return;
    this.dataset.state = state;
    this.textContent = WORDS[state];
  }

  /** One frame: {from, seq, html, ready}. */
  take(frame) {
    const polled = this.dataset.state === "polling";
    if ("present" in frame) return this.swap(frame.present);
    if (this.held) return void this.held.push(frame);
    if (frame.reload && frame.seq <= this.since && !frame.ahead) return; // ahead: what we know has not happened here
    if (frame.reload) {
      this.since = frame.seq; // what comes until the page can be loaded again is shown as ever
      document.body.dispatchEvent(new CustomEvent("live:missed"));
      return this.reload();
    }
    if (frame.from > this.since + 1) {
      this.show("catching-up");
      this.socket?.readyState === WebSocket.OPEN ? this.socket.send(JSON.stringify({ since: this.since })) : this.poll();
      return;
    }
    if (frame.seq > this.since) {
      this.since = frame.seq;
      this.swap(frame.html);
      this.count(frame.ready ?? []);
      if (frame.ended) document.body.dispatchEvent(new CustomEvent("take-ended"));
    }
    if (!polled) this.show("live");
  }

  /** Wait with what arrives: this page is about to hear what it did itself. */
  hold() {
    this.held ??= [];
  }

  /** Go on, having seen everything up to this number, if one is given. */
  release(seq) {
    const held = this.held ?? [];
    this.held = null;
    if (seq === this.since + 1) this.since = seq;
    for (const frame of held) this.take(frame);
  }

  /**
   * More has changed than fits a frame: load the page again, but never under somebody's hands, never
   * while a form is on its way, and only where what is shown is a list that lives: forms keep what is typed.
   */
  reload() {
    if (this.reloading || !document.querySelector("main[data-live]")) return;
    const busy = () =>
      this.leaving ||
      this.pending > 0 ||
      document.activeElement?.matches("textarea, input:not([type=checkbox], [type=radio], [type=range]), select") ||
      document.querySelector("dialog[open]") || // somebody is choosing
      document.querySelector("#toasts button"); // an Undo that can still be pressed
    const now = () => busy() || location.reload();
    now();
    this.reloading = setInterval(now, 400);
  }

  swap(html) {
    const parsed = document.createElement("template");
    parsed.innerHTML = html;
    for (const fresh of [...parsed.content.children]) this.place(fresh);
    document.body.dispatchEvent(new CustomEvent("live:swapped"));
  }

  /** Replace the element with this id, unless ours is newer; a newcomer goes where it says. */
  place(fresh) {
    const old = document.getElementById(fresh.id);
    if ("gone" in fresh.dataset) return old?.remove();
    if (fresh.dataset.signal) return document.body.dispatchEvent(new CustomEvent(fresh.dataset.signal));
    if (old) {
      if (Number(fresh.dataset.revision) < Number(old.dataset.revision)) return;
      if (fresh.matches(".banner") && old.isEqualNode(fresh)) return; // it would be read out again
      const focused = old.contains(document.activeElement) ? document.activeElement : null;
      const again = focused && (focused.id || focused.getAttribute("formaction") || focused.className);
      const written = [...old.querySelectorAll("textarea[id]")].filter((field) => field.closest("details[open]") || field.value !== field.defaultValue).map(asItIs);
      window.htmx.swap(old, fresh.outerHTML, { swapStyle: "outerHTML" });
      fillControls(document.getElementById(fresh.id));
      for (const field of written) putBack(field);
      if (again && !written.some(({ hasFocus }) => hasFocus)) this.focusAgain(fresh.id, again);
    } else if (fresh.dataset.into) {
      const list = document.getElementById(fresh.dataset.into);
      if (!list || "partial" in list.dataset) return; // a filtered list, or one page of several
      fresh.dataset.fresh = "";
      window.htmx.swap(list, fresh.outerHTML, { swapStyle: "beforeend" });
      document.querySelector(`main .emptiness`)?.closest(".board")?.querySelector(":scope > .emptiness")?.remove();
      document.getElementById(fresh.id)?.closest(".filmstrip") && document.getElementById(fresh.id).scrollIntoView({ block: "nearest", inline: "nearest" });
      if (fresh.matches(".take")) document.body.dispatchEvent(new CustomEvent("take-started"));
    }
    const code = fresh.id.replace(/^render-/, "");
    if (code !== fresh.id) document.body.dispatchEvent(new CustomEvent(`changed-${code}`));
  }

  focusAgain(id, mark) {
    const fresh = document.getElementById(id);
    const same = [...(fresh?.querySelectorAll("a, button, input, textarea, summary") ?? [])].find(
      (each) => (each.id || each.getAttribute("formaction") || each.className) === mark,
    );
    (same ?? fresh?.querySelector("a, button"))?.focus();
  }

  /** The tab's title counts takes that became ready while nobody looked. */
  count(ready) {
    if (!ready.length) return;
    document.body.dispatchEvent(new CustomEvent("take-ready"));
    if (!document.hidden) return;
    this.unseen += ready.length;
    document.title = `(${this.unseen}) ${this.title}`;
  }

  clearTitle() {
    this.unseen = 0;
    document.title = this.title;
  }

  startPolling() {
    this.show("polling");
    if (this.polling) return;
    this.poll();
    this.polling = setInterval(() => this.poll(), POLL_EVERY);
  }

  stopPolling() {
    clearInterval(this.polling);
    this.polling = null;
    if (this.dataset.state === "polling") this.show("catching-up");
  }

  async poll() {
    try {
      const response = await fetch(`${this.dataset.poll}?since=${this.since}&as=${this.dataset.role}`, { headers: { Accept: "application/json" } });
      if (response.status === 401 || response.status === 404) return this.closed();
      if (response.status === 409) return this.reload(); // in another role now
      if (response.ok) this.take(await response.json());
    } catch {
      // the studio cannot be reached; the next attempt is on its way
    }
  }
}
customElements.define("live-feed", LiveFeed);
