/** A link with data-part opens its address in a dialog on this page; by itself it leads to a page of its own. */

/** Show what this address answers in the dialog; a promise for the dialog, or for null where it was refused. */
export async function openPart(address) {
  const dialog = document.getElementById("part") ?? made();
  const body = dialog.querySelector(".part__body");
  body.replaceChildren();
  await window.htmx.ajax("GET", address, { target: body, swap: "innerHTML" });
  if (!body.childElementCount) return null;
  if (!dialog.open) dialog.showModal();
  const first = body.querySelector("[autofocus], select, .framechoice") ?? body.querySelector("input:not([type=hidden]), button, a[href]");
  first?.focus();
  return dialog;
}

function made() {
  const dialog = document.createElement("dialog");
  dialog.id = "part";
  dialog.className = "dialog part";
  dialog.setAttribute("aria-labelledby", "part-title");
  dialog.innerHTML = '<form method="dialog" class="part__close"><button class="iconbutton" aria-label="Close">×</button></form><div class="part__body"></div>';
  document.body.append(dialog);
  return dialog;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-part]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openPart(link.href);
});
