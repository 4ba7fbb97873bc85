/** <take-viewer data-timing> plays a take and goes to any of its frames. */
import { typing } from "../layout/typing.js";
import { Film } from "./film.js";
import { Sound } from "./sound.js";

class TakeViewer extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("video");
    this.mark();
    if (!this.video) return;
    this.film = new Film(this.video, JSON.parse(this.dataset.timing));
    this.frames = this.film.frames;
    this.film.onframe = (frame) => this.onScreen(frame);
    this.scrub = this.querySelector(".scrub");
    this.now = this.querySelector("[data-now]");
    this.button = this.querySelector("[data-play]");
    this.button.addEventListener("click", () => this.toggle());
    this.video.addEventListener("click", () => this.toggle());
    this.scrub.addEventListener("input", () => this.go(Number(this.scrub.value)));
    for (const name of ["play", "pause"]) this.video.addEventListener(name, () => this.showState());
    this.sound = new Sound(this.querySelector("[data-sound]"), { videos: () => [this.video], heard: () => this.video });
    this.querySelector("[data-end]").textContent = this.film.short(this.frames - 1);
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.goToAsked();
  }

  disconnectedCallback() {
    this.film?.close();
    document.removeEventListener("keydown", this.onKey);
  }

  /** The address may name a frame of this take: ?take=…&frame=191. */
  goToAsked() {
    const asked = new URLSearchParams(location.search);
    if (asked.get("take") === this.dataset.code && /^\d{1,8}$/.test(asked.get("frame"))) this.go(Number(asked.get("frame")));
  }

  get frame() {
    return this.film.wanted ?? this.film.frame;
  }

  /** Tell the row of takes, and the composer, which take is on the viewer. */
  mark() {
    for (const link of document.querySelectorAll(".filmstrip .take__open")) link.removeAttribute("aria-current");
    const link = document.querySelector(`#render-${this.dataset.code} .take__open`);
    link?.setAttribute("aria-current", "true");
    link?.scrollIntoView({ block: "nearest", inline: "nearest" });
    const seen = document.getElementById("seen");
    if (seen) seen.value = this.dataset.code;
  }

  onScreen(frame) {
    this.now.textContent = this.film.short(frame);
    this.scrub.value = frame;
    this.scrub.setAttribute("aria-valuetext", `frame ${frame}, ${this.film.short(frame)}`);
  }

  go(frame) {
    this.film.go(frame);
    this.now.textContent = this.film.short(this.frame);
  }

  toggle() {
    this.video.paused ? this.film.play() : this.film.pause();
  }

  showState() {
    const playing = !this.video.paused;
    this.button.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.button.setAttribute("aria-pressed", String(playing));
    this.querySelector("[data-icon-play]").hidden = playing;
    this.querySelector("[data-icon-pause]").hidden = !playing;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.target.closest("summary, [type=radio], [type=checkbox]")) return; // the arrows and Space are theirs
    const step = event.shiftKey ? 10 : 1;
    const moves = {
      ArrowLeft: () => this.go(this.frame - step),
      ArrowRight: () => this.go(this.frame + step),
      Home: () => this.go(0),
      End: () => this.go(this.frames - 1),
      " ": () => this.toggle(),
      m: () => this.sound.toggle(),
    };
    const move = moves[event.key];
    if (!move || (event.key === " " && event.target.closest("button, a"))) return;
    event.preventDefault();
    move();
  }
}
customElements.define("take-viewer", TakeViewer);

/** A tile in the row opens its take on the viewer without loading the page again. */
document.addEventListener("click", (event) => {
  const link = event.target.closest(".filmstrip .take__open");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const address = new URL(link.href);
  const part = `${address.pathname}viewer${address.search}`;
  window.htmx.ajax("GET", part, { target: "#viewer", swap: "outerHTML" });
  history.replaceState(null, "", link.href);
  link.focus();
});

/** 1 to 9: a take by its place in the row. */
document.addEventListener("keydown", (event) => {
  if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  document.querySelectorAll(".filmstrip .take[id] .take__open")[Number(event.key) - 1]?.click();
});

/** The take may have moved on while a part of the page was on its way: then ask for that part again. */
document.body.addEventListener("htmx:afterSettle", () => {
  for (const part of document.querySelectorAll("#viewer[data-pending], .circle")) {
    const card = document.getElementById(`render-${part.dataset.code}`);
    if (card && Number(card.dataset.revision) > Number(part.dataset.revision)) {
      document.body.dispatchEvent(new CustomEvent(`changed-${part.dataset.code}`));
      return;
    }
  }
});
