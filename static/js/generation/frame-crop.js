/**
 * The crop of the first frame. Its numbers are three fields of the composer, so it is kept like every other
 * choice; here they get hands: on the small picture in the column, and on a large one in a dialog.
 */
import { CropBox, draw, said } from "./crop-box.js";

const PAUSE = 400; // ms without a key or a turn of the wheel: then it is saved
const STEP = 1.05; // one press of + or −
const NAMES = ["crop_left", "crop_top", "crop_width"];

let crop = null; // the <frame-crop> on the page: it is drawn anew with every answer
let pause;
let numbersOpen = false; // whether the fields are unfolded outlives that too

/** <frame-crop> knows the picture and the preset, and what its fields say. */
class FrameCrop extends HTMLElement {
  connectedCallback() {
    const { width, height, across, down, smallest } = this.dataset;
    this.size = { width: Number(width), height: Number(height) };
    this.preset = { width: Number(across), height: Number(down) };
    this.room = new CropBox({ size: this.size, ratio: across / down, smallest: Number(smallest) });
    this.box = this.typed ?? this.room.middle;
    this.svg = this.querySelector("svg");
    this.fold = document.getElementById("crop-numbers");
    this.fold.open ||= numbersOpen;
    this.fold.addEventListener("toggle", () => (numbersOpen = this.fold.open));
    this.fold.addEventListener("input", () => this.show(this.typed ?? this.box));
    this.fold.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("input")) return;
      event.preventDefault(); // no take is ordered from here
      save();
    });
    this.fold.querySelector("[data-crop-reset]").addEventListener("click", reset);
    this.bare = this.svg.cloneNode(true); // for the large one
    crop = this;
    giveHands(this.svg, { large: false });
    document.querySelector("[data-crop]")?.addEventListener("click", () => bench()?.open());
    bench()?.follow();
  }

  get fields() {
    return NAMES.map((name) => document.getElementById(name));
  }

  /** The box its fields say; null where they say none. */
  get typed() {
    const [left, top, width] = this.fields.map((field) => (field.value.trim() ? Number(field.value) : NaN));
    return width > 0 && Number.isFinite(left + top + width) ? this.room.placed({ left, top, width }) : null;
  }

  /** Take this box, in the fields too. */
  take(box) {
    [box.left, box.top, box.width].forEach((number, at) => (this.fields[at].value = said(number)));
    this.show(box);
  }

  show(box) {
    this.box = box;
    draw(this.svg, box, this.size);
    const scale = this.preset.width / box.width;
    const part = `${Math.round(box.width)} × ${Math.round(box.height)}`;
    for (const place of document.querySelectorAll("[data-crop-part]")) place.textContent = part;
    document.querySelector("[data-crop-place]").textContent = `${Math.round(box.left)}, ${Math.round(box.top)}`;
    document.querySelector("[data-crop-scale]").textContent = scale.toFixed(1);
    document.querySelector("[data-crop-height]").textContent = said(box.height);
    document.getElementById("crop_small").hidden = scale < 1.05;
    bench()?.follow();
  }

  /** While a hand is on it no answer draws it anew; once it is let go it is saved. */
  hold() {
    clearTimeout(pause);
    this.toggleAttribute("data-held", true);
  }

  letGo() {
    this.removeAttribute("data-held");
    save();
  }
}

function save() {
  clearTimeout(pause);
  if (!crop?.isConnected) return;
  const { left, top, width, height } = crop.box;
  const whole = [width, height, left, top].map(Math.round);
  document.getElementById("crop-said").textContent = `Crop ${whole[0]} by ${whole[1]} at ${whole[2]}, ${whole[3]}`;
  crop.fields[0].dispatchEvent(new Event("change", { bubbles: true }));
}

function saveSoon() {
  clearTimeout(pause);
  pause = setTimeout(save, PAUSE);
}

/** No crop at all: the middle, whatever the preset becomes. */
function reset() {
  crop.show(crop.room.middle);
  for (const field of crop.fields) field.value = "";
  save();
}

const bench = () => document.querySelector("frame-workbench");

