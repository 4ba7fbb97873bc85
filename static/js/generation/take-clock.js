/**
 * <take-clock data-since [data-usual]> says how long a take has been under way: "0:42 of about 1:10",
 * then "slower than usual". <take-clock data-until> says how long Undo is free: "free for 4 s".
 */
class TakeClock extends HTMLElement {
  connectedCallback() {
    this.tick();
    this.timer = setInterval(() => this.tick(), 500);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  tick() {
    const { since, until, usual, quiet } = this.dataset;
    if (until) {
      const left = Math.ceil((Date.parse(until) - Date.now()) / 1000);
      this.write(left > 0 && left <= 60 ? `free for ${left} s` : "");
      return;
    }
    const gone = Math.max(0, (Date.now() - Date.parse(since)) / 1000);
    if (quiet && gone < Number(quiet)) return this.write("");
    if (!usual) return this.write(clock(gone));
    this.write(gone <= usual * 1.5 ? `${clock(gone)} of about ${clock(usual)}` : `${clock(gone)}, slower than usual`);
    const bar = this.closest(".take")?.querySelector(".take__bar");
    if (bar) bar.value = Math.min(0.97, gone / usual);
  }

  write(text) {
    if (this.textContent !== text) this.textContent = text;
  }
}

function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

customElements.define("take-clock", TakeClock);
