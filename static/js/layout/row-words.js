/**
 * The words of a row on an open page. What somebody else writes stands in a field at once where nothing was typed
 * here; where something was, the page says who changed it, and saving asks. `input[name=version]` carries the
 * version that the page stands on; `data-words` is where the words are asked for.
 */
import { page } from "./kept-text.js";
import { setText } from "./undoable.js";

let turns = 0;

/** What goes along with everything that is sent: which page says so, and for the how manyth time. */
export const sender = () => ({ page, turn: String((turns += 1)) });

export class RowWords {
  /** input: the version's hidden field; `fields()` gives those of the form that are shown, by name. */
  constructor(input, { fields, adopted = () => {}, clash = () => {}, told = () => {} }) {
    Object.assign(this, { input, fields, adopted, clash, told });
    this.base = new Map();
    for (const [name, field] of fields()) this.base.set(name, valueOf(field));
    this.onNews = () => this.news();
    document.body.addEventListener("live:swapped", this.onNews);
    this.onMissed = () => this.ask();
    document.body.addEventListener("live:missed", this.onMissed);
  }

  close() {
    document.body.removeEventListener("live:swapped", this.onNews);
    document.body.removeEventListener("live:missed", this.onMissed);
    this.closed = true;
  }

  get version() {
    return Number(this.input.value);
  }

  /** The studio has these words of ours, and the row this version. */
  saved(name, text, version) {
    this.base.set(name, text);
    this.stands(version);
  }

  stands(version) {
    if (version > this.version) this.input.value = version;
  }

  /** Whether something stands in the field that the studio has not. */
  touched(name) {
    return valueOf(this.fields().get(name)) !== this.base.get(name);
  }

  news() {
    const told = document.getElementById(`row-${this.input.dataset.row}`)?.dataset ?? {};
    if (told.choices !== this.choices) this.told(told); // once each: it stays on the page
    this.choices = told.choices;
    if (Number(told.version) > Math.max(this.version, this.known ?? 0)) this.ask();
  }

  async ask() {
    const answer = await fetch(this.input.dataset.words, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || this.closed) return;
    const row = await answer.json();
    this.take(row);
    this.told(row);
  }

  take({ version, fields }) {
    if (this.closed || version <= this.version) return;
    this.known = version;
    const shown = [...this.fields()].filter(([name]) => name in fields);
    const clashes = shown.filter(([name, field]) => !this.adopt(name, field, fields[name]));
    if (!clashes.length) this.stands(version);
    for (const [name, field] of clashes) this.clash(name, field, fields[name]);
  }

  /** Show theirs where nothing was typed. False where something was. */
  adopt(name, field, theirs) {
    if (theirs.version <= this.version || theirs.page === page) return true;
    const mine = valueOf(field);
    if (same(mine, theirs.text)) {
      this.base.set(name, mine);
      return true;
    }
    if (mine !== this.base.get(name)) return false;
    this.put(name, field, theirs.text);
    this.adopted(name, field, theirs);
    return true;
  }

  put(name, field, text) {
    setText(field, text);
    if ("defaultValue" in field) field.defaultValue = text;
    this.base.set(name, field.value);
  }
}

const valueOf = (field) => (field?.type === "checkbox" ? String(field.checked) : field?.value);
const same = (mine, theirs) => mine.replaceAll("\r\n", "\n").trim() === theirs.replaceAll("\r\n", "\n").trim();

export const say = (words) => document.dispatchEvent(new CustomEvent("say", { detail: words }));

/** A form with a button: it says beside the field who changed it. */
function watch(input) {
  const form = input.form;
  const label = (field) => form.querySelector(`label[for="${CSS.escape(field.id)}"]`)?.textContent.trim() ?? field.name;
  const words = new RowWords(input, {
    fields: () => new Map([...form.elements].filter((each) => each.name && each.type !== "hidden" && each.type !== "checkbox").map((each) => [each.name, each])),
    adopted: (_, field, theirs) => say(`${theirs.who || "Somebody"} changed “${label(field)}”.`),
    clash(name, field, theirs) {
      const id = `clash-${name}`;
      const line = document.getElementById(id) ?? document.createElement("p");
      line.id = id;
      line.className = "hint hint--changed";
      line.setAttribute("role", "status");
      line.textContent = `${theirs.who || "Somebody"} changed this meanwhile to “${theirs.text}”. Saving asks which of the two stays.`;
      field.after(line);
    },
  });
  form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of Object.entries(sender())) formData.set(name, value);
  });
  return words;
}

for (const input of document.querySelectorAll("input[name=version][data-words]")) {
  if (input.form?.id !== "composer") watch(input);
}
