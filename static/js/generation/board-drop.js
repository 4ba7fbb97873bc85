/**
 * <board-drop> takes pictures or a whole folder, shows which shot each would go to before anything is
 * sent, then sends one after the other. What fails says why and can be sent again.
 */
class BoardDrop extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.files = new Map();
    this.input.addEventListener("change", () => this.preview([...this.input.files].map((file) => [file.webkitRelativePath || file.name, file])));
    for (const name of ["dragover", "dragleave", "drop"]) this.addEventListener(name, this);
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-keep]")) this.choose(event.target.closest("tr"));
      if (event.target.closest("[data-go]")) this.place(event.target.closest("[data-go]"));
    });
  }

  async handleEvent(event) {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    this.toggleAttribute("data-over", event.type === "dragover");
    if (event.type !== "drop") return;
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const dropped = [...event.dataTransfer.files].map((file) => [file.name, file]);
    this.preview(entries.length ? (await Promise.all(entries.map(walk))).flat() : dropped);
  }

  async preview(named) {
    if (!named.length) return;
    this.files = new Map(named);
    const body = this.body();
    for (const [name] of named) body.append("name", name);
    const answer = await this.send(this.dataset.match, body);
    if (answer?.ok) return window.htmx.swap("#boards-preview", await answer.text(), { swapStyle: "outerHTML" });
    const said = answer?.status === 422 ? (await answer.json()).problem : this.why(answer);
    document.dispatchEvent(new CustomEvent("say", { detail: said }));
  }

  /** Two boards claim one shot: this one is used, the others are not, until another is chosen. */
  choose(row) {
    for (const other of this.querySelectorAll(`tr[data-code="${CSS.escape(row.dataset.code)}"]`)) {
      other.toggleAttribute("data-problem", other !== row);
      const said = other.querySelector("[data-said]");
      said.classList.toggle("error", other !== row);
      said.textContent = other === row ? `first frame of ${row.dataset.code}` : `left out: ${row.dataset.name} is used`;
      const keep = other.querySelector("[data-keep]");
      if (keep) keep.hidden = other === row;
    }
    this.count();
  }

  rows() {
    return [...this.querySelectorAll("tr[data-name]:not([data-problem]):not([data-done])")];
  }

  count() {
    let button = this.querySelector("[data-go]");
    if (!button) {
      button = Object.assign(document.createElement("button"), { type: "button", className: "button primary" });
      button.dataset.go = "";
      this.querySelector(".boards__sum").append(button);
    }
    const number = this.rows().length;
    button.textContent = `Place ${number} board${number === 1 ? "" : "s"}`;
    button.hidden = !number;
  }

  async place(button) {
    const rows = this.rows();
    const bar = this.querySelector("progress");
    button.disabled = true;
    [bar.hidden, bar.max, bar.value] = [false, rows.length, 0];
    let failed = 0;
    for (const row of rows) {
      const problem = await this.one(row);
      if (problem) failed += 1;
      else row.dataset.done = "";
      row.querySelector("[data-said]").textContent = problem || "placed";
      row.querySelector("[data-said]").classList.toggle("error", Boolean(problem));
      bar.value += 1;
    }
    button.disabled = false;
    this.count();
    if (!failed) location.assign(this.dataset.list);
  }

  async one(row) {
    const body = this.body();
    body.set("code", row.dataset.code);
    body.set("board", this.files.get(row.dataset.name));
    for (let tries = 0; ; tries += 1) {
      const answer = await this.send(this.dataset.place, body);
      if (answer?.status === 429 && tries < 8) await new Promise((done) => setTimeout(done, 8000));
      else if (answer?.ok) return "";
      else if (answer?.status === 422) return (await answer.json()).problem;
      else return this.why(answer);
    }
  }

  why(answer) {
    if (!answer) return "The studio cannot be reached.";
    if (answer.status === 401) return "You are signed out. Sign in in another tab, then go on here.";
    return "The studio did not accept it.";
  }

  body() {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", document.querySelector("#act input").value);
    return body;
  }

  send(address, body) {
    // a script is told that nobody is signed in; a page would be sent to sign in, and that looks like success
    return fetch(address, { method: "POST", body, headers: { Accept: "application/json, text/html" } }).catch(() => null);
  }
}
customElements.define("board-drop", BoardDrop);

/** All files below a dropped folder, each with its path: two folders may hold files of one name. */
async function walk(entry) {
  if (entry.isFile) return [[entry.fullPath.slice(1), await new Promise((done, fail) => entry.file(done, fail))]];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(walk))).flat();
}
