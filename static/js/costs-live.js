/**
 * <costs-live> follows the money: when the header says that some has moved, the figures inside are asked for again.
 *
 * Whoever reads a bar or a table by keyboard keeps their place, and what is open stays open.
 */
const PAUSE = 700; // ms between two questions, however fast charges land

class CostsLive extends HTMLElement {
  connectedCallback() {
    this.header = document.querySelector(".topbar");
    this.shown = this.money();
    this.watch = new MutationObserver(() => this.look());
    if (this.header) this.watch.observe(this.header, { childList: true, subtree: true, characterData: true });
    this.onSwap = (event) => this.contains(event.target) && this.remember();
    this.onSettled = () => this.restore();
    this.addEventListener("htmx:beforeSwap", this.onSwap);
    this.addEventListener("htmx:afterSettle", this.onSettled);
  }

  disconnectedCallback() {
    this.watch?.disconnect();
    clearTimeout(this.asking);
  }

  money() {
    return document.getElementById("money")?.getAttribute("aria-label") ?? "";
  }

  look() {
    const now = this.money();
    if (now === this.shown) return;
    this.shown = now;
    this.asking ??= setTimeout(() => {
      this.asking = null;
      document.getElementById("costs-figures")?.dispatchEvent(new CustomEvent("money-moved"));
    }, PAUSE);
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
