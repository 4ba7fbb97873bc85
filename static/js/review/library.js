/**
 * <take-library> goes through takes by keys: arrows from tile to tile, Space plays, X chooses, / searches.
 *
 * One tile is in the order of the Tab key at a time. Cards are drawn anew by the socket and more come while
 * one scrolls, so what belongs to a tile is put right after each of these.
 */
import { typing } from "../layout/typing.js";
import { Choice } from "./library-choice.js";
import { Preview } from "./library-preview.js";

const SIZE = "rushes:tiles";

class TakeLibrary extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    this.sizes();
    this.tidyAddress();
    const facets = this.querySelector(".facets");
    if (facets && matchMedia("(max-width: 760px)").matches) facets.open = false;
    this.on(document, "keydown", (event) => this.key(event));
    this.grid = this.querySelector(".takeboxes");
    if (!this.grid) return;
    this.preview = new Preview(this);
    this.choice = new Choice(this);
    this.on(this, "focusin", (event) => this.stand(event.target.closest(".takebox")));
    for (const name of ["live:swapped", "htmx:afterSettle"]) this.on(document.body, name, () => this.soon());
    this.mind();
  }

  disconnectedCallback() {
    this.listening.abort();
    this.preview?.stop();
  }

  on(target, name, listener) {
    target.addEventListener(name, listener, { signal: this.listening.signal });
  }

  get cells() {
    return [...this.grid.querySelectorAll(".takebox")];
  }

  // --- the tiles ----------------------------------------------------------------------------

  /** Once for all that came together: each tile of a page is told of by itself. */
  soon() {
    this.minding ??= requestAnimationFrame(() => {
      this.minding = null;
      if (this.isConnected) this.mind();
    });
  }

  /** Tiles whose take is gone go too; one link is for the Tab key; what is chosen says so. */
  mind() {
    for (const cell of this.cells) {
      const link = cell.querySelector(".take__open");
      if (!link) {
        if (cell === this.here) this.stand(cell.nextElementSibling?.closest(".takebox") ?? cell.previousElementSibling, { focus: cell.contains(document.activeElement) });
        cell.remove();
        continue;
      }
      if (!this.here?.isConnected) this.here = cell;
      link.tabIndex = cell === this.here ? 0 : -1;
      this.choice.show(cell);
    }
    this.choice.count();
    this.preview.mind();
  }

  /** The tile the keys are on from now on. */
  stand(cell, { focus = false } = {}) {
    if (!cell?.matches(".takebox")) return;
    const before = this.here?.querySelector(".take__open");
    if (before) before.tabIndex = -1;
    this.here = cell;
    const link = cell.querySelector(".take__open");
    link.tabIndex = 0;
    if (focus) {
      link.focus();
      cell.scrollIntoView({ block: "nearest" });
    }
  }

  move(key) {
    const cells = this.cells;
    const columns = getComputedStyle(this.grid).gridTemplateColumns.split(" ").length;
    const last = cells.length - 1;
    const at = cells.indexOf(this.here);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: Math.min(at + columns, last), Home: 0, End: last }[key];
    if (cells[to]) this.stand(cells[to], { focus: true });
  }

  key(event) {
    if (event.defaultPrevented || typing(event.target)) return;
    const act = this.act(event);
    if (!act) return;
    event.preventDefault();
    if (!event.repeat || /^(Arrow|Home|End)/.test(event.key)) act();
  }

  act(event) {
    const on = event.target.closest(".takebox");
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && event.key === "/") return () => this.querySelector("#id_q").select();
    if (!this.grid) return null;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") return () => this.choice.everything();
    if (!plain) return null;
    const anywhere = {
      Escape: this.choice.any && !event.target.closest("details[data-menu]") ? () => this.choice.nothing() : null,
      c: () => this.choice.compare(),
      s: this.querySelector("[data-circle]") ? () => this.choice.circle(on) : null,
    };
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (anywhere[name]) return anywhere[name];
    const nowhere = !on && event.target === document.body && name.startsWith("Arrow");
    if (nowhere && !event.shiftKey && (name === "ArrowRight" || name === "ArrowLeft")) return () => this.stand(this.here, { focus: true });
    if (!on) return null;
    if (/^(Arrow.+|Home|End)$/.test(name)) return () => this.move(name);
    if (name === " " && !event.target.closest("button, input")) return () => this.preview.toggle(on);
    return name === "x" ? () => this.choice.toggle(on, { range: event.shiftKey }) : null;
  }

  // --- the page around them -------------------------------------------------------------------

  sizes() {
    const choice = this.querySelector(".library__sizes");
    const kept = localStorage.getItem(SIZE) ?? "medium";
    this.dataset.size = kept;
    if (!choice) return;
    choice.hidden = false;
    for (const radio of choice.querySelectorAll("input")) {
      radio.checked = radio.value === kept;
      this.on(radio, "change", () => localStorage.setItem(SIZE, (this.dataset.size = radio.value)));
    }
  }

  /** What was left empty is not part of an address; another order is asked for at once. */
  tidyAddress() {
    this.on(this, "htmx:configRequest", (event) => {
      if (event.target.id !== "find") return;
      const sent = event.detail.formData;
      for (const name of [...new Set(sent.keys())]) {
        const values = sent.getAll(name).filter((value) => value !== "" && !(name === "sort" && value === "newest"));
        sent.delete(name);
        for (const value of values) sent.append(name, value);
      }
    });
    this.on(this, "change", (event) => {
      if (event.target.matches("#id_sort, .facet__range [type=date]")) this.querySelector("#find").requestSubmit();
    });
  }
}
customElements.define("take-library", TakeLibrary);
