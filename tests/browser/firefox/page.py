"""A page in Firefox, with the hands and eyes of who sits before it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.browser import finding
from tests.browser.firefox import keys
from tests.browser.firefox.bidi import Bidi, BidiError

REFUSED_ON_PURPOSE = (422, 429)
# The console says nothing of what a page's policy refused: the page itself is asked to.
TELL = """() => addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP refused ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""
# Whatever the page gives back becomes JSON there and Python here.
CALL = """async (given) => {{
  try {{
    const it = ({code});
    return JSON.stringify({{ value: await (typeof it === "function" ? it(JSON.parse(given)) : it) }});
  }} catch (error) {{
    return JSON.stringify({{ error: `${{error}}` }});
  }}
}}"""


class FirefoxPage:
    """One tab. Whatever the browser finds wrong with it is in `complaints`."""

    name = "firefox"

    def __init__(
        self, bidi: Bidi, context: str, *, base: str, size: dict[str, int], complaints: list[str]
    ) -> None:
        self.bidi, self.context, self.base, self.complaints = bidi, context, base, complaints
        for event, handler in (
            ("log.entryAdded", self._logged),
            ("network.responseCompleted", self._answered),
        ):
            bidi.on(event, handler)
        bidi.send("script.addPreloadScript", functionDeclaration=TELL, contexts=[context])
        bidi.send("browsingContext.setViewport", context=context, viewport=size)

    def _logged(self, entry: dict[str, Any]) -> None:
        if entry["source"].get("context") != self.context or entry["level"] not in ("error", "warn"):
            return
        self.complaints.append(f"{entry['text']} at {_place(entry)}")

    def _answered(self, event: dict[str, Any]) -> None:
        status, url = event["response"]["status"], event["response"]["url"]
        if event["context"] == self.context and status >= 400 and status not in REFUSED_ON_PURPOSE:
            self.complaints.append(f"{status} {url}")

    def set_cookies(self, cookies: list[dict[str, Any]], person: str) -> None:
        """Be who these cookies say, as Playwright writes them."""
        for each in cookies:
            wanted = {
                "name": each["name"],
                "value": {"type": "string", "value": each["value"]},
                "domain": urlsplit(self.base).hostname,
                "path": each.get("path", "/"),
                "httpOnly": each.get("httpOnly", False),
            }
            self.bidi.send(
                "storage.setCookie", cookie=wanted, partition={"type": "storageKey", "userContext": person}
            )

    # --- where it is ------------------------------------------------------------------------

    def goto(self, path: str) -> None:
        """Open an address and wait until all of it is loaded."""
        url = urljoin(self.base, path)
        self.bidi.send("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def reload(self) -> None:
        self.bidi.send("browsingContext.reload", context=self.context, wait="complete")

    # --- what is there ----------------------------------------------------------------------

    def evaluate(self, code: str, given: Any = None, *, seconds: float = 60) -> Any:
        """The value of an expression, or of a function called with what is given; promises are waited for."""
        answer = self.bidi.send(
            "script.callFunction",
            seconds=seconds,
            functionDeclaration=CALL.format(code=code),
            awaitPromise=True,
            target={"context": self.context},
            arguments=[{"type": "string", "value": json.dumps(given)}],
        )
        if answer["type"] == "exception":  # it is no JavaScript
            raise AssertionError(answer["exceptionDetails"]["text"])
        told = json.loads(answer["result"]["value"])
        if "error" in told:
            raise BidiError("evaluate", {"error": "javascript error", "message": told["error"]})
        return told.get("value")

    def wait_for(self, code: str, given: Any = None, *, seconds: float = 15) -> Any:
        """Wait until this is true, and return it."""
        return finding.wait(lambda: self.evaluate(code, given), code, seconds=seconds, leaving=BidiError)

    def text(self, selector: str) -> str:
        text: str = self.evaluate(finding.TEXT, {"selector": selector})
        return text

    def screenshot(self, path: str | Path) -> None:
        taken = self.bidi.send("browsingContext.captureScreenshot", context=self.context)
        Path(path).write_bytes(base64.b64decode(taken["data"]))

    # --- hands ------------------------------------------------------------------------------

    def click(self, selector: str, name: str = "") -> None:
        """Press the middle of the first one seen there, once it stands still with nothing before it."""
        place = self.wait_for(finding.PLACE, {"selector": selector, "name": name})
        at = {"type": "pointerMove", "x": place["x"], "y": place["y"]}
        press = [at, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._act({"type": "pointer", "id": "mouse", "actions": press})

    def type(self, text: str) -> None:
        self._act({"type": "key", "id": "keys", "actions": keys.words(text)})

    def press(self, chord: str) -> None:
        self._act({"type": "key", "id": "keys", "actions": keys.strokes(chord)})

    def fill(self, selector: str, text: str) -> None:
        """Put a text where another may stand, by keys."""
        self.click(selector)
        self.press("Control+a")
        self.press("Backspace")
        self.type(text)

    def _act(self, source: dict[str, Any]) -> None:
        self.bidi.send("input.performActions", context=self.context, actions=[source])

    def choose_files(self, selector: str, paths: list[Path]) -> None:
        """Give files to a field, also one that is hidden behind a label."""
        self.wait_for(finding.IS_THERE, {"selector": selector})
        found = self.bidi.send(
            "browsingContext.locateNodes", context=self.context, locator={"type": "css", "value": selector}
        )
        element = {"sharedId": found["nodes"][0]["sharedId"]}
        self.bidi.send(
            "input.setFiles", context=self.context, element=element, files=[str(path) for path in paths]
        )

    def close(self) -> None:
        """Hear what was still said, then go."""
        self.bidi.send("session.status")
        self.bidi.off(self._logged)
        self.bidi.off(self._answered)


def _place(entry: dict[str, Any]) -> str:
    frames = (entry.get("stackTrace") or {}).get("callFrames") or [{}]
    return f"{frames[0].get('url')}:{frames[0].get('lineNumber')}"
