/**
 * <costs-live> follows the money: when the header says that some has moved, the figures inside are asked for again.
 *
 * Whoever reads a bar or a table by keyboard keeps their place, what is open stays open, and what is typed stays typed.
 */
const FIELDS = "input[id], select[id], textarea[id]";
const PAUSE = 700; // ms between two questions, however fast charges land

/** What an element is known by when the figures are drawn anew. */
function nameOf(element) {
  const own = ["href", "id", "formaction", "aria-label"].map((name) => element.getAttribute(name)).find(Boolean);
  return own ?? `${element.tagName} ${element.form?.action ?? ""} ${element.textContent.trim()}`;
}

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
