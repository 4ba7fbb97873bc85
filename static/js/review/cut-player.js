/**
 * <cut-player> plays the film: two layers, the next shot waiting behind the one on screen with its first
 * frame already drawn, so that nothing black comes between them.
 */
import { typing } from "../layout/typing.js";
import { Film, span, timecode } from "../generation/film.js";
import { Sound } from "../generation/sound.js";
import { token } from "../layout/outbox.js";
import { Handles } from "./cut-handles.js";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const drawn = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** One of the two: a clip, a picture or a slate. */
class Layer {
  constructor(box) {
    this.box = box;
    [this.video, this.image, this.slate] = box.children;
  }

  /** Have an entry ready at one of its frames; resolves when it can be shown. One after the other, and of many the last. */
  load(entry, frame) {
    const asked = (this.asked = Symbol("load"));
    this.loading = (this.loading ?? Promise.resolve()).then(() => this.asked === asked && this.loadNow(entry, frame));
    return this.loading;
  }

  /**
   * Another file is loaded only once a seek has ended and what came on screen instead is drawn: in between,
   * Firefox (153) stops drawing the whole page.
   */
  async stillness() {
    const patience = performance.now() + 1000;
    while (this.video.seeking && performance.now() < patience) await pause(20);
    await Promise.race([drawn().then(drawn), pause(250)]);
  }

  async loadNow(entry, frame) {
    const same = this.entry && this.entry.src === entry.src && this.entry.kind === entry.kind;
    this.entry = entry;
    this.video.hidden = entry.kind !== "clip";
    this.image.hidden = entry.kind !== "picture";
    this.slate.hidden = entry.kind !== "slate";
    if (entry.kind === "clip") {
      if (!same || !this.film) {
        this.film?.close();
        this.film = null;
        await this.stillness();
        this.video.src = entry.src;
        await new Promise((resolve) => {
          for (const name of ["loadeddata", "error"]) this.video.addEventListener(name, resolve, { once: true });
        });
        this.film = new Film(this.video, entry);
      }
      await this.film.go(frame);
      return;
    }
    this.film?.close();
    this.film = null;
    if (entry.kind === "slate") {
      this.slate.textContent = `${entry.shot} ${entry.title}`;
      return;
    }
    if (!same) {
      this.image.src = entry.src;
      await this.image.decode().catch(() => {});
    }
  }
}

class CutPlayer extends HTMLElement {
  connectedCallback() {
    if (this.layers) return;
    this.entries = JSON.parse(document.getElementById("entries").textContent);
    this.layers = [...this.querySelectorAll(".cut__layer")].map((box) => new Layer(box));
    if (this.part("handles")) this.handles = new Handles(this.part("handles"), (frame) => this.preview(frame), (end, frame) => this.trim(end, frame));
    this.top = 0;
    this.sound = new Sound(this.part("sound"), {
      videos: () => this.layers.map((layer) => layer.video),
      heard: () => (this.layer.entry?.sound ? this.layer.video : null),
    });
    this.goal = null;
    this.index = Math.max(0, this.entries.findIndex((entry) => entry.shot === this.dataset.around));
    this.listeners();
    this.line();
    this.show(this.index);
  }

  disconnectedCallback() {
    this.abort.abort();
    this.playing = false;
    for (const layer of this.layers) layer.film?.close();
  }

  listeners() {
    this.abort = new AbortController();
    const on = (target, name, listener, options) => target?.addEventListener(name, listener, { signal: this.abort.signal, ...options });
    on(this.part("play"), "click", () => this.toggle());
    on(this.part("in"), "click", () => this.trim("first"));
    on(this.part("out"), "click", () => this.trim("last"));
    on(this.part("whole"), "click", () => this.trim(null));
    on(this.part("full"), "click", () => this.full());
    on(this.querySelector(".cut__screen"), "click", () => this.toggle());
    on(document, "keydown", (event) => this.key(event), { capture: true });
    on(window, "pagehide", () => this.owed && this.post(this.owed)); // it waited for the one before
    if (this.dataset.entries) on(document.body, "live:swapped", () => this.ask());
  }

