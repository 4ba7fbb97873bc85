/** <frame-view data-frame data-frames data-fps-num data-fps-den> holds a video still at one of its frames. */
import { Film } from "../generation/film.js";
import "./review-strokes.js";

class FrameView extends HTMLElement {
  connectedCallback() {
    const video = this.querySelector("video");
    const { fpsNum, fpsDen, frames, frame } = this.dataset;
    this.film = new Film(video, { fps: [Number(fpsNum), Number(fpsDen)], frames: Number(frames) });
    const show = () => this.film.go(Number(frame));
    video.readyState >= 1 ? show() : video.addEventListener("loadedmetadata", show, { once: true });
  }

  disconnectedCallback() {
    this.film.close();
  }
}
customElements.define("frame-view", FrameView);
