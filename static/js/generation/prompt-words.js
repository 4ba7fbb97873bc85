/** What a prompt says: variables, and braces that are words. `variables.py` reads it the same way. */
const ESCAPED = String.raw`\\[{}|]`;
const PLAIN = String.raw`[^{}|\\]|\\(?![{}|])`;
const TOKEN = new RegExp(String.raw`${ESCAPED}|\{((?:${ESCAPED}|${PLAIN})*\|(?:${ESCAPED}|${PLAIN}|\|)*)\}`, "g");
const BAR = /(?<!\\)\|/;

const longest = (choices, length) => choices.split(BAR).map((each) => each.trim()).reduce((a, b) => (length(b) > length(a) ? b : a));
const unescaped = (text) => text.replace(/\\([{}|])/g, "$1");

const MENTION = /(?<![A-Za-z0-9_@\u00c0-\u024f])@([A-Za-z][A-Za-z0-9_]{2,15})(?![A-Za-z0-9_\u00c0-\u024f])/gu;
const WITH_ARTICLE = new RegExp(String.raw`((?<![A-Za-z0-9_\u00c0-\u024f])[Tt]he[ \t]+)?${MENTION.source}`, "gu");
const PLACES = ["first", "second", "third", "fourth", "fifth"];

/** The names in a text that are among these, in their order. */
const mentioned = (text, names) =>
  [...text.matchAll(MENTION)].map(([, name]) => name.toLowerCase()).filter((name) => names.includes(name));

/**
 * The prompt as it is sent: of many that variables make the longest, and the project's look behind it.
 *
 * `names` are those of the shelf. A model that takes references has `given`, those that go along unnamed: it reads
 * a name as its picture's place among all; another reads it without its @.
 */
export function compiled(typed, look, names, given = null) {
  let variables = false;
  const reads = (name) => names.includes(name.toLowerCase());
  const length = (choice) =>
    given === null
      ? choice.replace(MENTION, (mark, name) => (reads(name) ? name : mark)).length
      : choice.replace(WITH_ARTICLE, (mark, article, name) => (reads(name) ? "the second reference" : mark)).length;
  const filled = typed.replace(TOKEN, (all, choices) => {
    if (choices === undefined) return all;
    variables = true;
    return longest(choices, length);
  });
  const words = unescaped((variables ? filled.replace(/[ \t]{2,}/g, " ") : typed).trim());
  const text = [words, look].filter(Boolean).join(" ");
  if (given === null) return text.replace(MENTION, (mark, name) => (reads(name) ? name : mark));
  const order = [...new Set([...mentioned(words, names), ...given, ...mentioned(look, names)])];
  return text.replace(WITH_ARTICLE, (mark, article, name) => {
    const place = order.indexOf(name.toLowerCase());
    return place < 0 ? mark : `the ${PLACES[place] ?? `${place + 1}th`} reference`;
  });
}

/** The prompt with braces that are part of no variable as words. */
export function escaped(prompt) {
  const read = new Set();
  for (const found of prompt.matchAll(TOKEN)) for (let at = found.index; at < found.index + found[0].length; at += 1) read.add(at);
  return prompt.replace(/[{}]/g, (mark, at) => (read.has(at) ? mark : `\\${mark}`));
}