  part(name) {
    return this.querySelector(`[data-${name}]`);
  }

  get entry() {
    return this.entries[this.index];
  }

  get layer() {
    return this.layers[this.top];
  }

  length(entry) {
    return entry.kind === "clip" ? span(entry, entry.first, entry.last) : entry.seconds;
  }

  // --- showing ----------------------------------------------------------------------------

  /** Put an entry on screen; what is on screen stays until it can be drawn. */
  async show(index, frame = this.entries[index].first ?? 0) {
    const asked = (this.asked = Symbol("show"));
    const under = this.layers[1 - this.top];
    this.unplay();
    this.index = index;
    this.goal = frame; // where steps go on from until it is on screen
    const here = this.layer.entry === this.entries[index];
    const layer = here ? this.layer : under;
    await layer.load(this.entries[index], frame);
    if (this.asked !== asked) return;
    this.goal = null;
    if (!here) this.swap();
    this.sound.apply();
    this.begun = 0;
    this.tell(frame);
    await this.ready();
    if (this.asked === asked && this.playing) this.run();
  }

  swap() {
    this.top = 1 - this.top;
    this.layers.forEach((layer, each) => layer.box.toggleAttribute("data-under", each !== this.top));
    if (this.layer.film) this.layer.film.onframe = (frame) => this.onFrame(frame);
    const under = this.layers[1 - this.top];
    if (under.film) {
      under.film.onframe = () => {};
      under.video.pause();
    }
  }

  /** Have the next entry drawn behind this one. */
  ready() {
    const next = this.entries[this.index + 1];
    this.next = next ? this.layers[1 - this.top].load(next, next.first ?? 0) : null;
    return Promise.resolve();
  }

  onFrame(frame) {
    const { entry } = this.layer; // what plays, though another take may have come for its shot
    this.tell(frame);
    if (!this.playing || entry.kind !== "clip" || frame < entry.last || this.leaving) return;
    this.leaving = true;
    // the last frame stays its time
    setTimeout(() => this.forward(), 1000 * (span(entry, entry.last, entry.last) - entry.fps[1] / entry.fps[0] / 2));
  }

  async forward() {
    this.leaving = false;
    if (!this.playing) return;
    if (this.index + 1 >= this.entries.length) return this.pause();
    this.layer.video.pause();
    const { asked } = this;
    await this.next;
    if (!this.playing || this.asked !== asked) return; // somebody went elsewhere meanwhile
    this.index += 1;
    this.swap();
    this.sound.apply();
    this.begun = 0;
    this.tell(this.entry.first ?? 0);
    this.run();
    this.ready();
  }

  // --- playing ------------------------------------------------------------------------------

  toggle() {
    this.playing ? this.pause() : this.play();
  }

  play() {
    this.playing = true;
    this.showState();
    const over = this.entry.kind === "clip" && this.layer.film?.frame >= this.entry.last;
    if (over && this.index + 1 >= this.entries.length) return this.show(0);
    if (over) return this.forward();
    this.run();
  }

  run() {
    if (this.entry.kind === "clip") {
      if (this.layer.film) this.layer.film.onframe = (frame) => this.onFrame(frame);
      this.layer.film?.play(1);
      if (!this.layer.film) this.forward(); // a file that cannot be played holds nobody up
      return;
    }
    const from = performance.now() - this.begun * 1000;
    const tick = () => {
      if (!this.playing || this.ticking !== tick) return;
      this.begun = (performance.now() - from) / 1000;
      this.tell(0);
      if (this.begun >= this.entry.seconds) return this.forward();
      requestAnimationFrame(tick);
    };
    this.ticking = tick;
    tick();
  }

