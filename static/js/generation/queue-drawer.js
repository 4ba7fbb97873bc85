/** The queue: Q opens it at the right of any page of a project. While it is shown, it stays true. */
const TOGETHER = 300; // ms: news that come close together are read once
const PHONE = matchMedia("(max-width: 760px)");
const FOCUSABLE = "a[href]:not([tabindex='-1']), button, summary";

const drawer = document.getElementById("queue-drawer");
const shown = () => document.getElementById("queue");
const turned = new Map(); // groups that somebody opened or shut, by id
let opener = null; // what had the focus before
let coming = null; // a timer
let pending = 0; // presses in the queue that are not answered yet
let reading = false;

/** Ask for the queue as it is now; the focus, the open groups and the place in the list stay. */
async function read() {
  const queue = shown();
  if (!queue) return;
  if (pending || reading) return soon();
  reading = true;
  const focus = whereIn(queue);
  await window.htmx.ajax("GET", queue.dataset.address, { target: "#queue", swap: "outerHTML" }).catch(() => {});
  reading = false;
  putBack(focus);
}

function soon() {
  clearTimeout(coming);
  coming = setTimeout(read, TOGETHER);
}

function whereIn(queue) {
  const active = document.activeElement;
  if (!queue.contains(active)) return null;
  return { id: active.id, place: [...queue.querySelectorAll(FOCUSABLE)].indexOf(active) };
}

/** To the same button; where it has gone, to the next thing that only shows something, lest a second press stops a take. */
function putBack(focus) {
  const queue = shown();
  if (!focus || !queue || queue.contains(document.activeElement)) return;
  const all = [...queue.querySelectorAll(FOCUSABLE)];
  const same = focus.id && document.getElementById(focus.id);
  const harmless = all.slice(focus.place).find((element) => element.matches("a[href], summary"));
  (same || harmless || document.getElementById("queue-close"))?.focus({ preventScroll: true });
}

async function open(address) {
  opener = document.activeElement;
  drawer.innerHTML = '<p class="muted queue__wait" role="status">Looking …</p>';
  drawer.show();
  document.documentElement.toggleAttribute("data-drawer", true);
  cover();
  await window.htmx.ajax("GET", address, { target: "#queue-drawer", swap: "innerHTML" }).catch(() => {});
  document.getElementById("queue-close")?.focus();
}

function close() {
  drawer.close();
  drawer.replaceChildren();
  document.documentElement.removeAttribute("data-drawer");
  cover();
  const back = opener?.isConnected && opener !== document.body ? opener : document.querySelector("#queue-count a");
  back?.focus();
}

/** On a phone the drawer is the whole screen: nothing behind it can be reached meanwhile. */
function cover() {
  for (const other of document.body.children) {
    if (other !== drawer && other.id !== "toasts" && other.id !== "act") other.inert = drawer.open && PHONE.matches;
  }
}
PHONE.addEventListener("change", cover);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-queue]")) return close();
  const link = event.target.closest("#queue-count a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (drawer.open) close();
  else if (shown()) shown().querySelector(FOCUSABLE)?.focus();
  else open(link.href);
});

/** Inside of it the other keys of the page rest; Q and Escape shut it. */
document.addEventListener("keydown", (event) => {
  if (!drawer?.open || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const inside = drawer.contains(event.target);
  const free = inside || event.target === document.body;
  if ((event.key === "Escape" && free) || (event.key === "q" && inside)) {
    event.preventDefault();
    close();
  }
});

document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("#queue details[id]")) turned.set(target.id, target.open);
}, true);

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!["queue", "queue-drawer"].includes(detail.target.id)) return;
  const parsed = new DOMParser().parseFromString(detail.serverResponse, "text/html");
  if (!parsed.getElementById("queue")) detail.shouldSwap = false; // signed out meanwhile: another page came
  for (const [id, was] of turned) parsed.getElementById(id)?.toggleAttribute("open", was);
  detail.serverResponse = parsed.body.innerHTML;
});

document.body.addEventListener("queue-moved", () => shown() && soon());

/** What is pressed in the queue is answered before the queue is read again. */
document.body.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr, requestConfig } }) => {
  if (requestConfig.verb !== "post" || !elt.closest("#queue")) return;
  pending += 1;
  xhr.addEventListener("loadend", () => {
    pending -= 1;
    soon();
  }, { once: true });
});
