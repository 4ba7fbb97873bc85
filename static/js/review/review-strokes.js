/** Strokes over a picture: how they look, a layer that shows them, and the pen that makes them. */
import { newCode } from "../layout/outbox.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_POINTS = 2000; // of one stroke; a longer one goes on as another

const make = (name, attributes) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

/** A stroke, with points from 0 to 1, as an element of an SVG of this size. */
export function drawn(stroke, width, height) {
  const line = Math.max(2, width * 0.0035);
  const at = stroke.points.map(([x, y]) => [x * width, y * height]);
  if (stroke.kind === "text") {
    const text = make("text", { x: at[0][0], y: at[0][1], "font-size": Math.max(12, width * 0.026), class: `stroke stroke--text ink--${stroke.colour}` });
    text.textContent = stroke.text;
    return text;
  }
  const path = make("path", { d: stroke.kind === "arrow" ? arrow(at, line) : smooth(at), "stroke-width": line, class: `stroke ink--${stroke.colour}` });
  return path;
}

function smooth(points) {
  if (points.length === 1) return `M${points[0]} l0.01 0`;
  return points.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

function arrow([from, to], line) {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const barb = (turn) => `${to[0] - 6 * line * Math.cos(angle + turn)} ${to[1] - 6 * line * Math.sin(angle + turn)}`;
  return `M${from} L${to} M${barb(0.5)} L${to} L${barb(-0.5)}`;
}

export const strokesOf = (element) => (element?.dataset.strokes ? JSON.parse(element.dataset.strokes) : []);

/** Fetch the points of a drawing that came without them, since it is long. True: they are here now, and were not. */
export async function fetchPoints(element) {
  const address = element.dataset.strokesFrom;
  if (!address || element.fetching) return false;
  element.fetching = true;
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  element.fetching = false;
  if (!answer?.ok) return false; // asked again when they are to be seen again
  element.dataset.strokes = JSON.stringify(await answer.json());
  delete element.dataset.strokesFrom;
  return true;
}

/** <stroke-layer data-width data-height> shows the strokes of every [data-strokes] beside it. */
class StrokeLayer extends HTMLElement {
  connectedCallback() {
    const [width, height] = [Number(this.dataset.width), Number(this.dataset.height)];
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    for (const element of document.querySelectorAll("[data-strokes]")) {
      const add = () => strokesOf(element).forEach((stroke) => svg.append(drawn(stroke, width, height)));
      element.dataset.strokesFrom ? fetchPoints(element).then((came) => came && add()) : add();
    }
    this.replaceChildren(svg);
  }
}
customElements.define("stroke-layer", StrokeLayer);

/** Draws on an SVG that lies over the picture: by pointer, or by keys. Tells `onchange(strokes)`. */
export class Pen {
  constructor(svg, onchange) {
    this.svg = svg;
    this.onchange = onchange;
    const box = svg.viewBox.baseVal;
    [this.width, this.height] = [box.width, box.height];
    this.kind = "pen";
    this.colour = "amber";
    this.strokes = [];
    this.cursor = [0.5, 0.5];
    this.listeners = {
      pointerdown: (event) => this.down(event),
      pointermove: (event) => this.move(event),
      pointerup: (event) => this.up(event),
      pointercancel: (event) => this.up(event),
      keydown: (event) => this.key(event),
    };
  }

  start() {
    for (const [name, listener] of Object.entries(this.listeners)) this.svg.addEventListener(name, listener);
    this.svg.setAttribute("tabindex", "0");
    this.svg.setAttribute("role", "application");
    this.svg.setAttribute("aria-label", "Drawing: arrow keys move, Space puts the pen down and lifts it, Escape ends");
    this.svg.removeAttribute("aria-hidden");
    this.svg.classList.add("drawing");
  }

  stop() {
    for (const [name, listener] of Object.entries(this.listeners)) this.svg.removeEventListener(name, listener);
    for (const name of ["tabindex", "role", "aria-label"]) this.svg.removeAttribute(name);
    this.svg.setAttribute("aria-hidden", "true");
    this.svg.classList.remove("drawing");
    this.lift();
    this.mark(false);
  }

  /** Where a pointer is, 0 to 1 of the picture, which may be letterboxed. */
  at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    const inside = (value, size) => Math.round(Math.max(0, Math.min(1, value / size)) * 10000) / 10000;
    return [inside(point.x, this.width), inside(point.y, this.height)];
  }

  down(event) {
    if (event.button > 0) return;
    event.preventDefault();
    this.svg.setPointerCapture(event.pointerId);
    this.put(this.at(event));
  }

  move(event) {
    if (!this.current) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) this.extend(this.at(each));
  }

  up(event) {
    if (this.current && event.type === "pointerup") this.extend(this.at(event));
    this.lift();
  }

  put(point) {
    if (this.kind === "text") return this.write(point);
    this.current = { code: newCode(), kind: this.kind, colour: this.colour, points: this.kind === "arrow" ? [point, point] : [point], text: "" };
    this.show();
  }

  extend(point) {
    const { points, kind } = this.current;
    if (kind === "arrow") points[1] = point;
    else {
      const [x, y] = points[points.length - 1];
      if (Math.hypot(point[0] - x, point[1] - y) < 0.0015) return;
      points.push(point);
      if (points.length >= MOST_POINTS) {
        this.lift();
        this.put(point);
      }
    }
    this.show();
  }

  lift() {
    const stroke = this.current;
    this.current = null;
    this.live?.remove();
    this.live = null;
    if (!stroke) return;
    this.add(stroke);
  }

  write(point) {
    const field = document.createElement("input");
    field.className = "field strokewords";
    field.maxLength = 200;
    field.setAttribute("aria-label", "Words in the picture");
    const box = this.svg.getBoundingClientRect();
    const screen = new DOMPoint(point[0] * this.width, point[1] * this.height).matrixTransform(this.svg.getScreenCTM());
    field.style.left = `${screen.x - box.left}px`;
    field.style.top = `${screen.y - box.top}px`;
    const colour = this.colour;
    const done = () => {
      const text = field.value.trim();
      field.remove();
      if (text) this.add({ code: newCode(), kind: "text", colour, points: [point], text });
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") field.value = "";
      field.blur();
    });
    field.addEventListener("blur", done, { once: true });
    this.svg.after(field);
    setTimeout(() => field.focus());
  }

  add(stroke) {
    this.strokes.push(stroke);
    this.onchange(this.strokes);
  }

  undo() {
    if (!this.strokes.length) return;
    this.strokes.pop();
    this.onchange(this.strokes);
  }

  show() {
    this.live?.remove();
    this.live = drawn(this.current, this.width, this.height);
    this.svg.append(this.live);
  }

  /** A pen for the keyboard: a cross that moves, and Space. */
  key(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[event.key];
    if (step) {
      const size = event.shiftKey ? 0.05 : 0.01;
      this.cursor = this.cursor.map((value, axis) => Math.max(0, Math.min(1, value + step[axis] * size)));
      if (this.current) this.extend([...this.cursor]);
    } else if (event.key === " ") {
      this.current ? this.lift() : this.put([...this.cursor]);
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.mark(true);
  }

  mark(there) {
    this.cross?.remove();
    this.cross = null;
    if (!there) return;
    const [x, y] = [this.cursor[0] * this.width, this.cursor[1] * this.height];
    const arm = this.width * 0.015;
    this.cross = make("path", { d: `M${x - arm} ${y}H${x + arm}M${x} ${y - arm}V${y + arm}`, class: "stroke ink--white", "stroke-width": Math.max(1, this.width * 0.002) });
    this.svg.append(this.cross);
  }
}
