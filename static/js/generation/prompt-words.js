/** What a prompt says: variables, and braces that are words. `variables.py` reads it the same way. */
const ESCAPED = String.raw`\\[{}|]`;
const PLAIN = String.raw`[^{}|\\]|\\(?![{}|])`;
const TOKEN = new RegExp(String.raw`${ESCAPED}|\{((?:${ESCAPED}|${PLAIN})*\|(?:${ESCAPED}|${PLAIN}|\|)*)\}`, "g");
const BAR = /(?<!\\)\|/;

const longest = (choices) => choices.split(BAR).map((each) => each.trim()).reduce((a, b) => (b.length > a.length ? b : a));
const unescaped = (text) => text.replace(/\\([{}|])/g, "$1");

const MENTION = /(?<![\p{L}\p{N}_@])@([A-Za-z]\w{2,15})\b/gu;
const WITH_ARTICLE = new RegExp(`(\\b[Tt]he[ \\t]+)?${MENTION.source}`, "gu");
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
  const filled = typed.replace(TOKEN, (all, choices) => {
    if (choices === undefined) return all;
    variables = true;
    return longest(choices);
  });
  const words = unescaped((variables ? filled.replace(/[ \t]{2,}/g, " ") : typed).trim());
  const text = [words, look].filter(Boolean).join(" ");
  if (given === null) return text.replace(MENTION, (mark, name) => (names.includes(name.toLowerCase()) ? name : mark));
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
