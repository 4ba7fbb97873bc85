/**
 * <shot-list data-move data-before> lets shots be moved by drag or, with the grip focused, by the arrow
 * keys. The place is kept as soon as the hands rest; if that fails, the row goes back to where it was.
 */
const REST = 350; // ms after the last arrow

class ShotList extends HTMLElement {
  connectedCallback() {
    this.body = this.querySelector("tbody");
    this.bar = document.querySelector("[data-count]");
    this.form = this.closest("form");
    this.form?.addEventListener("change", (event) => this.tick(event));
    this.count();
    if (!("editable" in this.dataset)) return;
    for (const grip of this.querySelectorAll(".grip")) {
      grip.hidden = false;
      const row = grip.closest("tr");
      grip.addEventListener("pointerdown", () => (row.draggable = true));
      grip.addEventListener("keydown", (event) => this.key(event, row));
      grip.addEventListener("blur", () => this.keep());
    }
    for (const name of ["dragstart", "dragover", "drop", "dragend"]) this.body.addEventListener(name, this);
  }

  // --- ticks ---

  tick(event) {
    if ("all" in event.target.dataset) {
      for (const box of this.boxes()) box.checked = event.target.checked;
    } else if (event.target.name === "shot" && this.shifted && this.last) {
      const boxes = this.boxes();
      const [from, to] = [boxes.indexOf(this.last), boxes.indexOf(event.target)].sort((a, b) => a - b);
      for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
    }
    if (event.target.name === "shot") this.last = event.target;
    this.count();
  }

  boxes() {
    return [...this.querySelectorAll("input[name=shot]")];
  }

  count() {
    const ticked = this.boxes().filter((box) => box.checked).length;
    if (this.bar) this.bar.textContent = ticked ? `${ticked} ticked` : "Tick shots to change them";
    this.form?.querySelector(".manybar")?.toggleAttribute("data-idle", !ticked);
  }

  // --- drag ---

  handleEvent(event) {
    const row = event.target.closest?.("tr[data-shot]");
    if (event.type === "dragstart" && row) {
      this.dragged = row;
      this.stood = row.nextElementSibling;
      row.dataset.dragged = "";
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.code);
    } else if (event.type === "dragover" && this.dragged) {
      event.preventDefault();
      if (!row || row === this.dragged) return;
      const box = row.getBoundingClientRect();
      row[event.clientY > box.top + box.height / 2 ? "after" : "before"](this.dragged);
    } else if (event.type === "drop" && this.dragged) {
      event.preventDefault();
      this.dropped = true;
    } else if (event.type === "dragend" && this.dragged) {
      const moved = this.dragged;
      delete moved.dataset.dragged;
      moved.draggable = false;
      this.dragged = null;
      if (!this.dropped) this.body.insertBefore(moved, this.stood); // let go elsewhere, or Escape
      else if (moved.nextElementSibling !== this.stood) this.save(moved, this.stood);
      this.dropped = false;
    }
  }

  // --- keys ---

  key(event, row) {
    const to = { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling }[event.key];
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    event.stopPropagation();
    if (!to) return;
    if (this.moving !== row) {
      this.keep();
      this.moving = row;
      this.stood = row.nextElementSibling;
    }
    this.settling = true; // moving the row takes the focus from its grip
    to[event.key === "ArrowUp" ? "before" : "after"](row);
    event.target.focus();
    this.settling = false;
    row.scrollIntoView({ block: "nearest" });
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.keep(), REST);
  }

  keep() {
    if (this.settling || !this.moving) return;
    clearTimeout(this.rest);
    const row = this.moving;
    this.moving = null;
    if (row.nextElementSibling !== this.stood) this.save(row, this.stood);
  }

  async save(row, stood) {
    const feed = document.querySelector("live-feed");
    feed?.hold();
    const body = new FormData();
    body.set("shot", row.dataset.shot);
    body.set("after", row.previousElementSibling?.dataset.code ?? this.dataset.before);
    body.set("csrfmiddlewaretoken", document.querySelector("#act input").value);
    let answer = {};
    try {
      const response = await fetch(this.dataset.move, { method: "POST", body, headers: { Accept: "application/json" } });
      answer = await response.json();
    } catch {
      answer = { problem: "The studio cannot be reached; the shot is where it was." };
    }
    if (answer.problem) this.body.insertBefore(row, stood);
    document.dispatchEvent(new CustomEvent("say", { detail: answer.problem || `Shot ${row.dataset.code} moved.` }));
    feed?.release(answer.seq);
  }
}
document.addEventListener("keydown", (event) => (ShotList.prototype.shifted = event.shiftKey));
document.addEventListener("keyup", (event) => (ShotList.prototype.shifted = event.shiftKey));
customElements.define("shot-list", ShotList);
