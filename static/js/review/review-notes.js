/**
 * Notes of the take on screen: writing and drawing, markers on the timeline, drafts that survive, verdicts.
 * What is sent goes by the outbox; a draft is kept at each keystroke, per take, on this machine.
 */
import { keep, newCode, outbox } from "../layout/outbox.js";
import "./note-controls.js";
import { pending, put, showMarks } from "./review-note-views.js";
import { drawn, fetchPoints, Pen, strokesOf } from "./review-strokes.js";

const say = (sentence) => document.dispatchEvent(new CustomEvent("say", { detail: sentence }));

export class Notes {
  constructor(main) {
    this.main = main;
    this.player = main.querySelector("review-player");
    this.form = main.querySelector("#note");
    this.subject = main.dataset.subject;
    this.chosen = null;
    this.abort = new AbortController();
    const on = (target, name, listener) => target.addEventListener(name, listener, { signal: this.abort.signal });
    on(document.body, "live:swapped", () => this.refresh());
    on(document.body, "htmx:afterSwap", () => this.refresh());
    on(main, "click", (event) => this.click(event));
    on(main, "player:frame", (event) => this.onFrame(event.detail));
    on(outbox, "changed", () => this.showOutbox());
    on(outbox, "sent", (event) => this.sent(event.detail));
    on(outbox, "refused", (event) => this.refused(event.detail));
    if (this.form) this.compose(on);
    this.refresh();
    this.showOutbox();
    outbox.pump();
  }

  /** The page was opened on a note, on a frame, or on a drawing that was begun. */
  arrive() {
    const asked = new URLSearchParams(location.search);
    if (asked.get("note")) this.choose(document.getElementById(`note-${asked.get("note")}`));
    else if (asked.get("frame")) this.player?.show(Number(asked.get("frame")));
    else this.showDrawing();
  }

  /** The list is drawn anew now and then. */
  get list() {
    return this.main.querySelector(".notes");
  }

  close() {
    this.abort.abort();
    if (this.drawing) this.pen.stop();
  }

  // --- writing ----------------------------------------------------------------------------

