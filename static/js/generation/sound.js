/** The sound of a player: off until somebody wants it, then on for every take of the page that has one. */
let wanted = false;

export class Sound {
  /**
   * @param button what switches it; hidden where what plays has none.
   * @param videos all the videos of the player; `heard` the one that is to be heard now, or null.
   */
  constructor(button, { videos, heard }) {
    Object.assign(this, { button, videos, heard });
    button?.addEventListener("click", () => this.toggle());
    this.apply();
  }

  toggle() {
    if (!this.button || this.button.hidden) return;
    wanted = !wanted;
    this.apply();
  }

  /** Another take may be the one to be heard. */
  apply() {
    if (!this.button) return;
    const heard = this.heard();
    this.button.hidden = !heard;
    this.button.setAttribute("aria-pressed", String(wanted));
    for (const video of this.videos()) video.muted = !(wanted && video === heard);
  }
}
