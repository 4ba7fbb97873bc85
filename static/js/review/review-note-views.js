/** How notes come onto the page: as marks on the timeline, while they are on their way, and as the studio answers. */

/** A mark for each open note that has a frame; `choose(note)` when one is pressed. */
export function showMarks(player, notes, choose) {
  const marks = player?.part("marks");
  if (!marks) return;
  const { film } = player;
  const { frames } = film;
  const marked = notes.filter((note) => "frame" in note.dataset && !("resolved" in note.dataset));
  const state = marked.map((note) => [note.id, note.dataset.frame, note.dataset.initials, frames].join()).join(";");
  if (marks.dataset.state !== state) marks.replaceChildren(...marked.map((note) => mark(note, { film, choose })));
  marks.dataset.state = state;
}

function mark(note, { film, choose }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `notemark face--${note.dataset.face ?? 0}`;
  button.textContent = note.dataset.initials ?? "…";
  button.style.left = `${(100 * (Number(note.dataset.frame) + 0.5)) / film.frames}%`;
  button.setAttribute("aria-label", `Note at ${film.short(Math.min(film.frames - 1, Number(note.dataset.frame)))}`);
  button.addEventListener("click", () => choose(document.getElementById(note.id) ?? note));
  return button;
}

/** A note that the studio has not answered yet. */
export function pending(item) {
  const value = Object.fromEntries(item.fields);
  const article = document.createElement("article");
  article.className = "note";
  article.dataset.pending = item.code;
  article.dataset.frame = value.frame;
  if (value.strokes) article.dataset.strokes = value.strokes;
  const body = Object.assign(document.createElement("p"), { className: "note__text", textContent: value.text });
  const state = Object.assign(document.createElement("p"), { className: "muted", textContent: "sending …" });
  const box = Object.assign(document.createElement("div"), { className: "note__body" });
  box.append(body, state);
  article.append(box);
  return article;
}

/** Where what the studio answered goes: the live page knows; a guest's page is not live. */
export function put(html) {
  if (document.querySelector("live-feed")) return void document.body.dispatchEvent(new CustomEvent("live:told", { detail: html }));
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  for (const fresh of [...parsed.content.children]) {
    const old = document.getElementById(fresh.id);
    old ? old.replaceWith(fresh) : document.getElementById(fresh.dataset.into)?.append(fresh);
    window.htmx.process(fresh);
  }
}
