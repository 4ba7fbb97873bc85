/**
 * <reference-names for> offers the names of the shelf where somebody writes an @ into the field.
 *
 * Arrows go through them, Enter or Tab takes one, Escape closes; the mouse does too. The names are read from
 * `[data-shelf]` each time, since the shelf may have changed. The field is a combobox only while they are shown.
 */
const MENTION = /(?<![\w@])@([A-Za-z]?[A-Za-z0-9_]{0,15})$/;
const MOST = 8;

class ReferenceNames extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.list = this.querySelector("[role=listbox]");
    for (const name of ["input", "keydown", "blur", "click"]) this.field?.addEventListener(name, this);
    // before the field loses the focus
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
  }

  disconnectedCallback() {
    this.close();
    for (const name of ["input", "keydown", "blur", "click"]) this.field?.removeEventListener(name, this);
  }

  handleEvent(event) {
    if (event.type === "keydown") return this.key(event);
    if (event.type === "blur") return this.close();
    this.offer();
  }

  /** What is written behind the @ before the caret; null where there is none. */
  get written() {
    const { selectionStart, selectionEnd, value } = this.field;
    if (selectionStart !== selectionEnd) return null;
    return MENTION.exec(value.slice(0, selectionStart))?.[1].toLowerCase() ?? null;
  }

  offer() {
    const written = this.written;
    const known = [...document.querySelectorAll("#composer-references [data-shelf] li")];
    const found = written === null ? [] : known.filter((each) => each.dataset.name.startsWith(written));
    if (!found.length || (found.length === 1 && found[0].dataset.name === written)) return this.close();
    this.list.replaceChildren(...found.slice(0, MOST).map(option));
    this.list.id = "reference-names";
    this.list.hidden = false;
    this.place();
    this.field.setAttribute("role", "combobox");
    for (const [name, value] of Object.entries({ expanded: "true", controls: this.list.id, autocomplete: "list" })) {
      this.field.setAttribute(`aria-${name}`, value);
    }
    this.mark(this.list.firstElementChild);
  }

  /** Below the field, or above it where the window ends. */
  place() {
    const box = this.field.getBoundingClientRect();
    const below = box.bottom + 4;
    const fits = below + this.list.offsetHeight <= window.innerHeight;
    this.list.style.left = `${box.left}px`;
    this.list.style.width = `${Math.min(box.width, 320)}px`;
    this.list.style.top = `${fits ? below : Math.max(4, box.top - 4 - this.list.offsetHeight)}px`;
  }

  close() {
    if (!this.list || this.list.hidden) return;
    this.list.hidden = true;
    this.list.removeAttribute("id"); // htmx would hand what we styled on to whatever has the same, against the CSP
    for (const name of ["role", "aria-expanded", "aria-controls", "aria-autocomplete", "aria-activedescendant"]) {
      this.field.removeAttribute(name);
    }
  }

  mark(option) {
    for (const each of this.list.children) each.setAttribute("aria-selected", String(each === option));
    this.field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.list.hidden || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const options = [...this.list.children];
    const now = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
    const acts = {
      ArrowDown: () => this.mark(options[(now + 1) % options.length]),
      ArrowUp: () => this.mark(options[(now - 1 + options.length) % options.length]),
      Enter: () => this.take(options[now]),
      Tab: () => this.take(options[now]),
      Escape: () => this.close(),
    };
    if (!acts[event.key] || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  /** Write the name out; the draft is saved as if it was typed. */
  take(option) {
    if (!option) return;
    const end = this.field.selectionStart;
    const space = /^\s/.test(this.field.value.slice(end)) ? "" : " ";
    this.field.setRangeText(`@${option.dataset.name}${space}`, end - this.written.length - 1, end, "end");
    this.close();
    this.field.focus();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
customElements.define("reference-names", ReferenceNames);

function option(known) {
  const { name, kind, picture } = known.dataset;
  const item = document.createElement("li");
  item.id = `name-${name}`;
  item.role = "option";
  item.dataset.name = name;
  const image = document.createElement("img");
  Object.assign(image, { src: picture, alt: "", width: 28, height: 28 });
  const words = document.createElement("span");
  words.textContent = `@${name}`;
  const small = document.createElement("small");
  small.textContent = kind;
  item.append(image, words, small);
  return item;
}

/** A menu that is open stays so when what goes along is drawn anew, as after a draft. */
document.body.addEventListener("htmx:oobBeforeSwap", ({ detail: { target, fragment } }) => {
  if (target.id !== "composer-references" || !target.querySelector("details[open]")) return;
  fragment.querySelector("#composer-references details")?.setAttribute("open", "");
});

/**
 * A press and a draft may be on their way at once, and each answer draws what the other is to be swapped for.
 * An answer whose place is gone is not shown: what goes along is asked for as it stands.
 */
document.body.addEventListener("htmx:beforeSend", ({ detail: { elt, target } }) => {
  if (!["composer-references", "composer-send"].includes(target.id)) return;
  let late = false;
  const swapping = ({ detail }) => {
    late = !(elt.isConnected && target.isConnected);
    if (!elt.isConnected) detail.shouldSwap = false;
  };
  // on themselves: they may be off the page by then
  target.addEventListener("htmx:beforeSwap", swapping, { once: true });
  elt.addEventListener("htmx:afterRequest", () => late && document.body.dispatchEvent(new CustomEvent("shelf-changed")), { once: true });
});
