/**
 * <notices-bell data-news> keeps the number of unread notices true, and shows new ones through the
 * browser while nobody looks at the page. Of several open pages one shows each notice.
 */
const EVERY = 60000; // ms
const KEY = "notices-last";

class NoticesBell extends HTMLElement {
  connectedCallback() {
    this.number = this.querySelector(".bell__number");
    this.link = this.querySelector("a");
    this.timer = setInterval(() => this.ask(), EVERY);
    this.onEnd = () => this.soon();
    document.body.addEventListener("take-ended", this.onEnd);
    this.ask();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    clearTimeout(this.waiting);
    document.body.removeEventListener("take-ended", this.onEnd);
  }

  /** Several takes that end together are asked about once. */
  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), 1000);
  }

  async ask() {
    const known = localStorage.getItem(KEY);
    const query = known === null ? "" : `?after=${encodeURIComponent(known)}`;
    try {
      const answer = await fetch(`${this.dataset.news}${query}`, { headers: { Accept: "application/json" } });
      if (answer.ok) this.take(await answer.json(), known);
    } catch {
      // the studio cannot be reached; the next time comes
    }
  }

  take({ unread, last, show, fresh }, known) {
    this.number.textContent = unread;
    this.number.hidden = !unread;
    this.link.setAttribute("aria-label", unread ? `Notices, ${unread} unread` : "Notices");
    const mine = localStorage.getItem(KEY) === known; // else another page was quicker
    localStorage.setItem(KEY, last);
    if (!show || !mine || !document.hidden || globalThis.Notification?.permission !== "granted") return;
    for (const { text, project, path } of fresh) {
      const shown = new Notification(text, { body: project, tag: path });
      shown.onclick = () => {
        window.focus();
        location.assign(path);
      };
    }
  }
}
customElements.define("notices-bell", NoticesBell);

/** The page of switches asks the browser, on a press and not before. */
const button = document.querySelector("[data-ask-notifications]");
const state = document.querySelector("[data-notifications-state]");
function tell() {
  const permission = globalThis.Notification?.permission;
  button.hidden = permission !== "default";
  state.textContent =
    { granted: "This browser shows them.", denied: "This browser has been told not to show them." }[permission] ?? "";
}
if (button) {
  tell();
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    tell();
  });
}
