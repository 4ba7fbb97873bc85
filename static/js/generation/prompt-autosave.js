/**
 * <prompt-autosave for> saves the prompt while it is written: half a second after the last key, every few seconds
 * while keys go on, when the field is left and when the page goes away. Until the studio has it, it is kept in this
 * browser. What somebody else wrote meanwhile is never replaced unseen: the studio answers with both, and asks.
 */
import { kept, offer } from "../layout/kept-text.js";
import { RowWords, say, sender } from "../layout/row-words.js";
import { replaceText } from "../layout/undoable.js";

const PAUSE = 500; // ms after the last key
const AT_LEAST = 3000; // ms between two saves while keys go on
const LONGEST = 60_000; // ms between attempts
const LARGEST = 60_000; // bytes that a browser sends of a page that is going

class PromptAutosave extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.form = this.field.form;
    const version = this.form.elements.version;
    this.name = `${version.dataset.row}:prompt`;
    this.words = new RowWords(version, {
      fields: () => new Map([["prompt", this.field]]),
      adopted: (_, field, theirs) => this.adopted(theirs),
      clash: () => this.askAgain(),
      told: ({ choices }) => this.chosen(choices),
    });
    this.words.base.set("prompt", this.field.defaultValue);
    this.listening = new AbortController();
    const { signal } = this.listening;
    for (const name of ["input", "blur", "htmx:beforeRequest", "htmx:afterRequest"]) this.field.addEventListener(name, this, { signal });
    this.form.addEventListener("htmx:configRequest", (event) => this.sign(event), { signal });
    this.form.addEventListener("click", (event) => this.choose(event), { signal });
    document.body.addEventListener("words-kept", (event) => this.acknowledged(event), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.leave(), { signal });
    window.addEventListener("pagehide", () => this.leave(), { signal });
    this.again();
    offer(this.field, this.name);
    if (location.hash === `#${this.field.id}`) this.begin();
  }

  /** What was just done ends here: whoever types now writes the prompt. */
  begin() {
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    history.replaceState(history.state, "", location.pathname + location.search);
  }

  disconnectedCallback() {
    this.listening.abort();
    this.words.close();
    clearTimeout(this.pause);
    clearTimeout(this.retry);
    clearTimeout(this.later);
  }

  /** What was typed while a press was answered, or before the scripts ran, stands in the field and is saved. */
  again() {
    const typed = kept.own(this.name)?.text;
    if (typed !== undefined && typed !== this.field.value) this.field.value = typed;
    this.dirty ? this.field.dispatchEvent(new Event("input", { bubbles: true })) : kept.drop(this.name);
  }

  /** Whether the studio has other words than the field, or may have: of what was sent and not answered, nobody knows. */
  get dirty() {
    const inDoubt = this.unanswered !== undefined && this.unanswered !== this.field.value;
    return inDoubt || this.words.touched("prompt");
  }

  get asking() {
    return Boolean(document.getElementById("prompt-overtaken")?.dataset.version);
  }

  handleEvent(event) {
    if (event.type === "input") this.typed();
    if (event.type === "blur" && !event.relatedTarget?.closest("prompt-desk")) this.save();
    if (event.target !== this.field) return;
    if (event.type === "htmx:beforeRequest") this.sent = this.unanswered = this.field.value;
    if (event.type === "htmx:afterRequest") this.answered(event.detail);
  }

  typed() {
    if (!this.dirty) return kept.drop(this.name);
    kept.put(this.name, this.field.value);
    this.since ??= Date.now();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.save(), Math.min(PAUSE, Math.max(0, this.since + AT_LEAST - Date.now())));
  }

  /** Theirs is another text by now: both are shown anew. */
  askAgain() {
    this.settled();
    this.save();
  }

  save() {
    clearTimeout(this.pause);
    if (!this.dirty || this.asking) return;
    this.since = null;
    window.htmx.trigger(this.field, "save");
  }

  /** Everything the composer sends says what it stands on. */
  sign({ detail }) {
    Object.assign(detail.parameters, sender());
    detail.parameters.version = this.form.elements.version.value;
  }

  acknowledged({ detail }) {
    this.words.stands(detail.version);
  }

  answered({ xhr, successful }) {
    clearTimeout(this.retry);
    if (xhr?.status) this.unanswered = undefined;
    if (xhr?.status === 409) return this.overtaken();
    if (successful && xhr.status < 400) {
      this.tries = 0;
      this.words.base.set("prompt", this.sent);
      if (this.dirty) return this.typed();
      return kept.drop(this.name);
    }
    if (xhr?.status === 422) return; // it says why; again would help nothing, and the words are kept here
    this.tries = (this.tries ?? 0) + 1;
    this.retry = setTimeout(() => this.save(), Math.min(LONGEST, 1500 * 2 ** this.tries));
  }

  // --- somebody else ------------------------------------------------------------------------------

  adopted(theirs) {
    this.field.dispatchEvent(new CustomEvent("words:adopted", { bubbles: true }));
    say(`${theirs.who || "Somebody"} changed the prompt.`);
  }

  /** Theirs came first. Where nothing was typed here it simply stands in the field. */
  overtaken() {
    if (!this.dirty) this.theirs();
  }

  choose(event) {
    const keep = event.target.closest("[data-keep-mine]");
    if (!keep && !event.target.closest("[data-take-theirs]")) return;
    event.preventDefault();
    event.stopPropagation();
    keep ? this.mine() : this.takeTheirs();
    this.field.focus();
  }

  /** What was typed since both were shown goes into the history too, before theirs stands in its place. */
  async takeTheirs() {
    const asked = document.getElementById("prompt-overtaken");
    if (this.field.value !== this.sent) await this.secure();
    if (asked.isConnected) this.theirs();
  }

  /** Have what stands in the field kept somewhere before another text takes its place. */
  async secure() {
    const typed = this.field.value;
    const answer = this.dirty ? await this.post().catch(() => null) : null;
    if (this.dirty && !answer?.ok && answer?.status !== 409) kept.setAside(this.name, typed); // offered on the next page
  }

  mine() {
    const asked = document.getElementById("prompt-overtaken");
    this.words.stands(Number(asked.dataset.version));
    this.settled();
    this.save();
  }

  theirs() {
    const asked = document.getElementById("prompt-overtaken");
    const { version } = asked.dataset;
    const text = asked.querySelector("[data-theirs]").content.textContent;
    replaceText(this.field, text);
    this.words.base.set("prompt", this.field.value);
    this.words.stands(Number(version));
    kept.drop(this.name);
    this.settled();
    this.field.dispatchEvent(new CustomEvent("words:adopted", { bubbles: true }));
  }

  settled() {
    const asked = document.getElementById("prompt-overtaken");
    if (!asked) return;
    asked.replaceChildren();
    delete asked.dataset.version;
  }

  /** Somebody else has chosen another model, length or frame: what was not touched here is drawn as it is now. */
  chosen(choices) {
    const settings = document.getElementById("composer-settings");
    const busy = document.querySelector("frame-crop[data-held], #composer.htmx-request, #composer-settings.htmx-request");
    if (!choices || !settings || settings.dataset.choices === choices) return;
    clearTimeout(this.later);
    if (busy) this.later = setTimeout(() => this.chosen(choices), PAUSE);
    else window.htmx.trigger(settings, "change");
  }

  // --- going away ---------------------------------------------------------------------------------

  /** The page may not come back: the words go out by themselves, if they are few enough for that. */
  leave() {
    if (this.dirty && !this.asking) this.post({ keepalive: true }).catch(() => {});
  }

  /** Send what is typed past htmx; the answer, or null where a going page may not send so much. */
  async post({ keepalive = false } = {}) {
    const typed = new FormData(this.form);
    typed.delete("first_frame");
    for (const [name, value] of Object.entries({ part: "prompt", ...sender() })) typed.set(name, value);
    const body = new URLSearchParams(typed);
    if (keepalive && String(body).length > LARGEST) return null;
    const sent = this.field.value;
    const answer = await fetch(this.form.dataset.draft, { method: "POST", body, keepalive, headers: { "HX-Request": "true" } });
    if (answer.ok && this.isConnected) {
      const { version } = JSON.parse(answer.headers.get("HX-Trigger"))["words-kept"];
      this.words.saved("prompt", sent, version);
      this.unanswered = undefined;
      if (!this.dirty) kept.drop(this.name);
    }
    return answer;
  }
}
customElements.define("prompt-autosave", PromptAutosave);

/** The same question again is not drawn again: somebody may be pressing its answer. */
let asked = "";
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id !== "prompt-overtaken" || !detail.shouldSwap) return;
  if (detail.target.dataset.version && detail.xhr.responseText === asked) detail.shouldSwap = false;
  asked = detail.xhr.responseText;
});
