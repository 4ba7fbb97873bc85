/**
 * Watching together. One tab presents; the others follow its playhead, or look away.
 *
 * What the room makes this page do is never told on, so nothing echoes; of several places told while
 * one is being reached, the last is gone to.
 */
import { newCode } from "../layout/outbox.js";

const TELL_EVERY = 80; // ms between moves told while a presenter drags
const BEAT = 2000; // ms between signs of life, and between corrections while playing
const APART = 3; // frames a follower may be off while playing

/** What this tab remembers over a reload, where the browser allows it. */
const tabs = {
  get(key) {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      value === null ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, value);
    } catch {
      // then it does not
    }
  },
};

const reloaded = () => performance.getEntriesByType("navigation")[0]?.type === "reload";

class Room extends EventTarget {
  begin(page) {
    this.page = page;
    this.here = [];
    this.tab = tabs.get("rushes:tab") ?? newCode();
    tabs.set("rushes:tab", null); // a copy of this tab is another one
    window.addEventListener("pagehide", () => this.joined && tabs.set("rushes:tab", this.tab));
    document.addEventListener("player:did", () => this.did());
    document.addEventListener("desk:writing", () => this.following && this.lookAway(true));
    this.wasHere = tabs.get("rushes:room") === location.pathname.split("/")[2];
    // a page loaded again stays in its room; one that was opened anew shows what its address names
    if (this.wasHere && reloaded() && document.querySelector("review-room")) this.join();
    this.changed();
  }

  get presenting() {
    return this.joined && this.presenter === this.tab;
  }

  /** Led by somebody. A room in which nobody presents moves nobody. */
  get following() {
    return this.joined && Boolean(this.presenter) && !this.presenting && !this.away;
  }

  get me() {
    return this.here.find((each) => each.tab === this.tab);
  }

  changed() {
    this.dispatchEvent(new Event("changed"));
  }

  // --- in and out -------------------------------------------------------------------------

  join() {
    this.joined = true;
    this.away = false;
    this.failures = 0;
    tabs.set("rushes:room", location.pathname.split("/")[2]);
    this.connect();
    this.beat = setInterval(() => this.alive(), BEAT);
    this.changed();
  }

  leave() {
    if (this.presenting) this.say({ do: "hand", to: null });
    this.joined = false;
    this.wasHere = false;
    tabs.set("rushes:room", null);
    clearInterval(this.beat);
    clearTimeout(this.retry);
    this.socket?.close();
    this.socket = null;
    this.presenter = null;
    this.here = [];
    this.revision = undefined;
    this.tab = newCode();
    this.changed();
  }

  connect() {
    const path = document.querySelector("review-room").dataset.socket;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.failures = 0;
      this.say({ do: "enter", tab: this.tab });
      this.entered = false;
    });
    socket.addEventListener("message", (event) => this.told(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      if (this.socket !== socket || !this.joined) return;
      if (event.code === 4404) return this.leave();
      if (event.code === 4409) this.tab = newCode();
      this.here = [];
      this.changed();
      this.failures += 1;
      this.retry = setTimeout(() => this.connect(), Math.min(4000, 250 * 2 ** this.failures));
    });
  }

  say(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  alive() {
    this.say({ do: "here" });
    if (this.presenting && this.page.player?.film.playing) this.tellNow();
  }

  // --- presenting ---------------------------------------------------------------------------

  present() {
    this.away = false;
    this.say({ do: "present" });
  }

  hand(to) {
    this.tellNow();
    this.say({ do: "hand", to });
  }

  /** Somebody did something on this page: it is told by the presenter; a follower looks away. */
  did() {
    if (!this.joined) return;
    if (this.presenting) return this.tell();
    if (this.following) this.lookAway(true);
  }

  tell() {
    if (this.telling) return;
    this.telling = setTimeout(() => this.tellNow(), TELL_EVERY);
  }

  tellNow() {
    clearTimeout(this.telling);
    this.telling = null;
    const state = this.snapshot();
    if (state && this.presenting) this.say({ do: "move", state });
  }

  snapshot() {
    const { main, player } = this.page;
    if (!player || !main.dataset.shot) return null;
    const { shot, opened: subject, mode, compare = "", list = "" } = main.dataset;
    return { shot, subject, mode, compare, list, take: player.code, frame: player.film.wanted ?? player.frame, playing: player.film.playing, speed: player.speed };
  }

  // --- following ----------------------------------------------------------------------------

  lookAway(away) {
    this.away = away;
    this.say({ do: "follow", following: !away });
    if (this.following && this.picture) this.follow(this.picture);
    this.changed();
  }

  told(picture) {
    const wasPresenting = this.presenting;
    const first = !this.entered;
    this.entered = true;
    if (this.revision !== undefined && picture.revision < this.revision) return;
    this.picture = picture;
    this.presenter = picture.presenter;
    this.here = picture.here;
    this.skew = Date.now() - picture.now;
    const news = picture.revision !== this.revision || first;
    this.revision = picture.revision;
    if (this.presenting) {
      if (first || !wasPresenting) this.tell(); // what was done while nobody heard
    } else if (news && this.following) this.follow(picture);
    this.changed();
  }

  /** Go where the presenter is; of several places told meanwhile the last. */
  async follow(picture) {
    this.target = picture;
    if (this.going) return;
    this.going = true;
    try {
      while (this.target && this.following) {
        const target = this.target;
        await this.reach(target);
        if (this.target === target) this.target = null;
      }
    } finally {
      this.going = false;
    }
  }

  async reach({ state, at }) {
    if (!state?.take) return;
    if (!this.isAt(state)) {
      if (this.writing) return this.lookAway(true);
      if (!(await this.page.visit(this.address(state), { push: "replace" }))) return;
    }
    const { player } = this.page;
    if (!player) return;
    const index = player.reels.findIndex((reel) => reel.code === state.take);
    if (index >= 0 && index !== player.lead) {
      if (this.writing) return this.lookAway(true);
      player.lookAt(index);
    }
    player.setSpeed(state.speed, { quiet: true });
    if (!state.playing) {
      if (player.playing) await player.halt();
      if (player.frame !== state.frame || player.film.wanted !== null) await player.show(state.frame);
      return;
    }
    const gone = Math.max(0, (Date.now() - this.skew - at) / 1000) * player.film.fps * state.speed;
    const { film } = player;
    const now = film.at(Math.floor(film.place(Math.min(state.frame, film.frames - 1)) + gone) % film.length);
    if (player.film.playing && Math.abs(player.frame - now) <= APART) return;
    await player.show(now);
    if (this.target === null || this.target.state.playing) player.run();
  }

  get writing() {
    return this.page.main.contains(document.activeElement) && document.activeElement.matches("textarea, input:not([type=range], [type=checkbox])");
  }

  /** Whether this page has the same takes on screen; which of them leads is another matter. */
  isAt(state) {
    const { shot, opened: subject, mode, compare = "", list = "" } = this.page.main.dataset;
    return shot === state.shot && subject === state.subject && mode === state.mode && compare === state.compare && list === state.list;
  }

  address(state) {
    const path = location.pathname.replace(/\/review\/.*/, `/review/shots/${encodeURIComponent(state.shot)}/`);
    const asked = new URLSearchParams({ take: state.subject, mode: state.mode });
    if (state.take !== state.subject) asked.set("lead", state.take);
    if (state.compare) asked.set("compare", state.compare);
    if (state.list) asked.set("list", state.list);
    return `${path}?${asked}`;
  }
}
export const room = new Room();

