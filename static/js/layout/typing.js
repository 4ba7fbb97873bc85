/** Where keys write words: no key alone is a command there. In an open dialog it is none either. */
const FIELDS = "input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog[open]";

export const typing = (target) => target.closest(FIELDS);
