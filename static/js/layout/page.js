/** What every page can do by keyboard, and messages that leave by themselves. */
import { typing } from "./typing.js";

/** A key presses the element that names it: <a data-key="n">. Keys never fire while typing. */
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "?") {
    openDialog("keys");
    event.preventDefault();
    return;
  }
  if (event.key.startsWith("Arrow") && event.target.closest("[type=radio], [type=range], summary")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const pressed = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (pressed) {
    event.preventDefault();
    pressed.click();
  }
});

/** Control or Command with Enter renders, from anywhere on the composer. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = document.getElementById("composer");
  if (form) {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) openDialog(opener.dataset.open);
  if (event.target.closest("[data-print]")) window.print();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target) || opener) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

/** Messages stay long enough to be read: five seconds, longer for longer ones. */
const toasts = document.getElementById("toasts");
const leave = (toast) => setTimeout(() => toast.remove(), 5000 + 40 * toast.textContent.length);
if (toasts) {
  toasts.querySelectorAll(".toast").forEach(leave);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.matches?.(".toast")) leave(node);
  }).observe(toasts, { childList: true });
}

function say(text, level) {
  if ([...toasts.children].some((toast) => toast.textContent === text)) return;
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.dataset.level = level;
  toast.textContent = text;
  toasts?.append(toast);
}

document.addEventListener("say", (event) => say(event.detail, "info"));

const refusals = {
  404: "That is not there any more.",
  429: "That was very often within a minute. Nothing was lost: wait a little, then try again.",
};
document.body.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401) return signedOut();
  say(refusals[status] ?? "The studio did not accept that. Nothing was lost; try again.", "error");
});
document.body.addEventListener("htmx:sendError", () => say("The studio cannot be reached. What you typed is still here.", "error"));

/** Sign in again in another tab: what is typed here stays. */
function signedOut() {
  say("You are signed out, or your role has changed. What you typed is still here: sign in in another tab, then go on.", "error");
}
document.body.addEventListener("signed-out", signedOut);

/** A page that comes back as it was left is asked for again. */
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

/** The filter of the page we are on stays marked after a live swap. */
const mark = () => {
  const status = document.querySelector("main[data-status]")?.dataset.status;
  if (status === undefined) return;
  for (const chip of document.querySelectorAll("#filters [data-status]")) {
    chip.toggleAttribute("aria-current", chip.dataset.status === status);
    if (chip.dataset.status === status) chip.setAttribute("aria-current", "page");
  }
};
mark();
document.body.addEventListener("live:swapped", mark);
