"""Copies of every kind that can hold a manifest, and a reader of them that is not ours."""

import json
import subprocess
import sys

import pytest
from PIL import Image

from studio.integrations.credentials import signer
from tests.takes import write_clip

READER = """
import json, sys
import c2pa
quiet = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
context = c2pa.Context(c2pa.Settings.from_dict(quiet))
try:
    with c2pa.Reader(sys.argv[1], context=context) as reader:
        results = reader.get_validation_results()["activeManifest"]["failure"]
        said = {"state": reader.get_validation_state(), "failures": [each["code"] for each in results]}
        print(json.dumps(said | {"manifest": json.loads(reader.json())}))
except c2pa.C2paError as exc:
    print(json.dumps({"state": type(exc).__name__.strip("_")}))
"""


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.C2PA_CERT = settings.C2PA_KEY = ""
    signer._read.cache_clear()
    return settings.VAR_DIR


@pytest.fixture
def elsewhere():
    """What a process that knows nothing of this studio reads in a file."""

    def elsewhere(path):
        done = subprocess.run(
            [sys.executable, "-c", READER, str(path)], capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return elsewhere


@pytest.fixture
def copy(tmp_path):
    """A copy of this kind, not signed yet."""

    def copy(kind):
        path = tmp_path / f"copy.{kind}"
        if kind in ("mp4", "mov", "webm"):
            write_clip(path, codec="libvpx-vp9" if kind == "webm" else "libx264")
        else:
            Image.effect_noise((640, 360), 40).convert("RGB").save(path)
        return path

    return copy
