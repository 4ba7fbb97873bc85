/** Takes of different shots on one clock: the keys of the player, and the way back. */
import "./review-player.js";

const typing = (target) => target.closest("input:not([type=range]), textarea, select, dialog[open]");

document.addEventListener("keydown", (event) => {
  const player = document.querySelector("review-player");
  if (!player || event.defaultPrevented || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("details[data-menu][open], .comparepage__changes") && /^(Arrow(Up|Down)|Escape)$/.test(event.key)) return;
  if (/^[ ]$|^Enter$/.test(event.key) && event.target.closest("button, a, summary")) return;
  const act = acts(player, event);
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  if (!event.repeat || /^Arrow/.test(event.key)) act();
}, true);

function acts(player, event) {
  const step = event.shiftKey ? 10 : 1;
  if (/^[1-4]$/.test(event.key)) return () => player.solo(Number(event.key) - 1);
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.shiftKey && name === "f") return () => player.full();
  return {
    " ": () => player.toggle(),
    ArrowLeft: () => player.step(-step),
    ArrowRight: () => player.step(step),
    Home: () => player.go(0),
    End: () => player.go(player.film.frames - 1),
    j: () => player.faster(-1),
    k: () => player.pause(),
    l: () => player.faster(1),
    i: () => player.setIn(),
    o: () => player.setOut(),
    "\\": () => player.whole(),
    g: () => player.safe(),
    Escape: () => document.querySelector("[data-back]").click(),
  }[name];
}
