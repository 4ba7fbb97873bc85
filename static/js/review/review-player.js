/**
 * <review-player data-mode data-code> shows one take, or up to four on one clock, true to the frame.
 *
 * It reads what the takes are from #reels. Only what a person does is told on as "player:did": what the
 * room makes it do is not, so that nothing echoes.
 */
import { Film } from "../generation/film.js";
import { Sound } from "../generation/sound.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4];
let chosen = 1; // by whoever sits here; it stays from take to take

class ReviewPlayer extends HTMLElement {
  connectedCallback() {
    if (this.films) return;
    this.mode = this.dataset.mode;
    const reels = JSON.parse(document.getElementById("reels").textContent);
    this.screens = [...this.querySelectorAll(".screen")];
    this.films = this.screens.map((screen, index) => new Film(screen.querySelector(".screen__picture"), reels[index]));
    this.lead = Math.max(0, reels.findIndex((reel) => reel.code === this.dataset.code));
    this.reels = reels;
    this.setSpeed(chosen, { quiet: true });
    this.looping = true;
    this.first = 0;
    this.last = this.film.frames - 1;
    this.film.onframe = (frame) => this.onScreen(frame);
    this.buttons();
    this.timeline();
    this.lay();
    this.sound = new Sound(this.part("sound"), {
      videos: () => this.films.filter((film) => !film.still).map((film) => film.media),
      heard: () => (this.reels[this.lead].sound ? this.film.media : null),
    });
    this.showLead();
    for (const film of this.films) {
      film.media.addEventListener("ended", () => film === this.film && this.ended());
      for (const name of ["play", "pause"]) film.media.addEventListener(name, () => film === this.film && this.showState());
    }
    this.onScreen(0);
  }

  disconnectedCallback() {
    this.stopBack();
    for (const film of this.films) film.close();
    if (this.drift) clearInterval(this.drift);
  }

  get film() {
    return this.films[this.lead];
  }

  /** The frame on screen, or the one on its way there. */
  get frame() {
    return this.film.wanted ?? this.film.frame;
  }

  get playing() {
    return this.film.playing || Boolean(this.back);
  }

  part(name) {
    return this.querySelector(`[data-${name}]`);
  }