  compose(on) {
    const { text, frame, last } = this.form.elements;
    [this.text, this.frame, this.last] = [text, frame, last ?? { value: "" }];
    this.code = newCode();
    const over = this.player?.screens[this.player.lead].querySelector(".screen__over");
    if (over) this.pen = new Pen(over, () => this.drawnMore());
    on(this.form, "submit", (event) => {
      event.preventDefault();
      this.send();
    });
    on(this.text, "input", () => this.typed());
    on(this.text, "focus", () => this.hold());
    on(this.text, "blur", () => this.unpin());
    for (const field of [this.frame, last].filter(Boolean)) on(field, "input", () => this.framed());
    on(this.text, "keydown", (event) => {
      if (event.key === "Escape") this.text.blur();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        event.stopPropagation();
        this.send();
      }
    });
    on(this.main.querySelector("[data-draw]"), "click", () => this.draw());
    on(this.main, "player:range", () => this.followRange());
    const bar = this.main.querySelector(".drawbar");
    if (bar) on(bar, "click", (event) => this.choosePen(event.target.closest("button")));
    this.restore();
    this.followRange();
  }

  /** Typing pauses, and pins the note to the frame on screen. */
  async hold() {
    if (this.pinned || !this.player) return;
    this.pinned = true;
    this.main.dispatchEvent(new CustomEvent("desk:writing", { bubbles: true }));
    const frame = this.player.playing ? await this.player.halt() : this.player.frame;
    this.pin(frame);
  }

  /** Left with nothing said: the next note is about the frame that is on screen then. */
  unpin() {
    if (this.text.value.trim() || this.pen?.strokes.length || this.drawing) return;
    this.pinned = false;
    if (this.player) this.pin(this.player.frame);
  }

  pin(frame) {
    const range = this.player.range;
    this.frame.value = range ? range[0] : frame;
    this.last.value = range ? range[1] : "";
    this.placeholder();
  }

  followRange() {
    if (!this.pinned) this.pin(this.player.frame);
  }

  framed() {
    this.pinned = true;
    if (this.frame.value !== "") this.player?.show(Number(this.frame.value));
    this.keep();
  }

  typed() {
    this.hold();
    this.grow();
    this.complain("");
    this.keep();
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(220, this.text.scrollHeight + 2)}px`;
  }

  placeholder() {
    const still = this.player?.film.still;
    if (still || !this.player) return;
    const [from, to] = [this.frame, this.last].map((field) => this.player.film.short(Number(field.value) || 0));
    this.text.placeholder = this.last.value === "" ? `Note at ${from} …` : `Note from ${from} to ${to} …`;
  }

  onFrame(frame) {
    this.at = frame;
    if (this.form && !this.pinned && !this.player.range) {
      this.frame.value = frame;
      this.last.value = "";
      this.placeholder();
    }
    if (this.chosen && this.player.playing) this.choose(null);
    this.showStrokes();
  }

  /** Where a draft is kept: one for each person and take. */
  draft(subject = this.subject) {
    return `rushes:draft:${this.main.dataset.me}:${subject}`;
  }

  keep() {
    const draft = { code: this.code, text: this.text.value, frame: this.frame.value, last: this.last.value, strokes: this.pen?.strokes ?? [] };
    keep.write(this.draft(), draft.text || draft.strokes.length ? draft : null);
  }

  restore() {
    const kept = keep.read(this.draft());
    if (!kept) return;
    this.code = kept.code;
    this.text.value = kept.text;
    this.frame.value = kept.frame;
    this.last.value = kept.last;
    this.pinned = true;
    if (this.pen) this.pen.strokes = kept.strokes;
    this.grow();
    this.showStrokes();
  }

  send() {
    const strokes = this.pen?.strokes ?? [];
    if (!this.text.value.trim() && !strokes.length) return this.complain("Write a note, or draw one.");
    if (this.drawing) this.draw(false);
    const fields = [["code", this.code], ["text", this.text.value], ["frame", this.frame.value], ["last", this.last.value], ["strokes", strokes.length ? JSON.stringify(strokes) : ""]];
    keep.write(this.draft(), null);
    outbox.add({ code: this.code, url: this.form.getAttribute("action"), subject: this.subject, kind: "note", fields });
    const own = this.player?.range?.join() === [this.frame.value, this.last.value].join();
    this.clear();
    if (own) this.player.whole(); // it was this note's: what comes next is about what is on screen
    this.text.blur();
  }

  clear() {
    this.code = newCode();
    this.text.value = "";
    this.pinned = false;
    this.last.value = "";
    if (this.player) this.frame.value = this.player.frame;
    if (this.pen) this.pen.strokes = [];
    this.grow();
    this.showStrokes();
  }

  complain(sentence) {
    const error = this.form.querySelector("#text_error");
    error.textContent = sentence;
    this.text.toggleAttribute("aria-invalid", Boolean(sentence));
    if (sentence) this.text.setAttribute("aria-invalid", "true");
  }

  // --- the outbox -------------------------------------------------------------------------

  sent({ item, html }) {
    if (item.kind === "note" && item.subject === this.subject) {
      this.list?.querySelector(".notes__none")?.remove();
      this.put(html);
    }
    if (item.kind === "verdict" && item.subject === this.subject) this.put(html);
  }

  put(html) {
    put(html);
    this.refresh();
  }

  /** It could not be kept: the words go back where they came from. */
  refused({ item, errors }) {
    const sentence = Object.values(errors)[0];
    if (item.kind === "verdict") {
      say(sentence);
      return this.marks();
    }
    const value = Object.fromEntries(item.fields);
    const draft = { code: newCode(), text: value.text, frame: value.frame, last: value.last, strokes: value.strokes ? JSON.parse(value.strokes) : [] };
    const elsewhere = item.subject !== this.subject || !this.form;
    const busy = !elsewhere && (this.text.value || this.pen?.strokes.length);
    if (busy) {
      this.text.value = `${this.text.value}\n${value.text}`.trim();
      if (this.pen) this.pen.strokes.push(...draft.strokes);
      this.showStrokes();
      this.keep();
      this.grow();
      return this.complain(sentence);
    }
    const there = this.draft(item.subject);
    const before = keep.read(there);
    keep.write(there, before ? { ...before, text: `${before.text}\n${draft.text}`.trim(), strokes: [...before.strokes, ...draft.strokes] } : draft);
    if (elsewhere) return say(`A note was not kept: ${sentence} Its words wait beside its take: ${value.text.slice(0, 200)}`);
    this.restore();
    this.showDrawing();
    this.complain(sentence);
  }

  showOutbox() {
    for (const old of this.main.querySelectorAll(".note[data-pending]")) old.remove();
    const mine = outbox.items.filter((item) => item.subject === this.subject && item.kind === "note");
    for (const item of mine) {
      if (!document.getElementById(`note-${item.code}`)) this.list?.append(pending(item));
    }
    const waiting = outbox.items.length;
    for (const line of this.main.querySelectorAll("[data-outbox]")) line.textContent = waiting && outbox.failures ? `${outbox.why}: ${waiting} kept here, sent again by ${waiting === 1 ? "itself" : "themselves"}.` : "";
  }

  // --- the list and the timeline ------------------------------------------------------------

  get notes() {
    return [...(this.list?.querySelectorAll(":scope > .note") ?? [])];
  }

  /** In the order of frames, with marks on the timeline. */
  refresh() {
    if (!this.list || !this.main.isConnected) return;
    const place = (note) => Number(note.dataset.frame ?? -1);
    const sorted = this.notes.sort((a, b) => place(a) - place(b));
    if (sorted.some((note, index) => this.list.children[index] !== note)) {
      const focused = document.activeElement;
      this.list.append(...sorted);
      if (focused && this.list.contains(focused)) focused.focus();
    }
    if (sorted.length) this.list.querySelector(".notes__none")?.remove();
    const open = sorted.filter((note) => !("resolved" in note.dataset)).length;
    const said = this.main.querySelector("[data-open-notes]");
    if (said) said.textContent = open ? `${open} open` : "";
    if (this.chosen) this.chosen = document.getElementById(this.chosen.id);
    this.chosen?.setAttribute("aria-current", "true"); // its card may have come anew
    this.marks();
    this.showStrokes();
  }

  marks() {
    showMarks(this.player, this.notes, (note) => this.choose(note));
    const mine = this.main.querySelector(`#decisions [data-by="${this.main.dataset.me}"]`)?.dataset.value;
    const waiting = outbox.items.filter((item) => item.kind === "verdict" && item.subject === this.subject).at(-1);
    const value = waiting ? Object.fromEntries(waiting.fields).value : mine;
    for (const button of this.main.querySelectorAll(".decide__row button")) button.setAttribute("aria-pressed", String(button.value === value));
  }

  click(event) {
    const link = event.target.closest("a[data-go]");
    const note = event.target.closest(".note");
    if (link) event.preventDefault();
    if (link && !note) this.player?.go(Number(link.dataset.go));
    else if (note && this.list?.contains(note) && !event.target.closest("button, summary, textarea, a:not([data-go])")) this.choose(note, link?.dataset.go);
  }

  /** Show a note: its strokes, its range, and this frame of it, else the one it is drawn on, else its own. */
  choose(note, frame = strokesOf(note)[0]?.frame ?? note?.dataset.frame) {
    this.chosen?.removeAttribute("aria-current");
    this.chosen = note;
    if (note) {
      note.setAttribute("aria-current", "true");
      note.scrollIntoView({ block: "nearest" });
      if (note.dataset.last) this.player?.lend(Number(note.dataset.frame), Number(note.dataset.last));
      if (frame !== undefined) this.player?.go(Number(frame));
    }
    this.showStrokes();
  }

  next(direction) {
    const notes = this.notes;
    if (!notes.length) return;
    let place = notes.indexOf(this.chosen);
    if (place < 0) {
      const now = this.player?.frame ?? 0;
      const after = notes.findIndex((note) => Number(note.dataset.frame ?? 0) > now);
      place = direction > 0 ? (after < 0 ? notes.length : after) - 1 : after < 0 ? notes.length : after;
    }
    this.choose(notes[Math.max(0, Math.min(notes.length - 1, place + direction))]);
  }

  // --- drawing ----------------------------------------------------------------------------

  async draw(on = !this.drawing) {
    if (!this.pen || on === Boolean(this.drawing)) return;
    this.drawing = on;
    this.main.querySelector(".drawbar").hidden = !on;
    this.main.querySelector("[data-draw]").setAttribute("aria-pressed", String(on));
    if (!on) {
      this.pen.stop();
      this.unpin();
      return;
    }
    this.choose(null);
    await this.hold();
    if (!this.isAbout(this.player.frame)) await this.player.show(Number(this.frame.value));
    this.pen.start();
    this.pen.svg.focus();
  }

  choosePen(button) {
    if (!button) return;
    const group = { pen: "[data-pen]", colour: "[data-colour]" };
    if (button.dataset.pen) this.pen.kind = button.dataset.pen;
    if (button.dataset.colour) this.pen.colour = button.dataset.colour;
    for (const [name, selector] of Object.entries(group)) {
      if (name in button.dataset) for (const each of this.main.querySelectorAll(`.drawbar ${selector}`)) each.setAttribute("aria-pressed", String(each === button));
    }
    if ("undo" in button.dataset) this.pen.undo();
    if ("drawn" in button.dataset) {
      this.draw(false);
      this.text.focus();
    }
  }

  /** A stroke stays on the frame it was drawn on. The first pins a note of which nothing else is known yet. */
  drawnMore() {
    const { strokes } = this.pen;
    const frame = this.at ?? this.player.frame;
    if (strokes.length === 1 && !this.text.value.trim() && this.last.value === "") this.pin(frame);
    const last = strokes.at(-1);
    if (last && !("frame" in last)) last.frame = this.isOn(this.frame.value) ? null : frame; // null: where the note is
    this.keep();
    this.showStrokes();
  }

  /** Whether a frame is what the note being written is about: its frame, or one of its range. */
  isAbout(frame) {
    if (this.player.film.still) return true;
    const [first, last] = [this.frame.value, this.last.value || this.frame.value].map(Number);
    return first <= frame && frame <= last;
  }

  /** Show the drawing that was begun. */
  showDrawing() {
    const stroke = this.pen?.strokes[0];
    if (stroke) this.player.show(Number(stroke.frame ?? this.frame.value));
  }

  /** Whether this frame is the one on screen; what is drawn on a still always is. */
  isOn(frame) {
    return this.player.film.still || Number(frame ?? -1) === (this.at ?? this.player.frame);
  }

  /** What is drawn on the frame on screen, and nothing else: of open notes, and of the one that was chosen. */
  showStrokes() {
    for (const each of this.player?.querySelectorAll(".screen__over .stroke") ?? []) each.remove();
    if (this.player?.code !== this.subject) return; // another take leads
    const svg = this.player?.screens[this.player.lead].querySelector(".screen__over");
    if (!svg) return;
    const { width, height } = svg.viewBox.baseVal;
    const shown = this.notes.filter((note) => note.dataset.strokes && (note === this.chosen || !("resolved" in note.dataset)));
    const here = (strokes, frame) => strokes.filter((stroke) => this.isOn(stroke.frame ?? frame));
    const own = here(this.pen?.strokes ?? [], this.frame?.value);
    const theirs = shown.flatMap((note) => {
      const strokes = here(strokesOf(note), note.dataset.frame);
      if (!strokes.length || !note.dataset.strokesFrom) return strokes;
      fetchPoints(note).then((came) => came && this.showStrokes());
      return [];
    });
    for (const stroke of [...own, ...theirs]) svg.append(drawn(stroke, width, height));
  }
}
