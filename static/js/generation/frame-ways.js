/** Ways in for a first frame: a tile of the row of takes dropped on the box; the dialog to choose one closes once it is placed. */

const TAKE = "application/x-take";
const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes(TAKE);

document.addEventListener("dragstart", (event) => {
  const take = event.target.closest?.(".filmstrip .take[data-state=ready]");
  if (!take) return;
  event.dataTransfer.clearData(); // a browser gives the poster along as a file
  event.dataTransfer.setData(TAKE, take.id.replace("render-", ""));
  event.dataTransfer.effectAllowed = "copy";
  document.body.toggleAttribute("data-dragging", true);
});

document.addEventListener("dragend", () => document.body.removeAttribute("data-dragging"));

for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(
    name,
    (event) => {
      const box = carries(event) && event.target.closest?.("frame-drop");
      if (!box) return;
      event.preventDefault();
      event.stopPropagation(); // it is no file, whatever else it carries
      box.toggleAttribute("data-over", name === "dragover");
      if (name === "dragover") event.dataTransfer.dropEffect = "copy";
      if (name === "drop") place(box, event.dataTransfer.getData(TAKE));
    },
    { capture: true },
  );
}

function place(box, take) {
  const seen = document.getElementById("seen")?.value ?? "";
  window.htmx.ajax("POST", box.dataset.place, {
    target: "#composer-settings",
    swap: "outerHTML",
    values: { take, seen },
  });
}

document.body.addEventListener("frame:placed", () => {
  const dialog = document.getElementById("part");
  if (!dialog?.open) return;
  dialog.close();
  document.getElementById("crop")?.focus();
});
