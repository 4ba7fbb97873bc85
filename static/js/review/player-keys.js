/** The keys of a <review-player>, on every page that has one: what this press is to do, or undefined. */
export function playing(player, event) {
  const step = event.shiftKey ? 10 : 1;
  const shifted = { l: () => player.loop(), f: () => player.full() };
  if (event.shiftKey && shifted[named(event)]) return shifted[named(event)];
  const keys = {
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
    m: () => player.sound.toggle(),
    "`": () => player.flip(),
  };
  return keys[named(event)];
}

/** A letter is the same key with Shift and without. */
export const named = (event) => (event.key.length === 1 ? event.key.toLowerCase() : event.key);
