/** Text put into a field by a script as if it was typed, so that Undo takes it back. */
export function replaceText(field, text) {
  if (field.value === text) return;
  field.focus();
  const { start, end, words } = difference(field.value, text);
  field.setSelectionRange(start, end);
  const typed = document.execCommand(words ? "insertText" : "delete", false, words);
  if (typed && field.value === text) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Give a field another text without moving the caret, or what is selected, off the words where it stands. */
export function setText(field, text) {
  if (!field.setRangeText || field.selectionStart === null) return void (field.value = text);
  const { start, end, words } = difference(field.value, text);
  field.setRangeText(words, start, end, "preserve");
}

/** The one place where a text becomes another: what goes there, in place of what. */
function difference(before, after) {
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < least - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return { start, end: before.length - same, words: after.slice(start, after.length - same) };
}
