/**
 * <frame-drop data-place> takes a picture dropped on it, or pasted anywhere on the page, as if it was picked: a file,
 * or one from another page, which comes as its address or written out in HTML.
 */
import { say } from "../layout/row-words.js";

const FROM_PAGES = ["text/uri-list", "text/html"];
const WRITTEN_OUT = /^data:(image\/[\w.+-]+);base64,(.+)$/s;

class FrameDrop extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    for (const name of ["dragover", "dragleave", "drop"]) this.addEventListener(name, this);
    this.onPaste = (event) => this.paste(event);
    document.addEventListener("paste", this.onPaste);
  }

  disconnectedCallback() {
    document.removeEventListener("paste", this.onPaste);
  }

  handleEvent(event) {
    const types = [...(event.dataTransfer?.types ?? [])];
    if (!types.includes("Files") && !FROM_PAGES.some((type) => types.includes(type))) return;
    event.preventDefault();
    this.toggleAttribute("data-over", event.type === "dragover");
    if (event.type === "drop") this.take(event.dataTransfer);
  }

  paste(event) {
    const data = event.clipboardData;
    const words = event.target.closest("input, textarea") && data?.types.includes("text/plain");
    if (words || !(data?.files.length || sourceIn(data?.getData("text/html")))) return;
    event.preventDefault();
    this.take(data);
  }

  take(data) {
    if ([...data.items].some((item) => item.webkitGetAsEntry?.()?.isDirectory)) {
      return this.refuse("That is a folder. A first frame is one picture; a folder of boards goes to Place boards, on the shot list.");
    }
    if (data.files.length) return this.give([...data.files]);
    const source = sourceIn(data.getData("text/html")) || addressIn(data.getData("text/uri-list"));
    const file = source && written(source);
    if (file) return this.give([file]);
    if (/^https?:/.test(source)) return this.fetch(source);
    this.refuse("There is no picture in that. Save it as a file, or give its address under Pictures….");
  }

  give([file, ...others]) {
    const first = new DataTransfer();
    first.items.add(file);
    this.input.files = first.files;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    const names = others.map((other) => other.name).join(", ");
    if (others.length) onceDrawn(() => say(`A shot has one first frame: ${file.name} is used, ${names} ${others.length > 1 ? "are" : "is"} not.`));
  }

  fetch(address) {
    const seen = document.getElementById("seen")?.value ?? "";
    window.htmx.ajax("POST", this.dataset.place, {
      target: "#composer-settings",
      swap: "outerHTML",
      values: { address, dropped: "1", seen },
    });
  }

  refuse(words) {
    const said = this.querySelector("#first_frame_error") ?? document.createElement("p");
    Object.assign(said, { id: "first_frame_error", className: "error", textContent: words });
    said.setAttribute("role", "alert");
    this.append(said);
  }
}
customElements.define("frame-drop", FrameDrop);

/** After the answer, which brings messages of its own. */
function onceDrawn(then) {
  const drawn = (event) => {
    if (event.target.id !== "composer-settings") return;
    document.body.removeEventListener("htmx:afterSettle", drawn);
    then();
  };
  document.body.addEventListener("htmx:afterSettle", drawn);
}

/** Where the first picture of a piece of HTML is; "" without one. */
function sourceIn(html) {
  if (!html) return "";
  return new DOMParser().parseFromString(html, "text/html").querySelector("img[src]")?.getAttribute("src") ?? "";
}

const addressIn = (list) => list.split(/\r?\n/).find((line) => line && !line.startsWith("#")) ?? "";

/** A picture that is written out in its address, as a file; null where it is elsewhere. */
function written(source) {
  const [, type, words] = WRITTEN_OUT.exec(source) ?? [];
  if (!type) return null;
  try {
    const bytes = Uint8Array.from(atob(words.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
    return new File([bytes], `pasted.${type.slice(6).split("+")[0]}`, { type });
  } catch {
    return null;
  }
}
