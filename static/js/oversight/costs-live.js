/**
 * <costs-live> follows the money: whenever something happened on the project the figures inside are asked for
 * again, soon when the header says that money has moved, else in a while: a verdict changes them too.
 *
 * Whoever reads a bar or a table by keyboard keeps their place, what is open stays open, and what is typed stays typed.
 */
const FIELDS = "input[id], select[id], textarea[id]";
const SOON = 700; // ms between two questions, however fast charges land
const LATER = 2500;

/** What an element is known by when the figures are drawn anew. */
function nameOf(element) {
  const own = ["href", "id", "formaction", "aria-label"].map((name) => element.getAttribute(name)).find(Boolean);
  return own ?? `${element.tagName} ${element.form?.action ?? ""} ${element.textContent.trim()}`;
}

class CostsLive extends HTMLElement {
  connectedCallback() {
    this.shown = this.money();
    this.onNews = () => this.look();
    document.body.addEventListener("live:swapped", this.onNews);
    this.onSwap = (event) => this.contains(event.target) && this.remember();
    this.onSettled = () => this.restore();
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
    const due = performance.now() + wait;
    if (this.asking && this.due <= due) return;
    clearTimeout(this.asking);
    this.due = due;
    this.asking = setTimeout(() => {
      this.asking = null;
      document.getElementById("costs-figures")?.dispatchEvent(new CustomEvent("money-moved"));
    }, wait);
  }

  remember() {
    const at = this.contains(document.activeElement) ? document.activeElement : null;
    this.place = at && nameOf(at);
    this.caret = at?.type === "text" ? [at.selectionStart, at.selectionEnd] : null;
    this.open = [...this.querySelectorAll("details")].map((each) => each.open);
    this.typed = [...this.querySelectorAll(FIELDS)].map((each) => [each.id, each.value]);
  }

  restore() {
    [...this.querySelectorAll("details")].forEach((each, number) => (each.open = this.open?.[number] ?? each.open));
    for (const [id, value] of this.typed ?? []) {
      const field = document.getElementById(id);
      if (field) field.value = value;
    }
    if (!this.place) return;
    const same = [...this.querySelectorAll(`a, button, summary, [tabindex], ${FIELDS}`)].find((each) => nameOf(each) === this.place && each.getClientRects().length);
    if (same !== document.activeElement) same?.focus({ preventScroll: true });
    if (this.caret) same?.setSelectionRange?.(...this.caret);
  }
}
customElements.define("costs-live", CostsLive);
