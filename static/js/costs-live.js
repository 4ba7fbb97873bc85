/**
 * <costs-live> follows the money: whenever something happened on the project the figures inside are asked for
 * again, soon when the header says that money has moved, else in a while: a verdict changes them too.
 *
 * Whoever reads a bar or a table by keyboard keeps their place, what is open stays open, and nothing is
 * swapped under a field that somebody writes in.
 */
const SOON = 700; // ms between two questions, however fast charges land
const LATER = 2500;

class CostsLive extends HTMLElement {
  connectedCallback() {
    this.shown = this.money();
    this.onNews = () => this.look();
    this.onSwap = (event) => this.contains(event.target) && this.mayI(event);
    this.onSettled = () => this.restore();
    document.body.addEventListener("live:swapped", this.onNews);
    this.addEventListener("htmx:beforeSwap", this.onSwap);
    this.addEventListener("htmx:afterSettle", this.onSettled);
  }

  disconnectedCallback() {
    document.body.removeEventListener("live:swapped", this.onNews);
    clearTimeout(this.asking);
  }

  money() {
    return document.getElementById("money")?.getAttribute("aria-label") ?? "";
  }

  look() {
    const now = this.money();
    this.askIn(now === this.shown ? LATER : SOON);
    this.shown = now;
  }

  askIn(wait) {
    if (this.asking && this.due <= performance.now() + wait) return;
    clearTimeout(this.asking);
    this.due = performance.now() + wait;
    this.asking = setTimeout(() => {
      this.asking = null;
      document.getElementById("costs-figures")?.dispatchEvent(new CustomEvent("money-moved"));
    }, wait);
  }

  /** Not under somebody's hands: what is typed there would be lost. */
  mayI(event) {
    const writing = [...this.querySelectorAll("input:not([type=hidden]), select")].some((field) => field === document.activeElement || (field.value && field.value !== field.defaultValue && field.defaultValue !== undefined));
    if (writing) {
      event.detail.shouldSwap = false;
      this.askIn(LATER);
      return;
    }
    this.remember();
  }

  remember() {
    const at = document.activeElement;
    this.place = this.contains(at) ? at.getAttribute("href") ?? at.id : null;
    this.open = [...this.querySelectorAll("details")].map((each) => each.open);
  }

  restore() {
    [...this.querySelectorAll("details")].forEach((each, number) => (each.open = this.open?.[number] ?? each.open));
    if (!this.place) return;
    const same = [...this.querySelectorAll("a, button, summary, [tabindex]")].find((each) => (each.getAttribute("href") ?? each.id) === this.place && each.getClientRects().length);
    same?.focus({ preventScroll: true });
  }
}
customElements.define("costs-live", CostsLive);
