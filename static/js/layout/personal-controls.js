/**
 * What one person may press in a fragment that many are sent alike.
 *
 * The fragment has an empty place, [data-controls]; what belongs there for whoever reads this page stands once on it,
 * in <template id="controls-…">, if they may do it. In it {name} stands for what the place says as data-name, and
 * the empty UUID for its code. The server fills the places of the page itself.
 */
const NO_CODE = "00000000-0000-0000-0000-000000000000";
const more = {};

/** Have `complete(place, controls)` do what words alone cannot, for places of a kind. */
export function completeControls(kind, complete) {
  more[kind] = complete;
}

/** Fill the empty places in an element, and of it. */
export function fillControls(root) {
  if (!root?.querySelectorAll) return;
  const empty = "[data-controls]:empty";
  for (const place of [...(root.matches?.(empty) ? [root] : []), ...root.querySelectorAll(empty)]) {
    const template = document.getElementById(`controls-${place.dataset.controls}`);
    if (!template) continue;
    const controls = template.content.cloneNode(true);
    putWords(controls, [[NO_CODE, place.dataset.code], ...Object.entries(place.dataset).map(([name, word]) => [`{${name}}`, word])]);
    more[place.dataset.controls]?.(place, controls);
    place.append(controls);
    window.htmx.process(place);
  }
}

/** Put words in the places of others, in texts and attributes: `[[what, word], …]`. */
export function putWords(root, words) {
  const put = (text) => words.reduce((said, [what, word]) => said.replaceAll(what, word), text);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.TEXT_NODE) node.data = put(node.data);
    else for (const attribute of node.attributes) attribute.value = put(attribute.value);
  }
}

document.addEventListener("htmx:load", (event) => fillControls(event.detail.elt));