  unplay() {
    this.leaving = false;
    this.ticking = null;
    this.layer.video.pause();
  }

  async pause() {
    this.playing = false;
    this.ticking = null;
    this.showState();
    await this.layer.film?.pause();
    if (this.layer.entry?.src !== this.entry.src) this.show(this.index); // a better take came while this one played
  }

  step(frames) {
    this.playing = false;
    this.unplay();
    this.showState();
    if (this.entry.kind !== "clip") return this.move(Math.sign(frames));
    const { film } = this.layer;
    const wanted = (this.goal ?? film?.wanted ?? film?.frame ?? 0) + frames;
    const { first, last } = this.entry;
    if (wanted < first && this.index > 0) {
      const before = this.entries[this.index - 1];
      return this.show(this.index - 1, before.last ?? 0);
    }
    if (wanted > last && this.index + 1 < this.entries.length) return this.show(this.index + 1);
    const frame = Math.max(first, Math.min(last, wanted));
    if (this.goal !== null || !film) return this.show(this.index, frame);
    film.onframe = (shown) => this.onFrame(shown);
    film.go(frame);
  }

  move(by) {
    const wanted = Math.max(0, Math.min(this.entries.length - 1, this.index + by));
    this.show(wanted);
  }

  key(event) {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.closest("button, summary, [type=checkbox], [type=radio]")) return; // Enter is no key of the cut
    if (event.target.matches("[type=range]") && /^(Arrow|Home|End|Page)/.test(event.key)) return; // they move the handle
    const step = event.shiftKey ? 10 : 1;
    const acts = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.step(-step),
      ArrowRight: () => this.step(step),
      ArrowUp: () => this.move(-1),
      ArrowDown: () => this.move(1),
      Home: () => this.show(0),
      End: () => this.show(this.entries.length - 1),
      F: () => this.full(),
      m: () => this.sound.toggle(),
      ...("trims" in this.dataset ? { i: () => this.trim("first"), o: () => this.trim("last"), "\\": () => this.trim(null) } : {}),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  full() {
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.().catch(() => {});
  }

  // --- telling ----------------------------------------------------------------------------

