"""How an element is found on a page, in the page's own language: the same in every browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.patience import patient


def wait(look: Callable[[], Any], what: str, *, seconds: float, leaving: type[Exception]) -> Any:
    """Look until something is there, and return it; a page that is just being left counts as not yet."""
    until, last = time.monotonic() + patient(seconds), None
    while True:
        try:
            if value := look():
                return value
        except leaving as error:
            last = error
        assert time.monotonic() < until, f"waited {seconds} s for {what}: {last or 'not so'}"
        time.sleep(0.03)


# The first that is seen and, where a name is given, carries it as its label or its words.
FIND = """({ selector, name }) => [...document.querySelectorAll(selector)].find((element) => {
  if (!element.checkVisibility({ visibilityProperty: true })) return false;
  const words = element.getAttribute("aria-label") ?? element.innerText;
  return !name || words.replace(/\\s+/g, " ").trim().includes(name);
})"""

# Its middle, once it stands still there and is what a pointer would meet; null: not yet.
PLACE = f"""async (wanted) => {{
  const element = ({FIND})(wanted);
  if (!element || element.disabled) return null;
  element.scrollIntoView({{ block: "center", inline: "nearest", behavior: "instant" }});
  const middle = () => {{
    const box = element.getBoundingClientRect();
    return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];
  }};
  const [x, y] = middle();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const [laterX, laterY] = middle();
  if (x !== laterX || y !== laterY) return null;
  const met = document.elementFromPoint(x, y);
  const label = element.labels && [...element.labels].some((each) => each.contains(met));
  return met && (element.contains(met) || met.contains(element) || label) ? {{ x, y }} : null;
}}"""

IS_THERE = "({ selector }) => Boolean(document.querySelector(selector))"
TEXT = "({ selector }) => document.querySelector(selector)?.innerText.replace(/\\s+/g, ' ').trim() ?? ''"
