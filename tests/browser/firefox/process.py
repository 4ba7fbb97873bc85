"""One Firefox in a profile of its own, and its tabs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

from tests.browser.firefox import profile
from tests.browser.firefox.bidi import Bidi
from tests.browser.firefox.outside import Outside
from tests.browser.firefox.page import FirefoxPage
from tests.patience import patient

NAMES = ["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"]


def firefox_path() -> str:
    names = [os.environ.get("FIREFOX", ""), *NAMES]
    return next(path for name in names if name and (path := shutil.which(name)))


class Firefox:
    """Start it, open pages in it, end it. What it asks of the world outside is in `outside.asked`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outside = Outside()
        profile.write(folder, self.outside.port)
        command = [
            firefox_path(),
            "--headless",
            "--remote-debugging-port=0",
            "--no-remote",
            "--profile",
            str(folder),
        ]
        environment = {
            **os.environ,
            "MOZ_CRASHREPORTER_DISABLE": "1",
            "MOZ_REMOTE_SETTINGS_DEVTOOLS": "1",
            "HOME": str(folder),
            "MOZ_HEADLESS": "1",
        }
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, text=True
        )  # fmt: skip
        self.said: list[str] = []
        self.address = ""
        threading.Thread(target=self._hear, daemon=True).start()
        self.bidi = Bidi(self._wait_for_address())

    def _hear(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.said.append(line)
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                self.address = found.group(1)

    def _wait_for_address(self) -> str:
        until = time.monotonic() + patient(60)
        while not self.address:
            assert self.process.poll() is None and time.monotonic() < until, "".join(self.said)
            time.sleep(0.05)
        return self.address

    def new_person(self) -> str:
        """A container of its own for cookies and storage."""
        code: str = self.bidi.send("browser.createUserContext")["userContext"]
        return code

    def forget(self, person: str) -> None:
        """Close all its pages and let go of what they kept."""
        self.bidi.send("browser.removeUserContext", userContext=person)

    def new_page(self, person: str, *, base: str, size: dict[str, int], complaints: list[str]) -> FirefoxPage:
        """A window: each is in front, as tabs of one window would not be."""
        made = self.bidi.send("browsingContext.create", type="window", userContext=person)
        return FirefoxPage(self.bidi, made["context"], base=base, size=size, complaints=complaints)

    def stop(self) -> None:
        self.bidi.close()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        self.outside.close()
