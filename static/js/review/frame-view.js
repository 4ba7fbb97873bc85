/** <frame-view data-frame data-timing> holds a video still at one of its frames. */
import { Film } from "../generation/film.js";
import "./review-strokes.js";

class FrameView extends HTMLElement {
  connectedCallback() {
    const video = this.querySelector("video");
    const { timing, frame } = this.dataset;
    this.film = new Film(video, JSON.parse(timing));
    const show = () => this.film.go(Number(frame));
    video.readyState >= 1 ? show() : video.addEventListener("loadedmetadata", show, { once: true });
  }

  disconnectedCallback() {
    this.film.close();
  }
}
customElements.define("frame-view", FrameView);
