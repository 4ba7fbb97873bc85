/** Takes of different shots on one clock: the keys of the player, and the way back. */
import { typing } from "../layout/typing.js";
import { playing } from "./player-keys.js";
import "./review-player.js";

document.addEventListener("keydown", (event) => {
  const player = document.querySelector("review-player");
  if (!player || event.defaultPrevented || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("details[data-menu][open], .comparepage__changes") && /^(Arrow(Up|Down)|Escape)$/.test(event.key)) return;
  if (/^[ ]$|^Enter$/.test(event.key) && event.target.closest("button, a, summary, [type=checkbox], [type=radio]")) return;
  const act = acts(player, event);
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  if (!event.repeat || /^Arrow/.test(event.key)) act();
}, true);

function acts(player, event) {
  if (/^[1-4]$/.test(event.key)) return () => player.solo(Number(event.key) - 1);
  if (event.key === "Escape") return () => document.querySelector("[data-back]").click();
  return playing(player, event);
}
