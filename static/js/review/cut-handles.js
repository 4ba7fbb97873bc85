/** The in and the out of the take on screen, on a line as long as the whole take: dragged, or moved by arrow keys. */
export class Handles {
  /**
   * @param box holds the two sliders.
   * @param preview called with the frame under a handle while it moves.
   * @param set called with "first" or "last" and its frame once it rests.
   */
  constructor(box, preview, set) {
    this.box = box;
    this.held = false; // in somebody's hand: nothing moves it but they
    for (const end of ["first", "last"]) {
      const slider = this.slider(end);
      slider.addEventListener("input", () => {
        this.keepApart(end);
        this.raise(end);
        this.draw();
        preview(slider.valueAsNumber);
      });
      slider.addEventListener("change", () => set(end, slider.valueAsNumber));
      slider.addEventListener("pointerdown", () => this.hold());
    }
  }

  /** Held until the button is let go, wherever that is; what was dragged is told a moment later. */
  hold() {
    this.held = true;
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, () => setTimeout(() => (this.held = false)), { once: true });
  }

  slider(end) {
    return this.box.querySelector(`[data-handle=${end}]`);
  }

  /** The take of an entry; nothing is trimmed where null or a still stands. */
  show(entry) {
    this.box.hidden = entry?.kind !== "clip";
    if (this.box.hidden || this.shown === `${entry.take} ${entry.first} ${entry.last}`) return;
    this.shown = `${entry.take} ${entry.first} ${entry.last}`;
    for (const end of ["first", "last"]) {
      const slider = this.slider(end);
      slider.max = entry.frames - 1;
      slider.value = entry[end];
    }
    if (this.take !== entry.take) this.raise(entry.first > entry.frames / 2 ? "first" : "last");
    this.take = entry.take;
    this.draw();
  }

  /** Where both stand in one place, the one that can go back from there lies on top. */
  raise(end) {
    for (const each of ["first", "last"]) this.slider(each).toggleAttribute("data-raised", each === end);
  }

  keepApart(moved) {
    const [first, last] = [this.slider("first"), this.slider("last")];
    if (first.valueAsNumber > last.valueAsNumber) this.slider(moved).value = (moved === "first" ? last : first).value;
  }

  draw() {
    for (const end of ["first", "last"]) {
      const slider = this.slider(end);
      slider.setAttribute("aria-valuetext", `frame ${slider.value}`);
      this.box.style.setProperty(`--${end}`, slider.valueAsNumber / Math.max(1, Number(slider.max)));
    }
  }
}
