/**
 * What is typed and not yet known to be saved, kept in this browser: over reloads, crashes, Back and signing in
 * again. Each page keeps its own, so two tabs never write over each other; what a page left behind that is gone is
 * offered beside its field.
 */
import { newCode } from "./outbox.js";

const PREFIX = "rushes:words:";
const OLD = 60 * 24 * 3600 * 1000; // ms after which nobody asks for it any more
const ANSWER_WITHIN = 250; // ms for other tabs to say that they are still there
const SUBMITTED = "rushes:submitted";

export const page = newCode().slice(0, 18);

const me = () => document.body.dataset.me ?? "";
const memory = new Map(); // where the browser forbids storage, or has no room
const keyOf = (name, of = page) => `${PREFIX}${me()}|${name}|${of}`;

export const kept = {
  put(name, text) {
    const key = keyOf(name);
    try {
      localStorage.setItem(key, JSON.stringify({ text, at: Date.now() }));
      memory.delete(key);
    } catch {
      memory.set(key, { text, at: Date.now() });
    }
  },
  /** Words that are about to be replaced and could not be saved: kept as if another page had left them. */
  setAside(name, text) {
    localStorage.setItem(keyOf(name, `${page}-${Date.now()}`), JSON.stringify({ text, at: Date.now() }));
  },
  drop(name, of = page) {
    memory.delete(keyOf(name, of));
    try {
      localStorage.removeItem(keyOf(name, of));
    } catch {
      // nothing is kept there
    }
  },
  own(name) {
    return memory.get(keyOf(name)) ?? read(keyOf(name));
  },
  /** What other pages of this person have kept for this field: [{page, text, at}, …], the newest first. */
  ofOthers(name) {
    const head = `${PREFIX}${me()}|${name}|`;
    return keys()
      .filter((key) => key.startsWith(head) && key !== keyOf(name))
      .map((key) => ({ page: key.slice(head.length), ...read(key) }))
      .sort((a, b) => b.at - a.at);
  },
};

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

for (const key of keys()) if (Date.now() - (read(key)?.at ?? 0) > OLD) localStorage.removeItem(key);

// --- which pages are still there ----------------------------------------------------------------

const channel = "BroadcastChannel" in window ? new BroadcastChannel("rushes:words") : null;
const alive = new Set();
channel?.addEventListener("message", ({ data }) => {
  if (data.asked) channel.postMessage({ here: page });
  if (data.here) alive.add(data.here);
});

async function whoIsThere() {
  channel?.postMessage({ asked: true });
  await new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN));
  return alive;
}

// --- offering ---------------------------------------------------------------------------------------

const SAME = (text) => text.replaceAll("\r\n", "\n").trim();

/** Beside a field: what a page that is gone had not saved of it. `taken(text)` puts it in. */
export async function offer(field, name, taken = put) {
  if (!kept.ofOthers(name).length) return;
  const there = await whoIsThere();
  const found = kept.ofOthers(name).filter((each) => !there.has(each.page));
  for (const each of found.filter(({ text }) => SAME(text) === SAME(field.value))) kept.drop(name, each.page);
  const left = found.filter(({ text }) => SAME(text) !== SAME(field.value));
  if (left.length && field.isConnected) show(field, name, left, taken);
}

function show(field, name, found, taken) {
  const box = document.createElement("div");
  box.className = "keptoffer";
  box.setAttribute("role", "status");
  const say = document.createElement("p");
  say.textContent = taken
    ? "You wrote this here, and it is not saved. It is still in this browser:"
    : "You wrote this here, and it is not saved. You may not change the shot any more; copy it from here if you need it:";
  box.append(say);
  for (const each of found) box.append(one(box, field, name, each, taken));
  (field.closest("label") ?? field).after(box);
}

