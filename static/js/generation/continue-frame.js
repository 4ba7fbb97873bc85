/** A link with data-continue goes on from the very frame on screen: a dialog asks where. */
import { openPart } from "../layout/part-dialog.js";

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-continue]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const player = document.querySelector("take-viewer, review-player");
  const address = new URL(link.href);
  if (player?.film) {
    await (player.halt ? player.halt() : player.film.pause()); // now it is known which frame that is
    address.searchParams.set("frame", player.film.frame);
  }
  const dialog = await openPart(address.href);
  if (dialog) showPicture(dialog, player);
});

/** Enter behind the code of another shot means that shot, not the first button. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "id_shot") return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector('[value="shot"]'));
});

/** The frame itself, beside its number. Another number is another frame: then it is not shown. */
function showPicture(dialog, player) {
  const seen = player?.film?.media ?? player?.querySelector(".viewer__picture");
  const form = dialog.querySelector("#continue");
  if (!seen || !form) return;
  const picture = document.createElement("canvas");
  picture.className = "goon__picture";
  picture.width = seen.videoWidth || seen.naturalWidth;
  picture.height = seen.videoHeight || seen.naturalHeight;
  picture.getContext("2d").drawImage(seen, 0, 0);
  picture.setAttribute("aria-hidden", "true");
  form.querySelector("h2").after(picture);
  form.querySelector("#id_frame")?.addEventListener("input", () => picture.remove(), { once: true });
}
