/**
 * The focus stays where it stands when what is around it is drawn anew. htmx keeps that of an element with an id;
 * this keeps that of the others, by what they do and what they are called.
 */

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";
let left = null; // where the focus stood in what is about to go

/** What makes an element the same one in another drawing. */
function nameOf(element) {
  const does = ["name", "value", "formaction", "href", "data-key", "data-step"].map((name) => element.getAttribute(name));
  return [element.tagName, ...does, element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 40)].join("\n");
}

for (const name of ["htmx:beforeSwap", "htmx:oobBeforeSwap"]) {
  document.addEventListener(name, ({ detail: { target, shouldSwap } }) => {
    if (shouldSwap === false) return;
    const focused = document.activeElement;
    if (!target?.id || !focused || focused.id || focused === target || !target.contains(focused)) return;
    left = { within: target.id, name: nameOf(focused) };
  });
}

document.addEventListener("htmx:afterSettle", () => (left = null)); // whatever was swapped is there by now

for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
  document.addEventListener(name, () => {
    const here = left && document.getElementById(left.within);
    if (!here || (document.activeElement ?? document.body) !== document.body) return;
    const same = [...here.querySelectorAll(FOCUSABLE)].find((each) => nameOf(each) === left.name && each.getClientRects().length);
    left = null;
    same?.focus({ preventScroll: true });
  });
}
