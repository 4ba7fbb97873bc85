/** The controls of a note, for whoever reads it: one's own is edited, what is resolved is opened again. */
import { completeControls, putWords } from "../layout/personal-controls.js";
import { strokesOf } from "./review-strokes.js";

const STROKE = "00000000-0000-0000-0000-000000000001"; // which one, where no note is

function complete(place, controls) {
  const by = place.closest("[data-by]").dataset.by;
  const note = place.closest(".note");
  const is = [by === document.body.dataset.me ? "mine" : "others", "resolved" in note.dataset ? "resolved" : "open"];
  for (const each of controls.querySelectorAll("[data-when]")) is.includes(each.dataset.when) || each.remove();
  const field = controls.querySelector("textarea[data-words]");
  if (field) field.textContent = words(place.parentElement.querySelector(":scope > .note__text"));
  const erase = controls.querySelector("[data-erase]");
  if (!erase) return;
  strokesOf(note).forEach((stroke, index) => {
    const one = document.createDocumentFragment();
    one.append(erase.cloneNode(true));
    putWords(one, [["{kind}", stroke.kind], ["{number}", String(index + 1)], [STROKE, stroke.code]]);
    erase.before(one);
  });
  erase.remove();
}

/** What was written: on the page each line ends in an element. */
function words(text) {
  return [...(text?.childNodes ?? [])].map((node) => (node.nodeName === "BR" ? "\n" : node.textContent.replace(/[\r\n]/g, ""))).join("");
}

completeControls("note", complete);
completeControls("reply", complete);
