/** The box of a crop: moved and scaled inside its picture, in pixels of the original, always in the preset's ratio. */

const clamp = (number, low, high) => Math.min(Math.max(number, low), high);

export class CropBox {
  /**
   * @param size the picture's width and height.
   * @param ratio the preset's width to its height.
   * @param smallest the shortest width.
   */
  constructor({ size, ratio, smallest }) {
    Object.assign(this, { size, ratio });
    this.widest = Math.min(size.width, size.height * ratio);
    this.smallest = Math.min(smallest, this.widest);
  }

  get middle() {
    return this.placed({ width: this.widest, ...this.about(this.size.width / 2, this.size.height / 2, this.widest) });
  }

  /** Left and top of a box of this width around a point. */
  about(x, y, width) {
    return { left: x - width / 2, top: y - width / this.ratio / 2 };
  }

  /** The box wished for, moved and scaled as little as needed to lie in the picture. */
  placed({ left, top, width }) {
    const wide = clamp(width, this.smallest, this.widest);
    const high = Math.min(this.size.height, wide / this.ratio);
    return {
      left: clamp(left, 0, Math.max(0, this.size.width - wide)),
      top: clamp(top, 0, Math.max(0, this.size.height - high)),
      width: wide,
      height: high,
    };
  }

  /** The box with its corner on whole pixels, as far as the edges of the picture let it. */
  moved(box, right, down) {
    return this.placed({ ...box, left: Math.round(box.left + right), top: Math.round(box.top + down) });
  }

  /** The box at another width; the point of the picture at (x, y) stays at its place in the box. */
  zoomed(box, width, x = box.left + box.width / 2, y = box.top + box.height / 2) {
    const wide = width >= this.widest ? this.widest : Math.round(clamp(width, this.smallest, this.widest));
    const scale = wide / box.width;
    return this.placed({ left: Math.round(x - (x - box.left) * scale), top: Math.round(y - (y - box.top) * scale), width: wide });
  }

  /** The box pulled by a corner to (x, y); the corner across stays where it is. */
  pulled(box, [atRight, atBottom], x, y) {
    const anchor = { x: atRight ? box.left : box.left + box.width, y: atBottom ? box.top : box.top + box.height };
    const across = atRight ? x - anchor.x : anchor.x - x;
    const down = atBottom ? y - anchor.y : anchor.y - y;
    const room = Math.min(
      atRight ? this.size.width - anchor.x : anchor.x,
      (atBottom ? this.size.height - anchor.y : anchor.y) * this.ratio,
    );
    const width = Math.min(Math.round(clamp(Math.max(across, down * this.ratio), this.smallest, this.widest)), room);
    const left = atRight ? anchor.x : anchor.x - width;
    return this.placed({ left, top: atBottom ? anchor.y : anchor.y - width / this.ratio, width });
  }

  /** How far it is zoomed in: 0 is the largest box, 1 the smallest; each step is the same share. */
  zoomOf(width) {
    return this.smallest === this.widest ? 0 : Math.log(width / this.widest) / Math.log(this.smallest / this.widest);
  }

  widthAt(zoom) {
    return this.widest * (this.smallest / this.widest) ** zoom;
  }
}

/** A number as the fields show it. */
export const said = (number) => String(Math.round(number * 100) / 100);

/** Draw a box on an SVG of the picture, as the server does. */
export function draw(svg, { left, top, width, height }, size) {
  const [right, bottom] = [left + width, top + height];
  const path = (name, d) => svg.querySelector(`.crop__${name}`).setAttribute("d", d);
  const corners = `M${left} ${top}h0 M${right} ${top}h0 M${left} ${bottom}h0 M${right} ${bottom}h0`;
  path("shade", `M0 0H${size.width}V${size.height}H0Z M${left} ${top}V${bottom}H${right}V${top}Z`);
  path("edge", `M${left} ${top}H${right}V${bottom}H${left}Z`);
  path(
    "thirds",
    [1, 2]
      .map((n) => `M${left + (width * n) / 3} ${top}V${bottom} M${left} ${top + (height * n) / 3}H${right}`)
      .join(" "),
  );
  path("corners", corners);
  path("grips", corners);
}