function one(box, field, name, each, taken) {
  const item = document.createElement("div");
  const text = document.createElement("p");
  text.className = "overtaken__text";
  text.textContent = each.text || "(nothing)";
  const row = document.createElement("div");
  row.className = "row";
  const done = (again) => {
    kept.drop(name, each.page);
    item.remove();
    if (!box.querySelector(".overtaken__text")) box.remove();
    if (again) taken(field, each.text);
    field.focus();
  };
  if (taken) row.append(button("Put it back", () => done(true)));
  row.append(button("Discard", () => done(false)));
  item.append(text, row);
  return item;
}

function button(words, pressed) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = words;
  made.addEventListener("click", pressed);
  return made;
}

function put(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Where this person may not write any more: the words can still be read and taken along. */
async function showOnly(place) {
  const { kept: name } = place.dataset;
  const there = await whoIsThere();
  const found = kept.ofOthers(name).filter((each) => !there.has(each.page));
  if (found.length) show(place, name, found, null);
}

// --- forms that are sent by their button ----------------------------------------------------------

const TEXTS = "textarea, input:not([type]), input[type=text], input[type=search], input[type=url], input[type=email]";
const TAKEN = "rushes_kept"; // the cookie in which the studio says which page's form it has taken

const nameOf = (field) => {
  if (field.dataset?.keepAs) return field.dataset.keepAs;
  const form = field.form?.closest("form[data-keep]");
  return form && field.name && field.matches(TEXTS) ? `${form.dataset.keep}:${field.name}` : "";
};

document.addEventListener("input", ({ target }) => {
  const name = nameOf(target);
  if (name) target.value === target.defaultValue ? kept.drop(name) : kept.put(name, target.value);
});

document.addEventListener("formdata", ({ target, formData }) => {
  if (target.matches("form[data-keep]")) formData.set("page", page);
});

/** Sent is not taken: the words of this page are let go when the studio has said so. */
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (!target.matches("form[data-keep]") || defaultPrevented) return;
  const names = [...target.elements].map(nameOf).filter(Boolean);
  sessionStorage.setItem(SUBMITTED, JSON.stringify({ page, names }));
});

function afterSubmit() {
  const sent = JSON.parse(sessionStorage.getItem(SUBMITTED) ?? "null");
  const taken = document.cookie.split("; ").find((each) => each.startsWith(`${TAKEN}=`))?.slice(TAKEN.length + 1);
  if (!sent || taken !== sent.page) return;
  sessionStorage.removeItem(SUBMITTED);
  document.cookie = `${TAKEN}=; Max-Age=0; Path=/; SameSite=Lax`;
  for (const name of sent.names) kept.drop(name, sent.page);
}

/** A button that sends one field by itself: what it sent is there. */
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const pressed = detail.requestConfig?.elt ?? detail.elt; // which the answer may have taken off the page
  const field = pressed.closest("details")?.querySelector("[data-keep-as]");
  if (field && detail.successful && detail.xhr.status < 400) kept.drop(nameOf(field));
});

/** A reply of mine that stands on the page is there, though the answer to the press is still on its way. */
document.body.addEventListener("live:swapped", () => {
  const words = (text) => text.replace(/\s+/g, " ").trim();
  for (const field of document.querySelectorAll(".note [data-keep-as^='reply-']")) {
    const mine = kept.own(nameOf(field))?.text;
    const replies = mine ? [...field.closest(".note").querySelectorAll(".note__reply")] : [];
    const there = replies.some((reply) => reply.dataset.by === me() && words(reply.textContent).includes(words(mine)));
    if (there) kept.drop(nameOf(field));
  }
});

const offered = new WeakSet();

function offerIn(root) {
  for (const field of root.querySelectorAll("textarea, input")) {
    if (offered.has(field) || !nameOf(field)) continue;
    offered.add(field);
    offer(field, nameOf(field));
  }
}

if (me()) {
  try {
    afterSubmit();
  } catch {
    // no storage: nothing was kept
  }
  offerIn(document);
  document.addEventListener("htmx:load", ({ detail }) => offerIn(detail.elt));
  for (const place of document.querySelectorAll("[data-kept]")) showOnly(place);
}