  tell(frame) {
    const entry = this.entry;
    const before = this.entries.slice(0, this.index).reduce((sum, each) => sum + this.length(each), 0);
    const inside = entry.kind === "clip" ? (frame > entry.first ? span(entry, entry.first, frame - 1) : 0) : this.begun;
    const fps = entry.fps ? entry.fps[0] / entry.fps[1] : 24;
    this.part("now").textContent = timecode(Math.round((before + Math.max(0, inside)) * fps), fps);
    this.part("shot").textContent = `${entry.shot} ${entry.title}`;
    this.part("label").textContent = entry.label;
    this.part("frame").textContent = frame;
    this.part("count").textContent = entry.frames ?? 1;
    if (this.marked !== this.index) {
      this.marked = this.index;
      this.segments.forEach((segment, index) => segment.toggleAttribute("aria-current", index === this.index));
      this.segments[this.index]?.setAttribute("aria-current", "true");
      this.segments[this.index]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    this.handles?.show(this.layer.entry === entry ? entry : null);
    const share = Math.max(0, Math.min(1, inside / this.length(entry)));
    this.segments[this.index]?.style.setProperty("--at", `${100 * share}%`);
  }

  showState() {
    const button = this.part("play");
    button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    button.setAttribute("aria-pressed", String(Boolean(this.playing)));
    this.querySelector("[data-icon-play]").hidden = Boolean(this.playing);
    this.querySelector("[data-icon-pause]").hidden = !this.playing;
  }

  line() {
    const line = this.querySelector(".cut__line");
    const focused = this.segments?.indexOf(document.activeElement) ?? -1;
    this.marked = -1;
    this.segments = this.entries.map((entry, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "segment";
      button.dataset.kind = entry.kind;
      button.style.flexGrow = this.length(entry);
      if (entry.poster || entry.kind === "picture") button.style.backgroundImage = `url("${entry.poster ?? entry.src}")`;
      button.setAttribute("aria-label", `${entry.shot} ${entry.title}, ${entry.label}, ${this.length(entry).toFixed(1)} seconds${entry.trimmed ? ", trimmed" : ""}`);
      button.append(Object.assign(document.createElement("span"), { textContent: entry.shot }));
      button.addEventListener("click", () => this.show(index));
      return button;
    });
    line.replaceChildren(...this.segments);
    this.segments[focused]?.focus({ preventScroll: true });
    const whole = this.entries.reduce((sum, each) => sum + this.length(each), 0);
    const length = document.querySelector("[data-length]");
    if (length) length.textContent = `${this.entries.length} shots · ${Math.floor(whole / 60)}:${String(Math.round(whole % 60)).padStart(2, "0")}`;
  }

  // --- changing -----------------------------------------------------------------------------

  /** Show a frame of the take, also one that the film leaves out. */
  preview(frame) {
    this.playing = false;
    this.unplay();
    this.showState();
    this.layer.film?.go(frame);
  }

  /** Set one end of the take that is seen, here where nothing else is said; with no end show all of it. */
  async trim(end, frame = this.layer.film?.wanted ?? this.layer.film?.frame) {
    const { entry } = this.layer;
    if (entry.kind !== "clip") return;
    const wanted = end === null ? { first: 0, last: entry.frames - 1 } : { first: entry.first, last: entry.last, [end]: frame };
    if (wanted.first > wanted.last) return document.dispatchEvent(new CustomEvent("say", { detail: "The in has to be before the out." }));
    Object.assign(entry, wanted); // the next end is set beside this one, before the studio has answered
    this.line();
    this.tell(frame);
    const body = new URLSearchParams(end === null ? { whole: "1" } : wanted);
    const trim = (this.owed = { take: entry.take, body });
    this.trimming = (this.trimming ?? Promise.resolve()).catch(() => {}).then(() => this.keepTrim(trim));
    await this.trimming;
  }

  /** Send a trim; it goes out though the page should go away. */
  post({ take, body }) {
    const headers = { "X-CSRFToken": token(), "X-Rushes": "script" };
    return fetch(`/takes/${take}/trim`, { method: "POST", body, keepalive: true, headers }).catch(() => null);
  }

  async keepTrim(trim) {
    if (this.owed === trim) this.owed = null;
    this.posting = true;
    const answer = await this.post(trim);
    this.posting = false;
    if (!answer?.ok) document.dispatchEvent(new CustomEvent("say", { detail: "The trim was not kept. Try again." }));
    await this.renew();
  }

  /** Whether somebody is at it: a handle is held, or a trim is not kept yet. */
  get isBusy() {
    return Boolean(this.handles?.held || this.owed || this.posting);
  }

  ask() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.renew(), 250);
  }

  /** A take has landed, was circled, approved or trimmed: what comes plays it; what is on screen, once it stands still. */
  async renew() {
    if (this.isBusy) return this.ask();
    const answer = await fetch(this.dataset.entries, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const { entries } = await answer.json();
    if (this.isBusy) return this.ask(); // newer than what this answer knows
    if (!entries.length || JSON.stringify(entries) === JSON.stringify(this.entries)) return;
    const { entry } = this;
    const frame = this.layer.film?.frame ?? 0;
    const index = Math.max(0, entries.findIndex((each) => each.shot === entry.shot));
    this.entries = entries;
    this.index = index;
    this.line();
    const now = entries[index];
    const same = now.src === entry.src && now.kind === entry.kind;
    if (same) {
      this.layer.entry = now;
      this.tell(frame);
      return this.ready();
    }
    if (this.playing) return this.ready();
    this.show(index);
  }
}
customElements.define("cut-player", CutPlayer);
