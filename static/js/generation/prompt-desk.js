import { replaceText } from "../layout/undoable.js";
import { escaped } from "./prompt-words.js";

/**
 * <prompt-desk for data-history> stands under the prompt box: chips put words in and take them out, Alt with the
 * arrows walks through the versions of the prompt, and History lists them. Without scripts each is a plain post.
 */
const quoted = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const asWords = (words) => `(?<![\\p{L}\\p{N}_])${quoted(words)}(?![\\p{L}\\p{N}_])`;
const holds = (text, words) => new RegExp(asWords(words), "iu").test(text);

/** As `vocabulary.toggled` takes them out: with one of the commas around them. */
function without(text, words) {
  const found = new RegExp(`(,[ \\t]*)?${asWords(words)}([ \\t]*,)?`, "iu");
  const left = text.replace(found, (_, before, after) => (before && after ? "," : ""));
  return left.replace(/[ \t]{2,}/g, " ").replace(/^[ \t]+|[ \t]+$/g, "");
}

class PromptDesk extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.list = this.querySelector("[data-versions]");
    for (const chip of this.querySelectorAll("button.word")) {
      chip.dataset.words = chip.value;
      chip.type = "button"; // Enter in a field presses Render, as ever
      for (const name of ["name", "value", "formaction"]) chip.removeAttribute(name);
    }
    this.addEventListener("click", this);
    this.addEventListener("keydown", (event) => this.undo(event));
    this.list.closest("details").addEventListener("toggle", this);
    this.field.addEventListener("keydown", this);
    for (const name of ["input", "focus"]) this.field.addEventListener(name, this);
    this.onBraces = (event) => event.target.closest("[data-escape-braces]") && this.braces(event);
    document.addEventListener("click", this.onBraces);
    this.touched = document.activeElement === this.field;
    this.forget();
    this.mark();
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.onBraces);
    this.field.removeEventListener("keydown", this);
    for (const name of ["input", "focus"]) this.field.removeEventListener(name, this);
  }

  handleEvent(event) {
    if (event.type === "click") return this.click(event);
    if (event.type === "keydown") return this.key(event);
    if (event.type === "focus") return (this.touched = true);
    if (event.type === "toggle") return event.target.open && this.open();
    if (!this.walking) this.forget();
    this.mark();
  }

  /** What somebody types is the newest version: a walk begins there. */
  forget() {
    this.versions = null;
    this.place = 0;
  }

  click(event) {
    this.byKeyboard = event.detail === 0; // then the focus stays on the chip, for the next one
    const chip = event.target.closest("button.word");
    const use = event.target.closest("[data-use]");
    const earlier = event.target.closest("[data-earlier]");
    if (chip) this.toggle(chip);
    if (use) {
      event.preventDefault();
      this.use(use.closest("li").querySelector("[data-text]").content.textContent);
    }
    if (earlier) {
      event.preventDefault();
      this.more(earlier);
    }
  }

  /** A version of the history, once what stands there is kept. */
  async use(text) {
    await this.secure();
    this.put(text);
    this.field.focus();
  }

  secure() {
    return document.querySelector("prompt-autosave").secure();
  }

  /** Somebody says that the braces are meant as they stand. */
  braces(event) {
    event.preventDefault();
    this.put(escaped(this.field.value));
  }

  // --- words --------------------------------------------------------------------------------

  toggle(chip) {
    const { words } = chip.dataset;
    const text = this.field.value;
    if (holds(text, words)) return this.put(without(text, words));
    const caret = this.touched ? this.field.selectionStart : text.length;
    const [before, after] = [text.slice(0, caret).trimEnd(), text.slice(caret).trimStart()];
    const first = !before ? "" : /[,.;:!?]$/.test(before) ? " " : ", ";
    const last = !after ? "" : /^[,.;:!?]/.test(after) ? "" : ", ";
    this.put(`${before}${first}${words}${last}${after}`, before.length + first.length + words.length);
  }

  /** Put a text into the box as if it was typed, so that Undo takes it back; the caret where it belongs. */
  put(text, caret = text.length) {
    const from = document.activeElement;
    replaceText(this.field, text);
    this.field.setSelectionRange(caret, caret);
    if (this.byKeyboard && from !== this.field) from.focus();
  }

  /** Which chips the prompt holds, and which groups have one. */
  mark() {
    for (const group of this.querySelectorAll("details:has(.word)")) {
      const chips = [...group.querySelectorAll(".word")];
      for (const chip of chips) chip.setAttribute("aria-pressed", String(holds(this.field.value, chip.dataset.words)));
      group.toggleAttribute("data-held", chips.some((chip) => chip.ariaPressed === "true"));
    }
  }

  // --- versions -----------------------------------------------------------------------------

  async fetched(address) {
    const response = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!response.ok) throw new Error(`${response.status}`);
    const parsed = document.createElement("template");
    parsed.innerHTML = await response.text();
    return parsed.content.querySelector(".versions");
  }

  async open() {
    try {
      this.list.replaceChildren(await this.fetched(this.dataset.history));
    } catch {
      // the link to the page of all versions stays
    }
  }

  async more(link) {
    const next = await this.fetched(link.href);
    link.closest(".versions").after(next);
    link.parentElement.remove();
  }

  /** On a chip, Undo means the words that it put in. */
  undo(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target === this.field) return;
    event.preventDefault();
    const from = document.activeElement;
    this.field.focus();
    document.execCommand(event.shiftKey ? "redo" : "undo");
    from.focus();
  }

  key(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const step = event.key === "ArrowUp" ? 1 : -1;
    this.queue = (this.queue ?? Promise.resolve()).then(() => this.walk(step)).catch(() => {});
  }

  /** One version back or forth. What stands in the box when a walk begins is its newest entry, saved or not. */
  async walk(step) {
    if (!this.versions) {
      await this.secure();
      this.versions = [this.field.value];
      this.place = 0;
      this.next = this.dataset.history;
    }
    if (step > 0 && this.place === this.versions.length - 1 && this.next) await this.readOn();
    const to = this.place + step;
    if (!this.versions || to < 0 || to >= this.versions.length) return;
    this.place = to;
    this.walking = true;
    this.put(this.versions[to]);
    this.walking = false;
    this.dispatchEvent(new CustomEvent("say", { bubbles: true, detail: to ? `${to} ${to === 1 ? "version" : "versions"} back` : "What you typed" }));
  }


  async readOn() {
    const page = await this.fetched(this.next);
    if (!this.versions) return; // somebody typed meanwhile
    this.next = page.dataset.next;
    const texts = [...page.querySelectorAll("[data-text]")].map((each) => each.content.textContent);
    this.versions.push(...texts.filter((text) => text.trim() !== this.versions[0].trim()));
  }
}
customElements.define("prompt-desk", PromptDesk);
