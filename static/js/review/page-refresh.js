/**
 * What stands around the player, as the studio has it: title, rows and the panel with notes and verdicts.
 *
 * When another take leads, all of it becomes that take's. When news come, the rows are renewed: however many
 * come at once make one request, and a hidden tab asks when it is looked at again.
 */
const NEWS = ["review-changed", "rows-changed"];
const SPREAD = 400; // ms within which open pages ask after the same news
const SETTLE = 120; // ms a take leads before its panel is asked for: one may be on the way to the next
const AGAIN = 3000; // ms, where the studio was not reached
const ROWS = [".takesrow__row", ".shotsrow"];
const WHOLE = [".review__bar > .chiprow", ".review__title", ".review__list"];
const OF_THE_LEAD = [...WHOLE, ".review__bar > [data-continue]", ".review__walk", ".takesrow", ".shotsrow", ".panel"];

export class PageRefresh {
  constructor(desk) {
    this.desk = desk;
    for (const news of NEWS) document.body.addEventListener(news, () => this.soon(200 + Math.random() * SPREAD));
    document.addEventListener("visibilitychange", () => this.owed && this.soon());
  }

  get main() {
    return this.desk.main;
  }

  // --- news -------------------------------------------------------------------------------

  soon(wait = 150) {
    this.owed = true;
    if (!document.hidden) this.timer ??= setTimeout(() => this.run(), wait);
  }

  async run() {
    this.owed = false;
    try {
      await this.renewRows();
    } finally {
      this.timer = null;
      if (this.owed) this.soon(SPREAD);
    }
  }

  async renewRows() {
    const { main } = this;
    const { take } = main.dataset;
    const fresh = await this.ask();
    if (!fresh || this.main !== main) return;
    if (!main.dataset.subject) return fresh.dataset.subject && this.desk.visit(location.href, { push: "replace" }); // its first take
    if (main.dataset.take !== take) return; // another leads meanwhile: it brings its own
    if (main.dataset.opened && fresh.dataset.subject !== take) {
      if (take !== main.dataset.opened) return this.leadIsGone();
      this.gone(fresh);
    }
    for (const part of ROWS) renew(main, fresh, part);
    for (const part of WHOLE) if (!main.dataset.gone) replace(main, fresh, part);
    this.neighbours(fresh);
    this.desk.showVerdicts();
  }

  /** The take on screen was thrown away, so the studio shows another: this page stays, and says so. */
  gone(fresh) {
    const rows = this.main.dataset.list ? ".takesrow, .shotsrow" : ".takesrow"; // the shot is there still
    for (const row of fresh.querySelectorAll(rows)) row.querySelector("[aria-current]")?.removeAttribute("aria-current");
    if (this.main.dataset.gone) return;
    this.main.dataset.gone = "true";
    this.walked = paths(this.main);
    document.dispatchEvent(new CustomEvent("say", { detail: "The take on this page was thrown away." }));
  }

  /** One of several on screen that leads was thrown away: the page is shown without it. */
  async leadIsGone() {
    document.dispatchEvent(new CustomEvent("say", { detail: "That take was thrown away." }));
    const url = this.address();
    url.searchParams.delete("lead");
    await this.desk.visit(url, { push: "replace" });
  }

  neighbours(fresh) {
    const { dataset } = fresh;
    if (this.main.dataset.gone && this.main.dataset.list) return this.besideTheGone(paths(fresh).all);
    for (const name of ["before", "after"]) {
      if (name in dataset) this.main.dataset[name] = dataset[name];
      else delete this.main.dataset[name];
    }
  }

  /** What comes before and after a take that is not on the list any more: those that are, of the row as it was. */
  besideTheGone(there) {
    const { all, here } = this.walked;
    const beside = { before: all.slice(0, here).reverse(), after: all.slice(here + 1) };
    for (const [name, paths] of Object.entries(beside)) {
      const path = paths.find((each) => there.includes(each));
      if (path) this.main.dataset[name] = path;
      else delete this.main.dataset[name];
    }
  }

  // --- another take leads -----------------------------------------------------------------

