/** The desk of a reviewer: its keys, and going from take to take and shot to shot without loading it anew. */
import { outbox } from "../layout/outbox.js";
import { typing } from "../layout/typing.js";
import { named, playing } from "./player-keys.js";
import "./review-player.js";
import { Decide } from "./review-decide.js";
import { Notes } from "./review-notes.js";
import { PageRefresh } from "./page-refresh.js";

const WAYS = ["single", "side", "wipe", "difference", "flip", "wall"];

export class Desk {
  begin() {
    const main = document.getElementById("main");
    if (this.main === main) return;
    this.main = main;
    this.player = main.querySelector("review-player");
    this.refresh ??= new PageRefresh(this);
    this.judged = new Set();
    main.addEventListener("player:take", (event) => this.leads(event.detail));
    main.addEventListener("click", (event) => {
      if (!event.target.closest("[data-circle]")) return;
      event.preventDefault();
      this.circle();
    });
    this.compose();
    this.notes.arrive();
    for (const here of main.querySelectorAll(".shotsrow [aria-current], .takesrow [aria-current]")) here.scrollIntoView({ block: "nearest", inline: "center" });
    document.querySelector("live-feed")?.goTo(main.dataset.shot ?? "");
  }

  /** The panel beside the player, for the take it is about. */
  compose() {
    this.notes?.close();
    this.decide?.close();
    const begun = this.decide?.begun(this.player);
    this.decide = new Decide(this.main, (value, subject) => this.onwards(value, subject));
    if (begun) this.decide.goOn(begun);
    this.notes = new Notes(this.main);
    this.showVerdicts();
  }

  /** Another take of several leads: title and row say so at once, the panel as soon as the studio has told. */
  leads(code) {
    const { main } = this;
    const before = main.dataset.take;
    if (this.notes.drawing) this.notes.draw(false);
    this.decide.forget();
    main.dataset.take = code;
    main.toggleAttribute("data-elsewhere", code !== main.dataset.subject);
    const title = main.querySelector(".review__title .muted");
    if (title) title.textContent = `· ${this.player.reels[this.player.lead].label}${title.dataset.total}`;
    for (const link of main.querySelectorAll(".review__bar a")) link.setAttribute("href", link.getAttribute("href").replace(before, code));
    for (const each of main.querySelectorAll(".takesrow [aria-current]")) each.removeAttribute("aria-current");
    this.thumb(code)?.setAttribute("aria-current", "true");
    this.showCircle();
    this.refresh.lead();
  }

  /** Write or draw on what leads. */
  async write(act) {
    if (document.fullscreenElement) await document.exitFullscreen().catch(() => {}); // there is no field there
    if (await this.refresh.settled()) act(this.notes);
  }

