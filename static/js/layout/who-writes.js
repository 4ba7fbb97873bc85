/** While somebody writes in a field that others have open, they see who. `data-writing` names the field. */
const REST = 4000; // ms without a key after which nobody writes any more

let writing = "";
let told = "";
let rest;

function tell(field) {
  writing = field;
  if (writing !== told && document.querySelector("live-feed")?.writes(writing)) told = writing;
}

// a new line knows nothing yet
document.body.addEventListener("live:open", () => {
  told = "";
  tell(writing);
});

document.addEventListener("input", (event) => {
  const field = nameOf(event.target);
  if (!field || !event.isTrusted) return;
  tell(field);
  clearTimeout(rest);
  rest = setTimeout(() => tell(""), REST);
});
document.addEventListener("focusout", (event) => nameOf(event.target) && tell(""));
window.addEventListener("pagehide", () => tell(""));

/** "shot-12:prompt": the row of its form and the name of the field. */
function nameOf(field) {
  const row = field.form?.querySelector("input[name=version][data-row]")?.dataset.row;
  return row && field.matches("textarea, input[type=text], input:not([type])") ? `${row}:${field.name}` : "";
}

function show() {
  const others = [...document.querySelectorAll("#writing [data-field]")].filter((each) => each.dataset.who !== document.body.dataset.me);
  for (const old of document.querySelectorAll(".writes")) if (!others.some((each) => each.dataset.field === old.dataset.field)) old.remove();
  for (const input of document.querySelectorAll("input[name=version][data-row]")) {
    for (const field of input.form?.elements ?? []) {
      const name = nameOf(field);
      const who = name && [...new Set(others.filter((each) => each.dataset.field === name).map((each) => each.textContent))];
      if (who?.length) line(field, name).textContent = `${who.join(" and ")} ${who.length > 1 ? "are" : "is"} writing here …`;
    }
  }
}

function line(field, name) {
  const there = [...document.querySelectorAll(".writes")].find((each) => each.dataset.field === name);
  if (there) return there;
  const fresh = document.createElement("p");
  fresh.className = "hint writes";
  fresh.dataset.field = name;
  fresh.setAttribute("role", "status");
  field.after(fresh);
  return fresh;
}

document.body.addEventListener("live:swapped", show);