  lead() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.follow(), SETTLE);
  }

  /** Resolves with whether all that is around the player is about the take that leads. */
  async settled() {
    clearTimeout(this.settling);
    await this.follow();
    return !this.main.hasAttribute("data-elsewhere");
  }

  async follow() {
    const { main } = this;
    const code = main.dataset.take;
    if (!main.hasAttribute("data-elsewhere")) return;
    const fresh = await this.ask();
    if (this.main !== main || main.dataset.take !== code || !main.hasAttribute("data-elsewhere")) return;
    if (!fresh) {
      this.settling = setTimeout(() => this.follow(), AGAIN);
      return;
    }
    if (fresh.dataset.subject !== code) return this.leadIsGone();
    const focus = main.querySelector(".panel")?.contains(document.activeElement) && document.activeElement.value;
    for (const part of OF_THE_LEAD) replace(main, fresh, part);
    this.neighbours(fresh);
    main.dataset.subject = code;
    main.removeAttribute("data-elsewhere");
    window.htmx.process(main.querySelector(".panel"));
    history.replaceState(null, "", this.address());
    this.desk.place = location.pathname + location.search;
    this.desk.compose();
    if (focus) main.querySelector(`.panel .decide__row [value="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  }

  // --- asking -----------------------------------------------------------------------------

  /** This page, with the take that leads now. */
  address() {
    const url = new URL(location.href);
    const { opened, take } = this.main.dataset;
    for (const once of ["frame", "note"]) url.searchParams.delete(once);
    if (!opened) return url;
    url.searchParams.set("take", opened);
    take === opened ? url.searchParams.delete("lead") : url.searchParams.set("lead", take);
    return url;
  }

  /** The main part of this page as the studio has it now, or null. */
  async ask() {
    const answer = await fetch(this.address(), { headers: { Accept: "text/html" } }).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => "") : "";
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("main");
    return fresh?.matches(".review") ? fresh : null;
  }
}

/** Put the fresh part in the place of the old one, unless it says the same. */
function replace(main, fresh, part) {
  const [old, now] = [main.querySelector(part), fresh.querySelector(part)];
  if (!old || !now || old.isEqualNode(now)) return;
  const place = [...old.querySelectorAll("a, button")].indexOf(document.activeElement);
  const [from, to] = [old, now].map((each) => each.querySelector(".takesrow__row") ?? each);
  const { scrollLeft } = from;
  old.replaceWith(now);
  to.scrollLeft = scrollLeft;
  if (place >= 0) now.querySelectorAll("a, button")[place]?.focus({ preventScroll: true });
}

/** The addresses of a row of shots or of a list, in order, and the place of the one that is here. */
function paths(main) {
  const cells = [...main.querySelectorAll(".shotsrow .thumb")];
  return { all: cells.map((cell) => cell.getAttribute("href")), here: cells.findIndex((cell) => cell.hasAttribute("aria-current")) };
}

/** Which take or shot a cell stands for, whatever else its address says. */
function keyOf(cell) {
  const url = new URL(cell.getAttribute("href") ?? "", location.href);
  return `${url.pathname} ${url.searchParams.get("take") ?? ""}`;
}

/** A row keeps what is as it was: under the pointer, in focus, with its picture loaded. */
function renew(main, fresh, part) {
  const [old, now] = [main.querySelector(part), fresh.querySelector(part)];
  if (!old && now && part === ".shotsrow") return main.querySelector(".stage").append(now);
  if (!old) return;
  const cells = [...(now?.children ?? [])];
  const there = new Set(cells.map(keyOf));
  for (const cell of [...old.children]) if (!there.has(keyOf(cell))) cell.remove();
  cells.forEach((cell, index) => {
    const before = old.children[index];
    if (!before || keyOf(before) !== keyOf(cell)) return old.insertBefore(cell, before ?? null);
    if (before.isEqualNode(cell)) return;
    const focused = before === document.activeElement;
    before.replaceWith(cell);
    if (focused) cell.focus({ preventScroll: true });
  });
  while (old.children.length > cells.length) old.lastElementChild.remove(); // they stand in another order now
}
