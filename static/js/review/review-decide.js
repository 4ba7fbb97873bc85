/** Verdicts: three buttons, reasons at one key each, and on the wall whatever take is looked at. */
import { newCode, outbox } from "../layout/outbox.js";

/** A range of frames in words, "" for the whole take. */
const frames = (range) => (!range ? "" : range[0] === range[1] ? `frame ${range[0]}` : `frames ${range[0]}–${range[1]}`);

export class Decide {
  constructor(main, onwards) {
    this.main = main;
    this.form = main.querySelector("form#decide");
    this.player = main.querySelector("review-player");
    this.onwards = onwards;
    this.choosing = null;
    this.abort = new AbortController();
    if (!this.form) return;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.press(event.submitter?.value ?? "approved");
    });
    const more = this.form.querySelector("[data-more-reasons]");
    more.addEventListener("click", () => {
      this.showMore();
      this.form.querySelector("[data-more] input").focus();
    });
    main.addEventListener("player:range", () => this.showRange(), { signal: this.abort.signal });
    this.showRange();
    this.form.toggleAttribute("data-few", true);
    if (this.form.querySelector("[data-more] input:checked")) this.showMore();
    const link = this.form.querySelector("[data-retake]");
    link?.addEventListener("click", () => (link.href = this.retakeAddress(link)));
  }

  close() {
    this.abort.abort();
  }

  /** The verdict that is half given, and its reasons, where it is about what leads now. */
  begun(player) {
    if (!this.choosing || this.player !== player) return null;
    return { value: this.choosing, reasons: this.reasons };
  }

  /** Go on with it on a panel that came anew. */
  goOn({ value, reasons }) {
    if (!this.form) return;
    for (const box of this.form.querySelectorAll("[name=reasons]")) box.checked = reasons.includes(box.value);
    this.choose(value);
  }

  showMore() {
    this.form.toggleAttribute("data-few", false);
  }

  /** Each button says which frames its verdict would be about. */
  showRange() {
    const about = frames(this.player.range);
    for (const each of this.form.querySelectorAll("[data-about]")) each.textContent = about && ` ${about}`;
  }

  get subject() {
    return this.player?.code ?? this.main.dataset.subject; // what leads: on the wall, or flipped to, another
  }

  get reasons() {
    return [...this.form.querySelectorAll("[name=reasons]:checked")].map((box) => box.value);
  }

  /** A key, or a click: what needs reasons asks for them first, unless there are some or it is pressed again. */
  press(value) {
    const against = value === "retake" || value === "rejected";
    if (against && this.choosing !== value && !this.reasons.length && this.main.dataset.mode !== "wall") return this.choose(value);
    this.give(value);
  }

  choose(value) {
    this.choosing = value;
    this.showMore();
    this.form.dataset.choosing = value;
    this.form.querySelector(".reasons legend").textContent = `${value === "retake" ? "Retake" : "Reject"}, because … then ${value === "retake" ? "Retake" : "Reject"} again`;
    this.form.querySelector("[name=reasons]").focus({ preventScroll: true });
  }

  leave() {
    this.choosing = null;
    if (!this.form) return;
    delete this.form.dataset.choosing;
    this.form.querySelector(".reasons legend").textContent = "Retake, because";
  }

  /** Another take leads: the reasons were not for it. */
  forget() {
    this.leave();
    for (const box of this.form?.querySelectorAll("[name=reasons]:checked") ?? []) box.checked = false;
  }

  /** A key while reasons are chosen; true when it was one of theirs. */
  key(event) {
    if (!this.choosing) return false;
    const name = event.key.toLowerCase();
    if (name === "enter" && event.target.closest("button, a, summary")) return false;
    if (name === "escape") this.leave();
    else if (name === "enter" || name === (this.choosing === "retake" ? "r" : "x")) this.give(this.choosing);
    else {
      const box = this.form.querySelector(`[data-press="${CSS.escape(name)}"]`);
      if (!box) return false;
      box.checked = !box.checked;
    }
    return true;
  }

  give(value) {
    const code = newCode();
    // what is taken back is what the list beside it says
    const subject = value === "none" ? this.form.querySelector("#decisions").dataset.code : this.subject;
    const range = this.player?.range;
    const fields = [["code", code], ["value", value]];
    if (value === "retake" || value === "rejected") for (const reason of this.reasons) fields.push(["reasons", reason]);
    if (range && value !== "none") fields.push(["frame", range[0]], ["last", range[1]]);
    const url = this.form.getAttribute("action").replace(this.main.dataset.subject, subject);
    outbox.add({ code, url, subject, kind: "verdict", fields });
    for (const button of this.form.querySelectorAll(".decide__row button")) button.setAttribute("aria-pressed", String(button.value === value));
    this.forget();
    if (value !== "none") this.onwards(value, subject);
  }

  /** The page of the retake, with the notes, the reasons and the range in its address. */
  retakeAddress(link) {
    const asked = new URLSearchParams();
    const open = this.main.querySelectorAll(".notes > .note:not([data-resolved], [data-pending])");
    const chosen = [...open].filter((note) => note.hasAttribute("aria-current"));
    const notes = chosen.length ? chosen : [...open]; // from the note one looks at, else from all
    if (notes.length) asked.set("notes", notes.map((note) => note.id.replace("note-", "")).join(","));
    for (const reason of this.reasons) asked.append("reasons", reason);
    const range = this.player?.range;
    if (range) {
      asked.set("frame", range[0]);
      asked.set("last", range[1]);
    }
    return `${link.href.split("?")[0]}?${asked}`;
  }
}