  buttons() {
    this.part("play").addEventListener("click", () => this.toggle());
    for (const button of this.querySelectorAll("[data-step]")) button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    this.part("loop").addEventListener("click", () => this.loop());
    this.part("safe").addEventListener("click", () => this.safe());
    this.part("full").addEventListener("click", () => this.full());
    this.part("speed").addEventListener("click", () => this.setSpeed((chosen = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length])));
    this.screens.forEach((screen, index) => screen.addEventListener("click", (event) => {
      if (event.target.closest(".drawing, .strokewords, button")) return;
      if (this.mode !== "wall") return this.toggle();
      if (index === this.lead) return this.solo(index);
      this.lookAt(index);
      this.did();
    }));
    this.wipe = this.querySelector(".wipe");
    this.wipe?.addEventListener("input", () => this.lay());
  }

  timeline() {
    this.scrub = this.querySelector(".track__scrub");
    this.scrub.max = this.film.frames - 1;
    this.scrub.addEventListener("input", () => this.go(Number(this.scrub.value)));
    this.part("count").textContent = this.film.frames;
    this.strip();
    this.showRange();
  }

  strip() {
    const strip = this.reels[this.lead].strip;
    this.part("strip").style.backgroundImage = strip ? `url("${strip}")` : "";
  }

  // --- what a person does -----------------------------------------------------------------

  did() {
    this.dispatchEvent(new CustomEvent("player:did", { bubbles: true }));
  }

  go(frame) {
    this.show(frame);
    this.did();
  }

  toggle() {
    this.playing ? this.pause() : this.play(chosen);
  }

  play(speed = this.speed) {
    this.setSpeed(speed, { quiet: true });
    this.run();
    this.did();
  }

  async pause() {
    await this.halt();
    this.did();
  }

  step(frames) {
    const from = this.film.wanted ?? this.frame;
    this.show(from + frames);
    this.did();
  }

  /** L: forward, and faster each time; J: the same, back; K: stop. */
  faster(direction) {
    if (direction > 0) {
      const again = this.film.playing && this.speed < 4 ? this.speed * 2 : this.film.playing ? this.speed : 1;
      this.play(again);
    } else this.playBack(this.back ? Math.min(4, this.back.speed * 2) : 1);
  }

  setSpeed(speed, { quiet = false } = {}) {
    this.speed = speed;
    this.part("speed").textContent = `${speed}×`;
    for (const film of this.films) if (!film.still) film.media.playbackRate = speed;
    if (!quiet) this.did();
  }

  // --- what also the room can make it do ----------------------------------------------------

  /** Show a frame on every screen; resolves with the frame when it is on the leading one. */
  show(frame) {
    this.rolling = false;
    this.stopBack();
    const wanted = Math.max(0, Math.min(this.film.frames - 1, frame));
    this.onScreen(wanted, { ahead: true });
    const others = this.films.filter((film) => film !== this.film).map((film) => film.go(this.same(film, wanted)));
    return Promise.all([this.film.go(wanted), ...others]).then(([shown]) => shown);
  }

  run() {
    this.stopBack();
    this.rolling = true; // a clip that ends late, after somebody stopped, is not begun again
    if (this.frame >= this.last || this.frame < this.first) this.film.media.currentTime = this.film.middle(this.first);
    for (const film of this.films) film.play(this.speed);
    this.keepTogether();
  }

  /** Stop everywhere on the frame the leading screen shows; on the last of the range where it ran on while being sent back. */
  async halt() {
    const past = this.rolling && this.film.playing && this.film.wanted === null && this.film.frame > this.last;
    this.rolling = false;
    this.stopBack();
    clearInterval(this.drift);
    this.drift = null;
    await (past ? this.film.go(this.last) : this.film.pause());
    await Promise.all(this.films.filter((film) => film !== this.film).map((film) => film.go(this.same(film, this.frame))));
    return this.frame;
  }

  /** The frame of another clip at the same moment. */
  same(film, frame) {
    return film.frameAt(this.film.middle(frame));
  }

  /** While playing the others are held to the leading clip: more than half a frame apart they jump. */
  keepTogether() {
    clearInterval(this.drift);
    if (this.films.length < 2) return;
    this.drift = setInterval(() => {
      if (!this.film.playing) return;
      const now = this.film.media.currentTime;
      for (const film of this.films) {
        if (film === this.film || film.still || now > film.middle(film.frames - 1)) continue;
        const apart = film.media.currentTime - now;
        if (Math.abs(apart) > 3 / film.fps) film.media.currentTime = now;
        else film.media.playbackRate = this.speed * (Math.abs(apart) > 0.5 / film.fps ? (apart > 0 ? 0.95 : 1.05) : 1);
        if (film.media.paused) film.play(this.speed);
      }
    }, 120);
  }

  playBack(speed) {
    this.rolling = false;
    this.stopBack();
    this.film.media.pause?.();
    const begun = { speed, from: this.frame, at: performance.now() };
    this.back = begun;
    const tick = async () => {
      if (this.back !== begun) return;
      const gone = Math.floor(((performance.now() - begun.at) / 1000) * this.film.fps * speed);
      let wanted = this.film.place(begun.from) < gone ? -1 : this.film.at(this.film.place(begun.from) - gone);
      if (wanted < this.first) {
        if (!this.looping) {
          await this.show(this.first);
          return this.did();
        }
        Object.assign(begun, { from: this.last, at: performance.now() });
        wanted = this.last;
      }
      await Promise.all(this.films.map((film) => film.go(this.same(film, wanted))));
      if (this.back !== begun) return; // somebody went elsewhere meanwhile
      this.onScreen(wanted);
      requestAnimationFrame(tick);
    };
    tick();
    this.showState();
  }

  stopBack() {
    this.back = null;
    this.showState();
  }

  onScreen(frame, { ahead = false } = {}) {
    if (ahead || this.film.wanted === null || this.film.wanted === frame) {
      this.part("now").textContent = this.film.timecode(frame);
      this.part("frame").textContent = frame;
      this.scrub.value = frame;
      this.scrub.setAttribute("aria-valuetext", `frame ${frame}, ${this.film.short(frame)}`);
    }
    if (ahead) return;
    if (this.film.playing && frame >= this.last && this.last < this.film.frames - 1) this.ended();
    this.dispatchEvent(new CustomEvent("player:frame", { bubbles: true, detail: frame }));
  }

  /** The last frame of the range was shown. */
  ended() {
    if (!this.rolling) return undefined;
    if (!this.looping) return this.halt();
    for (const film of this.films) {
      if (film.still) continue;
      film.media.currentTime = film.middle(this.same(film, this.first));
      if (film.media.paused || film.media.ended) film.play(this.speed);
    }
  }

  showState() {
    if (!this.isConnected || !this.films) return;
    const playing = this.playing;
    const button = this.part("play");
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    button.setAttribute("aria-pressed", String(playing));
    this.querySelector("[data-icon-play]").hidden = playing;
    this.querySelector("[data-icon-pause]").hidden = !playing;
  }

  // --- in, out, loop ------------------------------------------------------------------------

  /** Play the range of a note, which is nobody's choice of a range: no verdict and no note takes it over. */
  lend(first, last) {
    [this.first, this.last, this.lent] = [first, last, true];
    this.showRange();
  }

  /** The range somebody chose elsewhere. */
  choose(first, last) {
    [this.first, this.last, this.lent] = [first, last, false];
    this.showRange();
  }

  /** A range of one's own begins with the whole clip. */
  own() {
    if (this.lent) [this.first, this.last] = [0, this.film.frames - 1];
    this.lent = false;
  }

  setIn(frame = this.frame) {
    this.own();
    this.first = Math.min(frame, this.film.frames - 1);
    if (this.last < this.first) this.last = this.film.frames - 1;
    this.showRange();
  }

  setOut(frame = this.frame) {
    this.own();
    this.last = frame;
    if (this.first > this.last) this.first = 0;
    this.showRange();
  }

  whole() {
    this.lent = false;
    this.first = 0;
    this.last = this.film.frames - 1;
    this.showRange();
  }

  get partial() {
    return this.first !== 0 || this.last !== this.film.frames - 1;
  }

  /** The range somebody chose, as [first, last]; null for the whole clip. */
  get range() {
    return this.partial && !this.lent ? [this.first, this.last] : null;
  }

  showRange() {
    const range = this.part("range");
    range.hidden = !this.partial;
    const count = this.film.frames;
    range.style.left = `${(100 * this.first) / count}%`;
    range.style.width = `${(100 * (this.last + 1 - this.first)) / count}%`;
    this.dispatchEvent(new CustomEvent("player:range", { bubbles: true }));
  }

  loop() {
    this.looping = !this.looping;
    this.part("loop").setAttribute("aria-pressed", String(this.looping));
  }

  safe() {
    const on = this.toggleAttribute("data-safe-areas");
    this.part("safe").setAttribute("aria-pressed", String(on));
    this.querySelectorAll(".screen__over").forEach((svg) => {
      svg.querySelectorAll(".safe").forEach((each) => each.remove());
      if (!on) return;
      const { width, height } = svg.viewBox.baseVal;
      for (const share of [0.93, 0.9]) {
        // action and title safe areas, SMPTE ST 2046-1: 93 % and 90 %
        const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        const values = { x: (width * (1 - share)) / 2, y: (height * (1 - share)) / 2, width: width * share, height: height * share, class: "safe" };
        for (const [name, value] of Object.entries(values)) box.setAttribute(name, value);
        svg.append(box);
      }
    });
  }

  /** The page fills the screen with nothing but the player on it: the next take may come, and it stays full. */
  full() {
    document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.().catch(() => {});
  }

  // --- comparing ----------------------------------------------------------------------------

  lay() {
    if (this.mode === "wipe") {
      const at = Number(this.wipe.value);
      this.screens[1].style.clipPath = `inset(0 0 0 ${at}%)`;
    }
  }

  /** Which screen the keys act on: it is outlined; on top, where one flips; alone, where one fills the wall. */
  showLead() {
    this.sound.apply();
    const alone = this.querySelector(".screens").hasAttribute("data-one");
    this.screens.forEach((screen, index) => {
      const leads = index === this.lead;
      leads && this.screens.length > 1 ? screen.setAttribute("aria-current", "true") : screen.removeAttribute("aria-current");
      screen.toggleAttribute("data-solo", alone && leads);
      screen.toggleAttribute("data-under", this.mode === "flip" && !leads);
    });
  }

  flip() {
    if (this.mode !== "flip") return;
    this.lookAt((this.lead + 1) % this.films.length);
    this.did();
  }

  /** One take of the wall fills it; again, and all are back. */
  solo(index) {
    if (index >= this.films.length) return;
    const already = this.screens[index].hasAttribute("data-solo");
    this.querySelector(".screens").toggleAttribute("data-one", !already);
    this.lookAt(index);
    this.did();
  }

  /** Let another of the clips lead: its clock, its strip, its take. */
  lookAt(index) {
    if (index === this.lead) return this.showLead();
    const frame = this.frame;
    const playing = this.film.playing;
    this.film.onframe = () => {};
    this.lead = index;
    this.film.onframe = (shown) => this.onScreen(shown);
    this.scrub.max = this.film.frames - 1;
    this.part("count").textContent = this.film.frames;
    this.whole();
    this.strip();
    this.showLead();
    this.onScreen(playing ? this.film.frame : Math.min(frame, this.film.frames - 1));
    this.dispatchEvent(new CustomEvent("player:take", { bubbles: true, detail: this.reels[index].code }));
  }

  get code() {
    return this.reels[this.lead].code;
  }
}
customElements.define("review-player", ReviewPlayer);