/** Pointers, wheel and keys on an SVG of the picture. On the small one a finger scrolls the page instead. */
function giveHands(svg, { large }) {
  const fingers = new Map();
  let begun = null;

  const at = (event) => {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return { x, y };
  };
  const between = () => {
    const [one, other] = [...fingers.values()];
    return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, apart: Math.hypot(one.x - other.x, one.y - other.y) };
  };
  const begin = (corner = null) => {
    begun = { box: crop.box, corner, ...(fingers.size === 2 ? between() : [...fingers.values()][0]) };
  };

  function down(event) {
    if (event.button || (event.pointerType === "touch" && !large)) return;
    event.preventDefault();
    svg.focus({ preventScroll: true });
    svg.setPointerCapture(event.pointerId);
    const point = at(event);
    fingers.set(event.pointerId, point);
    const { left, top, width, height } = crop.box;
    const grips = event.target.matches(".crop__grips");
    begin(grips ? [point.x > left + width / 2, point.y > top + height / 2] : null);
    crop.hold();
  }

  function move(event) {
    if (!fingers.has(event.pointerId)) return;
    const point = at(event);
    fingers.set(event.pointerId, point);
    if (fingers.size === 2) {
      const now = between();
      const zoomed = crop.room.zoomed(begun.box, (begun.box.width * begun.apart) / (now.apart || 1), begun.x, begun.y);
      crop.take(crop.room.moved(zoomed, now.x - begun.x, now.y - begun.y));
    } else if (begun.corner) {
      crop.take(crop.room.pulled(begun.box, begun.corner, point.x, point.y));
    } else {
      crop.take(crop.room.moved(begun.box, point.x - begun.x, point.y - begun.y));
    }
  }

  function up(event) {
    if (!fingers.delete(event.pointerId)) return;
    if (fingers.size) begin();
    else crop.letGo();
  }

  /** Over the small picture the wheel scrolls the column; two fingers on a trackpad (Ctrl) zoom on both. */
  function wheel(event) {
    if (!large && !event.ctrlKey) return;
    event.preventDefault();
    const { x, y } = at(event);
    const pixels = event.deltaY * (event.deltaMode ? 16 : 1) * (event.ctrlKey ? 5 : 1);
    crop.take(crop.room.zoomed(crop.box, crop.box.width * Math.exp(pixels / 800), x, y));
    saveSoon();
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 10 : 1;
    const { room, box } = crop;
    const closer = () => room.zoomed(box, Math.min(box.width - 1, box.width / STEP));
    const wider = () => room.zoomed(box, Math.max(box.width + 1, box.width * STEP));
    const acts = {
      ArrowLeft: () => room.moved(box, -step, 0),
      ArrowRight: () => room.moved(box, step, 0),
      ArrowUp: () => room.moved(box, 0, -step),
      ArrowDown: () => room.moved(box, 0, step),
      "+": closer,
      "=": closer,
      "-": wider,
      Home: () => room.middle,
      0: () => room.middle,
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation(); // the player and the shot list have these keys too
    crop.take(acts[event.key]());
    saveSoon();
  }

  svg.setAttribute("tabindex", "0");
  svg.setAttribute("role", "application");
  svg.setAttribute("aria-roledescription", "crop");
  svg.setAttribute("aria-label", `${svg.getAttribute("aria-label")}. Arrow keys move the crop, plus and minus zoom, Home resets it.`);
  svg.addEventListener("pointerdown", down);
  svg.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, up);
  svg.addEventListener("wheel", wheel, { passive: false });
  svg.addEventListener("keydown", key);
  if (!large) svg.addEventListener("click", (event) => event.pointerType === "touch" && bench()?.open());
}

/** <frame-workbench> is the same crop on a picture as large as the window, with a slider. */
class FrameWorkbench extends HTMLElement {
  connectedCallback() {
    this.dialog = this.closest("dialog");
    this.place = this.querySelector(".workbench__picture");
    this.zoom = this.querySelector("[data-bench-zoom]");
    this.fields = [...this.querySelectorAll("[data-bench-field]")];
    this.zoom.addEventListener("input", () => {
      crop.take(crop.room.zoomed(crop.box, crop.room.widthAt(this.zoom.value / 1000)));
      saveSoon();
    });
    for (const field of this.fields) {
      field.addEventListener("input", () => {
        this.copy(field);
        crop.show(crop.typed ?? crop.box);
      });
      field.addEventListener("change", () => {
        this.copy(field);
        save();
      });
    }
    this.querySelector("[data-bench-reset]").addEventListener("click", reset);
    this.dialog.addEventListener("close", () => document.querySelector("[data-crop]")?.focus());
  }

  copy(field) {
    document.getElementById(field.dataset.benchField).value = field.value;
  }

  open() {
    if (!crop?.isConnected || this.dialog.open) return;
    this.dialog.showModal();
    this.follow();
    this.svg.focus();
  }

  /** Show what the crop is now; the picture is put in when it is another one. */
  follow() {
    if (!this.dialog?.open || !crop) return;
    const { large, label } = crop.dataset;
    if (this.large !== large || !this.svg) {
      this.svg = crop.bare.cloneNode(true);
      this.svg.id = "crop-large";
      this.svg.removeAttribute("aria-describedby");
      this.svg.querySelector("image").setAttribute("href", large);
      this.place.replaceChildren(this.svg);
      giveHands(this.svg, { large: true });
      this.large = large;
    }
    const { box, room } = crop;
    draw(this.svg, box, crop.size);
    this.querySelector("[data-bench-label]").textContent = label;
    this.querySelector("[data-bench-part]").textContent = `${Math.round(box.width)} × ${Math.round(box.height)}`;
    this.querySelector("[data-bench-height]").textContent = said(box.height);
    this.zoom.value = 1000 * room.zoomOf(box.width);
    this.zoom.setAttribute("aria-valuetext", `${Math.round(box.width)} pixels wide`);
    for (const field of this.fields) {
      if (field !== document.activeElement) field.value = document.getElementById(field.dataset.benchField).value;
    }
    this.say("[data-bench-small]", document.getElementById("crop_small"));
    this.say("[data-bench-error]", document.getElementById("crop_error"));
  }

  say(where, sentence) {
    const place = this.querySelector(where);
    place.hidden = !sentence || sentence.hidden;
    place.textContent = sentence?.textContent ?? "";
  }
}

customElements.define("frame-workbench", FrameWorkbench); // first: a crop calls it when it wakes up
customElements.define("frame-crop", FrameCrop);
