/** The takes somebody has chosen: their ticks, and the bar that does something with them. */
export class Choice {
  constructor(library) {
    this.library = library;
    this.bar = library.querySelector(".library__bar");
    this.all = this.bar.querySelector("[name=all]");
    const none = this.bar.querySelector("[data-none]");
    none.hidden = false;
    library.on(none, "click", () => this.nothing());
    library.on(library.grid, "click", (event) => this.clicked(event));
    library.on(library, "change", (event) => event.target.matches("[name=take], [name=all]") && this.changed());
    library.on(document.body, "library:done", () => this.done());
    for (const box of library.grid.querySelectorAll("[name=take]")) box.tabIndex = -1;
  }

  box(cell) {
    return cell.querySelector("[name=take]");
  }

  get chosen() {
    return this.library.cells.filter((cell) => this.box(cell).checked);
  }

  get any() {
    return Boolean(this.all?.checked || this.library.grid.querySelector("[name=take]:checked"));
  }

  /** With Shift all from the last one touched to this one. */
  clicked(event) {
    const box = event.target.closest(".takebox__tick")?.querySelector("[name=take]");
    if (!box || event.target !== box) return; // a click on the label comes as one on its box
    const cell = box.closest(".takebox");
    if (event.shiftKey) this.range(cell, box.checked);
    this.last = cell;
    this.library.stand(cell);
  }

  toggle(cell, { range = false } = {}) {
    const box = this.box(cell);
    if (range && this.last?.isConnected) this.range(cell, true);
    else box.checked = !box.checked;
    this.last = cell;
    this.changed();
  }

  range(cell, on) {
    const cells = this.library.cells;
    const [from, to] = [cells.indexOf(this.last), cells.indexOf(cell)].sort((a, b) => a - b);
    if (from >= 0) for (const each of cells.slice(from, to + 1)) this.box(each).checked = on;
  }

  everything() {
    for (const cell of this.library.cells) this.box(cell).checked = true;
    this.changed();
  }

  nothing() {
    for (const cell of this.library.cells) this.box(cell).checked = false;
    if (this.all) this.all.checked = false;
    this.changed();
  }

  changed() {
    for (const cell of this.library.cells) this.show(cell);
    this.count();
  }

  /** Whether it is chosen, for eyes and for readers. */
  show(cell) {
    const box = this.box(cell);
    box.tabIndex = -1;
    cell.toggleAttribute("data-chosen", box.checked);
    const link = cell.querySelector(".take__open");
    if (box.checked) link?.setAttribute("aria-describedby", "library-chosen");
    else link?.removeAttribute("aria-describedby");
  }

  count() {
    const number = this.library.grid.querySelectorAll("[name=take]:checked").length;
    const said = this.all?.checked ? "All that match" : number ? `${number} chosen` : "None chosen";
    const output = this.bar.querySelector("[data-count]");
    if (output.textContent !== said) output.textContent = said;
    this.bar.toggleAttribute("data-idle", !this.any);
    this.library.toggleAttribute("data-choosing", this.any);
    this.bar.querySelector("[data-compare]").disabled = Boolean(this.all?.checked) || number < 2 || number > 4;
  }

  /** What was asked for has been done to all of them. */
  done() {
    this.nothing();
  }

  compare() {
    const button = this.bar.querySelector("[data-compare]");
    if (!button.disabled) return button.click();
    document.dispatchEvent(new CustomEvent("say", { detail: "Choose two to four takes to compare them." }));
  }

  /** The chosen ones, or the one the keys are on: which is then circled, or no longer. */
  circle(cell) {
    if (this.any) return this.bar.querySelector("[data-circle]").click();
    const card = cell?.querySelector(".take");
    if (card?.dataset.state !== "ready") return;
    const on = "circled" in card.dataset ? 0 : 1;
    window.htmx.ajax("POST", `/takes/${cell.dataset.code}/circle?on=${on}`, { swap: "none", source: card });
  }
}
