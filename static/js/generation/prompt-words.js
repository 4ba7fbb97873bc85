/** What a prompt says: variables, and braces that are words. `variables.py` reads it the same way. */
const ESCAPED = String.raw`\\[{}|]`;
const PLAIN = String.raw`[^{}|\\]|\\(?![{}|])`;
const TOKEN = new RegExp(String.raw`${ESCAPED}|\{((?:${ESCAPED}|${PLAIN})*\|(?:${ESCAPED}|${PLAIN}|\|)*)\}`, "g");
const BAR = /(?<!\\)\|/;

const longest = (choices) => choices.split(BAR).map((each) => each.trim()).reduce((a, b) => (b.length > a.length ? b : a));
const unescaped = (text) => text.replace(/\\([{}|])/g, "$1");

/** The prompt as it is sent: of many that variables make the longest, and the project's look behind it. */
export function compiled(typed, look, names) {
  let variables = false;
  const filled = typed.replace(TOKEN, (all, choices) => {
    if (choices === undefined) return all;
    variables = true;
    return longest(choices);
  });
  const words = unescaped((variables ? filled.replace(/[ \t]{2,}/g, " ") : typed).trim());
  const text = [words, look].filter(Boolean).join(" ");
  return text.replace(/(?<![\p{L}\p{N}_@])@([A-Za-z]\w{2,15})\b/gu, (mark, name) => (names.includes(name.toLowerCase()) ? name : mark));
}

/** The prompt with braces that are part of no variable as words. */
export function escaped(prompt) {
  const read = new Set();
  for (const found of prompt.matchAll(TOKEN)) for (let at = found.index; at < found.index + found[0].length; at += 1) read.add(at);
  return prompt.replace(/[{}]/g, (mark, at) => (read.has(at) ? mark : `\\${mark}`));
}
