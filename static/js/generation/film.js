/**
 * A clip as a row of frames. A frame is an integer, fps the file's own fraction. Seeks go to the middle of
 * a frame, and requestVideoFrameCallback alone says which frame is on screen.
 */
const SETTLE = 400; // ms after a seek in which the browser may not call back, because nothing changed
const LATE_NEWS = 120; // ms in which it may still tell of a frame that was shown before we paused
// In frames. A browser tells the time at which a frame begins, which a WEBM rounds to milliseconds up or down;
// Firefox, after a seek, the time that was sought, which is its middle. A quarter is as far from both.
const TOLD = 0.25;

export class Film {
  /**
   * reel: {fps: [numerator, denominator], frames, still, places, length}; media: a <video>, or an <img> for a still.
   * Where the rate of a take varies, a copy at constant rate plays: `places` says with which of its frames
   * each frame of the take begins, `length` how many it has.
   */
  constructor(media, reel) {
    this.media = media;
    this.reel = reel;
    this.still = reel.still;
    [this.num, this.den] = reel.fps;
    this.frames = reel.frames;
    this.places = reel.places ?? null;
    this.length = reel.length ?? reel.frames;
    this.frame = 0;
    this.seen = null; // what the browser last said is on screen, wanted or not; it may have drawn nothing yet
    this.unsure = false; // it was playing just now: another frame may be on screen, of which we have no news yet
    this.wanted = null;
    this.waiting = [];
    this.onframe = () => {};
    if (!this.still) this.watch();
  }

  get fps() {
    return this.num / this.den;
  }

  get playing() {
    return !this.still && !this.media.paused && !this.media.ended;
  }

  /** The frame of the file that plays with which a frame of the take begins. */
  place(frame) {
    return this.places ? this.places[frame] : frame;
  }

  /** The frame of the take that is on screen while this one of the file that plays is. */
  at(place) {
    if (!this.places) return Math.max(0, Math.min(this.frames - 1, place));
    let [low, high] = [0, this.frames - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      this.places[middle] <= place ? (low = middle) : (high = middle - 1);
    }
    return low;
  }

  /** The middle of a frame, or of its first part, in seconds of the file that plays. */
  middle(frame) {
    return ((this.place(frame) + 0.5) * this.den) / this.num;
  }

  /** The frame of which the browser tells this time. */
  frameAt(time) {
    return this.at(Math.floor((time * this.num) / this.den + TOLD));
  }

  /** When a frame is shown: "00:00:02:11". */
  timecode(frame) {
    return timecode(this.place(frame), this.fps);
  }

  /** When a frame is shown, in seconds and frames: "02:11". */
  short(frame) {
    return short(this.place(frame), this.fps);
  }

  watch() {
    const seen = (_, picture) => {
      if (this.closed) return;
      this.shown(this.frameAt(picture.mediaTime), picture.presentationTime);
      this.media.requestVideoFrameCallback(seen);
    };
    this.media.requestVideoFrameCallback(seen);
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.media.addEventListener("seeked", () => this.arrived(), { signal });
    this.media.addEventListener("error", () => this.settle(), { signal }); // nobody waits for what cannot be shown
  }

  close() {
    this.closed = true;
    this.listening?.abort();
    this.settle();
  }

  /** The browser has put this frame on screen, at that moment of `performance.now()`. */
  shown(frame, at) {
    this.seen = frame;
    if (this.wanted !== null && frame !== this.wanted) return; // late news of the frame we are leaving
    this.frame = frame;
    if (this.wanted === frame && !this.media.seeking && at >= this.soughtAt) this.settle();
    this.onframe(frame);
  }

  /** Show a frame; a promise for when it is on screen. Of several asked at once the last wins. */
  go(frame) {
    const wanted = Math.max(0, Math.min(this.frames - 1, Math.round(frame)));
    if (this.still) {
      this.frame = wanted;
      this.onframe(wanted);
      return Promise.resolve(wanted);
    }
    if (this.media.error) return Promise.resolve(this.frame);
    if (this.playing) {
      this.media.pause();
      this.unsure = true;
    }
    const busy = this.media.seeking;
    this.wanted = wanted;
    const promise = new Promise((resolve) => this.waiting.push(resolve));
    this.tries = 0;
    busy ? this.guard() : this.seek();
    return promise;
  }

  seek() {
    this.sought = this.wanted;
    this.soughtAt = performance.now() - 1; // browsers round it
    this.media.currentTime = this.middle(this.wanted);
    this.guard();
  }

  /** A browser may never say that it has sought, where it was sent to the same place twice: then it is asked again. */
  guard() {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => (this.media.seeking ? this.guard() : this.again()), 2 * SETTLE);
  }

  arrived() {
    const { wanted } = this;
    if (wanted === null) return;
    if (this.sought !== wanted) return this.seek();
    if (this.seen !== wanted) this.patient();
    else if (this.unsure) setTimeout(() => this.sameAgain(wanted), LATE_NEWS);
    else this.sameAgain(wanted);
  }

  /** The same picture again: the browser need not tell us, but it may still have news of another one. */
  sameAgain(wanted) {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (this.wanted !== wanted) return;
      this.seen === wanted ? this.settle() : this.patient();
    }));
  }

  patient() {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.again(), SETTLE);
  }

  /** Nothing was shown after a seek: seek once more, then believe what is on screen. */
  again() {
    if (this.wanted === null) return;
    this.tries += 1;
    this.tries > 2 ? this.settle() : this.seek();
  }

  settle() {
    clearTimeout(this.patience);
    this.wanted = null;
    this.unsure = false;
    for (const resolve of this.waiting.splice(0)) resolve(this.frame);
  }

  play(speed = 1) {
    if (this.still) return Promise.resolve();
    this.settle();
    this.media.playbackRate = speed;
    return this.media.play().catch(() => {}); // paused again before it began
  }

  /** Stop on the frame that is on screen: the promise tells which. */
  pause() {
    if (!this.still && this.wanted !== null) return this.go(this.wanted);
    if (this.still || this.media.paused) return Promise.resolve(this.frame);
    return this.go(this.frame); // which pauses
  }
}

/** How long these frames of a reel are shown, from the first to the end of the last; seconds. */
export function span(reel, first = 0, last = reel.frames - 1) {
  const end = last + 1 < reel.frames ? (reel.places?.[last + 1] ?? last + 1) : (reel.length ?? reel.frames);
  return ((end - (reel.places?.[first] ?? first)) * reel.fps[1]) / reel.fps[0];
}

/** Hours, minutes, seconds and frames, not dropping any: "00:00:02:11". */
export function timecode(frame, fps) {
  const base = Math.round(fps);
  const seconds = Math.floor(frame / base);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frame % base];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** Seconds and frames: "02:11". */
const short = (frame, fps) => {
  const base = Math.round(fps);
  return `${String(Math.floor(frame / base)).padStart(2, "0")}:${String(frame % base).padStart(2, "0")}`;
};