  /** Another take or shot: its page's main part takes the place of this one. */
  async visit(address, { push = true } = {}) {
    const url = new URL(address, location.href);
    const asked = (this.asked = Symbol("visit"));
    this.visiting = asked;
    const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
    if (this.asked !== asked) return false;
    this.visiting = null;
    if (!answer?.ok) {
      document.dispatchEvent(new CustomEvent("say", { detail: answer ? "That is not there any more." : "The studio cannot be reached." }));
      return false;
    }
    if (answer.redirected && new URL(answer.url).pathname !== url.pathname) {
      document.body.dispatchEvent(new CustomEvent("signed-out"));
      return false;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("main");
    if (this.asked !== asked || !fresh?.matches(".review")) return false;
    if (push === "replace") history.replaceState(null, "", url);
    else if (push) history.pushState(null, "", url);
    this.place = url.pathname + url.search;
    document.title = page.title;
    const row = this.main.contains(document.activeElement) && document.activeElement.closest(".shotsrow, .takesrow, .review__bar");
    this.main.replaceWith(fresh);
    window.htmx.process(fresh);
    this.begin();
    if (row) fresh.querySelector(`.${row.classList[row.classList.length - 1]} [aria-current]`)?.focus();
    return true;
  }

  /** After a verdict on the wall: the next take nobody here has decided, else the next shot. */
  onwards(value, subject) {
    if (this.main.dataset.mode !== "wall") return;
    this.judged.add(subject);
    const screen = this.main.querySelector(`.screen[data-code="${subject}"]`);
    if (screen) screen.dataset.verdict = value;
    const left = this.player.reels.findIndex((reel) => !this.judged.has(reel.code) && this.thumb(reel.code)); // not thrown away
    if (value === "approved" || left < 0) this.neighbour("after");
    else if (this.player.querySelector("[data-one]")) this.player.solo(left);
    else this.player.lookAt(left);
    this.player.did();
  }

  async neighbour(which) {
    if (this.main.dataset.list) await this.refresh.settled(); // its next take comes after the one that leads
    const path = this.main.dataset[which];
    if (!path) return document.dispatchEvent(new CustomEvent("say", { detail: which === "after" ? "That was the last one." : "This is the first one." }));
    const url = new URL(path, location.href);
    const { ways } = this.main.dataset; // as somebody looks at several takes, though there be one here
    if (ways !== "single") url.searchParams.set("mode", ways);
    if (await this.visit(url)) this.player?.did();
  }

  take(number) {
    if (this.main.dataset.mode === "wall") return this.player.solo(number - 1);
    const link = this.main.querySelector(`.takesrow [data-place="${number}"]`);
    if (link) this.follow(link);
  }

  async follow(link) {
    if (await this.visit(link.href)) this.player?.did();
  }

  compare() {
    const links = [...this.main.querySelectorAll(".review__bar .chiprow [data-nav]")];
    const now = WAYS.indexOf(this.main.dataset.mode);
    const next = links[(now + 1) % links.length];
    if (next) this.follow(next);
  }

  key(event) {
    if (event.altKey && event.code === "KeyP") {
      this.player?.toggle();
      return true;
    }
    if (event.key === "Escape" && this.notes.drawing && !typing(event.target)) {
      this.notes.draw(false);
      return true;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && this.notes.drawing && !typing(event.target)) {
      this.notes.pen.undo();
      return true;
    }
    if (event.target.closest(".wipe, .drawing")) return false;
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (this.decide.key(event)) return true;
    const focused = event.target.closest("button, summary, [type=checkbox], [type=radio]");
    if ((event.key === " " && focused) || (event.key === "Enter" && (focused || event.target.closest("a")))) return false; // Space presses no link
    if (event.target.matches(".panel__notes") && /^Arrow(Up|Down)$/.test(event.key)) return false; // it scrolls
    const act = this.act(event);
    // a key that is held steps on, and does nothing else again
    if (act && !(event.repeat && !/^Arrow(Left|Right)$/.test(event.key))) act();
    return Boolean(act);
  }

  act(event) {
    const { player, notes, decide } = this;
    if (/^[1-9]$/.test(event.key)) return () => this.take(Number(event.key));
    const always = {
      ArrowUp: () => this.neighbour("before"),
      ArrowDown: () => this.neighbour("after"),
      w: () => this.compare(),
    };
    const name = named(event);
    if (always[name]) return always[name];
    if (!player) return null;
    const noted = { ",": () => notes.next(-1), ".": () => notes.next(1) };
    const writing = { c: () => this.write((there) => there.text.focus()), d: () => this.write((there) => there.draw()) };
    const deciding = { a: "approved", r: "retake", x: "rejected" };
    const plays = playing(player, event) ?? noted[name];
    if (plays) return plays;
    if (notes.form && writing[name]) return writing[name];
    const there = () => !this.visiting; // not for a take that is about to leave the screen
    if (decide.form?.querySelector(`[value="${deciding[name]}"]`)) return () => there() && decide.press(deciding[name]);
    return name === "s" && decide.form ? () => there() && this.circle() : null;
  }

  /** Circle the take that is looked at, for those who may. */
  circle() {
    const button = this.main.querySelector("[data-circle]");
    if (!button) return document.dispatchEvent(new CustomEvent("say", { detail: "An artist or a producer circles takes." }));
    const path = button.getAttribute("formaction").replace(this.main.dataset.subject, this.decide.subject);
    const thumb = this.thumb(this.decide.subject);
    const on = thumb?.hasAttribute("data-circled") ? 0 : 1; // as it stands here: of two who circle, none uncircles
    window.htmx.ajax("POST", `${path}?on=${on}`, { swap: "none", source: button });
    for (const each of this.main.querySelectorAll(".takesrow [data-circled]")) each !== thumb && each.removeAttribute("data-circled");
    thumb?.toggleAttribute("data-circled");
    this.showCircle();
  }

  thumb(code) {
    return this.main.querySelector(`.takesrow [href*="take=${code}"]`);
  }

  /** What the rows say of a take is said everywhere: on the wall, and on the button that circles it. */
  showVerdicts() {
    for (const screen of this.player?.screens ?? []) {
      const verdict = this.thumb(screen.dataset.code)?.dataset.verdict;
      if (verdict) screen.dataset.verdict = verdict;
      else delete screen.dataset.verdict;
    }
    this.showCircle();
  }

  showCircle() {
    const circled = Boolean(this.thumb(this.decide.subject)?.hasAttribute("data-circled"));
    this.main.querySelector("[data-circle]")?.setAttribute("aria-pressed", String(circled));
  }
}

/** Begin with the page as it is, and listen to its keys and links. */
export function work(desk) {
  desk.begin();
  outbox.addEventListener("sent", ({ detail }) => detail.item.kind === "verdict" && desk.refresh.soon());
  // before page.js sees them: these keys are this page's
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !desk.key(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-nav]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    desk.follow(link);
  });
  desk.place = location.pathname + location.search;
  window.addEventListener("popstate", async () => {
    if (location.pathname + location.search === desk.place) return; // only to a place on this page
    if (await desk.visit(location.href, { push: false })) desk.player?.did();
  });
}
