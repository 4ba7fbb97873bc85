/** The composer's small behaviours; choices and prices themselves come from the server. */

import { compiled } from "./prompt-words.js";

const OF_THE_FIELD = ["input", "words:adopted", "htmx:beforeRequest", "htmx:afterRequest"];

const COUNTS_ANEW = ["composer-settings", "composer-references"];
const shelf = (along) => [...along.querySelectorAll("[data-shelf] [data-name]")].map(({ dataset }) => dataset.name);

/** What became of a save, in words; a refusal says why itself, and again would help nothing. */
function outcome(status) {
  if (status >= 200 && status < 400) return " · saved";
  return status === 422 || status === 409 ? " · not saved" : " · not saved, trying again";
}

/**
 * <prompt-counter for data-look> counts UTF-16 units of what is sent, as the provider does, and says whether the
 * text is saved. How many there may be, and which names are read without their @, stands with the model that is
 * chosen: `data-units` and `data-names` of the settings; which references go along, with those.
 */
class PromptCounter extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.saved = "";
    for (const name of OF_THE_FIELD) this.field?.addEventListener(name, this);
    this.look = document.getElementById("id_look");
    this.look?.addEventListener("change", this);
    document.body.addEventListener("htmx:afterSwap", this);
  }

  disconnectedCallback() {
    for (const name of OF_THE_FIELD) this.field?.removeEventListener(name, this);
    this.look?.removeEventListener("change", this);
    document.body.removeEventListener("htmx:afterSwap", this);
  }

  handleEvent(event) {
    if (event.type === "htmx:afterSwap") return COUNTS_ANEW.includes(event.target.id) && this.count();
    if (event.type === "input") this.saved = (document.querySelector("prompt-autosave")?.dirty ?? true) ? "" : outcome(200);
    if (event.type === "words:adopted") this.saved = "";
    if (event.type === "htmx:beforeRequest") this.saved = " · saving";
    if (event.type === "htmx:afterRequest") this.saved = outcome(event.detail.xhr?.status ?? 0);
    this.count();
  }

  count() {
    const { units, names } = document.getElementById("composer-settings").dataset;
    const along = document.getElementById("composer-references");
    const look = this.look?.checked ? this.dataset.look : "";
    const long = along?.dataset.most
      ? compiled(this.field.value, look, shelf(along), along.dataset.given.split(" ").filter(Boolean)).length
      : compiled(this.field.value, look, names.split(" ")).length;
    this.textContent = `${long} / ${units}${this.saved}`;
    this.classList.toggle("error--text", long > Number(units));
  }
}
customElements.define("prompt-counter", PromptCounter);

/** <number-stepper> gives a number field two buttons. */
class NumberStepper extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]")?.dataset.step;
      if (!step) return;
      const input = this.querySelector("input");
      Number(step) > 0 ? input.stepUp() : input.stepDown();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
customElements.define("number-stepper", NumberStepper);

/** <seed-dice> throws a new seed into its field. */
class SeedDice extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", (event) => {
      const input = this.querySelector("input");
      const [word] = crypto.getRandomValues(new Uint32Array(1));
      input.value = word % (Number(event.currentTarget.dataset.max) + 1);
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
customElements.define("seed-dice", SeedDice);

/** A picture dropped beside the box is not opened instead of the page. */
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    if ([...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault();
  });
}

/**
 * Hands are quicker than answers. An answer to older choices never takes back newer ones, and one whose
 * place on the page was drawn anew meanwhile (a large picture takes its time) is not lost: in both cases
 * the choices are asked for again as they stand.
 */
const asked = new Map(); // requests on their way: the choices they were sent with
const choices = () =>
  JSON.stringify(
    [...document.querySelectorAll("#composer-settings :is(input:not([type=file]), select)")].map(
      ({ name, value, checked }) => [name, value, checked],
    ),
  );

document.body.addEventListener("htmx:beforeSend", ({ detail: { elt, target, xhr } }) => {
  if (target.id !== "composer-settings") return;
  asked.set(xhr, choices());
  // on themselves: they may be off the page by then
  target.addEventListener("htmx:beforeSwap", answered);
  elt.addEventListener("htmx:afterRequest", shown);
});

/** A crop that a hand is on is not drawn anew; it asks itself when it is let go. */
const held = () => Boolean(document.querySelector("frame-crop[data-held]"));

function answered({ detail }) {
  const older = asked.get(detail.xhr) !== choices() || held();
  if (older || !detail.target.isConnected) detail.shouldSwap = false;
  else asked.delete(detail.xhr);
}

function shown({ detail }) {
  if (!asked.delete(detail.xhr)) return; // it was
  if (detail.xhr.status === 200 && !held()) window.htmx.trigger("#composer-settings", "change");
  if (detail.xhr.status === 422) refuse(new DOMParser().parseFromString(detail.xhr.responseText, "text/html"));
}

/** Of a refusal with older choices only its sentence about the picture is shown. */
function refuse(answer) {
  document.getElementById("first_frame_error")?.remove();
  document.querySelector("frame-drop")?.append(...answer.querySelectorAll("#first_frame_error"));
}


/** Choices made while the page was still loading count too. */
if (document.readyState !== "complete") {
  window.addEventListener(
    "load",
    () => {
      const fields = [...document.querySelectorAll("#composer-settings input:not([type=file])")];
      const chosen = (field) =>
        field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
      if (fields.some(chosen)) window.htmx.trigger("#composer-settings", "change");
    },
    { once: true },
  );
}

/** A press says everything that is typed: drafts that are still on their way are not to come after it. */
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id !== "composer") return;
  for (const draft of document.querySelectorAll("#id_prompt, #composer-settings, .morebox__grid")) {
    window.htmx.trigger(draft, "htmx:abort");
  }
});

/** P writes the prompt. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "p" || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, dialog")) return;
  event.preventDefault();
  document.getElementById("id_prompt")?.focus();
});

/**
 * The button is not drawn anew under a finger: between down and up that would lose the press. What it
 * missed is asked for again, unless it was pressed.
 */
let pressing = false;
let missed = false;

document.addEventListener("pointerdown", (event) => {
  pressing = Boolean(event.target.closest("#composer-send button"));
});

for (const name of ["htmx:beforeSwap", "htmx:oobBeforeSwap"]) {
  document.body.addEventListener(name, ({ detail }) => {
    if (!pressing || detail.target?.id !== "composer-send") return;
    detail.shouldSwap = false;
    missed = true;
  });
}

for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => {
    pressing = false;
    // the click comes first
    setTimeout(() => {
      if (missed && !document.querySelector("#composer.htmx-request")) window.htmx.trigger("#id_prompt", "retry");
      missed = false;
    });
  });
}