/** <review-room data-socket> shows the room: join, who is there, present, follow, look away. */
class ReviewRoom extends HTMLElement {
  connectedCallback() {
    this.onChanged = () => this.draw();
    room.addEventListener("changed", this.onChanged);
    this.addEventListener("click", (event) => this.click(event.target.closest("[data-do]")));
    this.addEventListener("pointerdown", () => this.hold());
    this.draw();
  }

  disconnectedCallback() {
    room.removeEventListener("changed", this.onChanged);
  }

  click(button) {
    const acts = {
      join: () => room.join(),
      leave: () => room.leave(),
      present: () => room.present(),
      stop: () => room.hand(null),
      away: () => room.lookAway(true),
      follow: () => room.lookAway(false),
      hand: () => room.hand(button.dataset.tab),
    };
    acts[button?.dataset.do]?.();
  }

  /** What is being pressed stays where it is until it is let go. */
  hold() {
    this.held = true;
    const release = () => setTimeout(() => {
      this.held = false;
      if (this.isConnected) this.draw();
    });
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, release, { once: true });
  }

  draw() {
    if (this.held) return;
    const open = this.querySelector("details")?.open;
    const focused = this.contains(document.activeElement) ? document.activeElement.dataset.do : null;
    const fresh = room.joined ? this.inside(open) : this.button("join", room.wasHere ? "Watch together again" : "Watch together");
    if (this.childElementCount === 1 && this.firstElementChild.isEqualNode(fresh)) return;
    this.replaceChildren(fresh);
    if (focused) (this.querySelector(`[data-do="${focused}"]`) ?? this.querySelector("summary, button"))?.focus();
  }

  inside(open) {
    const menu = document.createElement("details");
    menu.open = Boolean(open);
    menu.dataset.menu = "";
    menu.className = "crumb crumb--plain";
    const summary = document.createElement("summary");
    summary.className = "chip room__chip s-rendering";
    summary.setAttribute("aria-current", "true");
    const dot = Object.assign(document.createElement("i"), { className: "dot" });
    const number = Object.assign(document.createElement("b"), { textContent: String(room.here.length || "…") });
    summary.append(dot, this.words(), number);
    const list = Object.assign(document.createElement("div"), { className: "menu menu--right" });
    for (const each of room.here) {
      const line = document.createElement("p");
      const role = each.tab === room.presenter ? "presents" : each.following ? "follows" : "looks away";
      line.textContent = `${each.name}${each.tab === room.tab ? " (this page)" : ""}: ${each.asks ? "asks to present" : role}`;
      list.append(line);
      if (room.presenting && each.tab !== room.tab) {
        const hand = this.button("hand", `Let ${each.name} present`);
        hand.dataset.tab = each.tab;
        list.append(hand);
      }
    }
    if (room.presenting) list.append(this.button("stop", "Stop presenting"));
    else {
      if ("presents" in this.dataset) list.append(this.button("present", room.presenter ? "Ask to present" : "Present"));
      list.append(room.away ? this.button("follow", "Follow again") : this.button("away", "Look away"));
    }
    list.append(this.button("leave", "Leave the room"));
    menu.append(summary, list);
    return menu;
  }

  words() {
    if (!room.here.length) return "Joining again ";
    if (room.presenting) return "Presenting ";
    if (room.away) return "Looking away ";
    return room.presenter ? "Watching together " : "Nobody presents ";
  }

  button(act, words) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.do = act;
    if (act === "join") button.className = "chip";
    button.textContent = words;
    return button;
  }
}
customElements.define("review-room", ReviewRoom);
