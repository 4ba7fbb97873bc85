/**
 * Plays the take under the pointer, on the one <video> there is, and leaves none behind.
 *
 * While the pointer moves its place is a place in the clip, shown from the filmstrip; where it rests the clip
 * plays from there. Who wants less motion plays by Space alone.
 */
import { span } from "../generation/film.js";

const REST = 180; // ms without a move, then it plays
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Preview {
  constructor(library) {
    this.library = library;
    this.reels = new Map();
    this.video = document.createElement("video");
    Object.assign(this.video, { muted: true, playsInline: true, loop: true, preload: "auto", className: "takebox__video" });
    this.video.setAttribute("aria-hidden", "true");
    this.strip = document.createElement("div");
    this.strip.className = "takebox__strip";
    this.video.addEventListener("playing", () => this.strip.remove());
    const { grid } = library;
    library.on(grid, "pointerover", (event) => this.over(event));
    library.on(grid, "pointermove", (event) => this.moved(event));
    library.on(grid, "pointerleave", () => this.stop());
    library.on(grid, "focusout", (event) => this.cell && !this.byPointer && this.cell.contains(event.target) && this.stop());
    library.on(document, "visibilitychange", () => document.hidden && this.stop());
  }

  over(event) {
    if (event.pointerType !== "mouse" || calm.matches) return;
    const cell = event.target.closest(".takebox__box")?.closest(".takebox");
    if (!cell) return this.byPointer && this.stop();
    if (cell === this.cell) return;
    this.begin(cell);
    this.byPointer = true;
  }

  moved(event) {
    if (!this.cell || !this.byPointer) return;
    const box = this.cell.querySelector(".take")?.getBoundingClientRect();
    if (!box) return;
    this.share = Math.max(0, Math.min(0.999, (event.clientX - box.left) / box.width));
    this.scrub();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.play(), REST);
  }

  toggle(cell) {
    if (this.cell === cell) return this.stop();
    this.begin(cell);
    this.byPointer = false;
    this.play();
  }

  /** This is the take that is looked at. */
  begin(cell) {
    this.stop();
    if (!cell.querySelector(".take[data-state=ready] img")) return; // nothing to see, or behind a veil
    this.cell = cell;
    this.share = 0;
    this.asked = this.reel(cell.dataset.code);
  }

  stop() {
    clearTimeout(this.rest);
    this.cell = this.asked = null;
    this.strip.remove();
    this.video.remove();
    this.video.pause();
    if (!this.video.hasAttribute("src")) return;
    this.video.removeAttribute("src");
    this.video.load(); // lets go of the file
  }

  /** The take may have been thrown away, or drawn anew. */
  mind() {
    if (this.cell && !this.cell.isConnected) this.stop();
  }

  /** What there is to play; null where that cannot be had. It is asked for once. */
  reel(code) {
    if (!this.reels.has(code)) this.reels.set(code, this.fetch(code));
    return this.reels.get(code);
  }

  async fetch(code) {
    const answer = await fetch(`/takes/${code}/reel`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) {
      this.reels.delete(code);
      return null;
    }
    const reel = await answer.json();
    if (reel.strip) this.measure(reel);
    return reel;
  }

  /** How many pictures its filmstrip holds is known once it is here. */
  measure(reel) {
    const picture = new Image();
    picture.addEventListener("load", () => {
      reel.tiles = Math.max(1, Math.round(picture.naturalWidth / ((picture.naturalHeight * reel.width) / reel.height)));
      if (this.byPointer && this.video.paused) this.scrub();
    });
    picture.src = reel.strip;
  }

  async scrub() {
    const { cell } = this;
    const reel = await this.asked;
    if (!cell || this.cell !== cell || !reel?.tiles || reel.still) return;
    this.video.pause();
    const tile = Math.floor(this.share * reel.tiles);
    this.strip.style.backgroundImage = `url("${reel.strip}")`;
    this.strip.style.backgroundSize = `${100 * reel.tiles}% 100%`;
    this.strip.style.backgroundPosition = `${(100 * tile) / Math.max(1, reel.tiles - 1)}% 0`;
    this.lay(this.strip);
  }

  async play() {
    const { cell } = this;
    const reel = await this.asked;
    if (!cell || this.cell !== cell || !reel || reel.still) return;
    const { video } = this;
    if (video.getAttribute("src") !== reel.src) video.src = reel.src;
    this.lay(video);
    video.currentTime = this.share * span(reel);
    await video.play().catch(() => {}); // it was stopped before it began
  }

  /** Over the picture of the card, exactly. */
  lay(element) {
    const card = this.cell.querySelector(".take");
    element.style.width = `${card.clientWidth}px`;
    element.style.height = `${card.clientHeight}px`;
    if (element.parentElement !== card.parentElement) card.parentElement.append(element);
  }
}
