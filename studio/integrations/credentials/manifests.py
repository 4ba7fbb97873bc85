"""The manifest in a copy: written and signed when the copy is made, and read back from any file."""

from __future__ import annotations

import io
import json
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any

from PIL import Image

from studio.integrations.credentials import carried, signer
from studio.integrations.media import kinds

logger = logging.getLogger(__name__)

# Kinds of file that can hold a manifest of ours; a WebM cannot hold any (C2PA specification 2.1, A).
TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
_HAVE_SHOWN: set[signer.Signer] = set()  # those that have signed something here
_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_OF_OURS = "org.rushes.source"
# Nobody is asked over the network, neither when something is signed nor when it is read.
_QUIET: dict[str, Any] = {
    "verify": {"verify_after_sign": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}


class Step(Enum):
    """What was done to make a copy, as C2PA calls it."""

    TRANSCODED = "c2pa.transcoded"  # encoded again
    REPACKAGED = "c2pa.repackaged"  # the same pictures in a new file, without what was written beside them


@dataclass(frozen=True)
class Made:
    """How a take was made: never its words, its seed or its price.

    Args:
        model: what made it, "Runway Gen-4.5".
        by_a_model: False for what the sandbox drew in its place.
        source: SHA-256 of the manifest that came with the file, in hexadecimal digits; "" for none.
    """

    model: str
    by_a_model: bool
    source: str = ""


def sign(path: Path, made: Made, steps: Sequence[Step]) -> bool:
    """Give a copy its manifest. False: its kind holds none, or nothing can be signed now, which the log says."""
    kind = TYPES.get(kinds.of(path))
    if kind is None:
        return False
    draft = path.with_name(f"{uuid.uuid4().hex}{path.suffix}")
    try:
        with path.open("rb") as before, draft.open("w+b") as after:
            _write(before, after, kind, _claim(made, steps), signing())
        draft.replace(path)
    except Exception:  # a copy without a manifest is better than none
        logger.exception("A copy could not be signed")
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def signing() -> signer.Signer:
    """What copies are signed with now, once it has shown that it can.

    Raises:
        signer.Unusable: nothing can be signed; the sentence says why.
    """
    by = signer.current()
    if by not in _HAVE_SHOWN:
        if why := _tried(by):
            raise signer.Unusable(f"Nothing can be signed with the certificate of {by.name}: {why}")
        _HAVE_SHOWN.add(by)
    return by


def _tried(by: signer.Signer) -> str:
    """Why a picture of one pixel cannot be signed with it; "" where it can."""
    picture, signed = io.BytesIO(), io.BytesIO()
    Image.new("L", (1, 1)).save(picture, "PNG")
    picture.seek(0)
    try:
        _write(picture, signed, "image/png", _claim(Made("a trial", by_a_model=False), []), by)
        signed.seek(0)
        read = _of_stream(signed, "image/png")
    except Exception as exc:
        return str(exc)
    return "" if read.state is State.WHOLE else "it is none for signing content (C2PA, 14.5)"


def _write(before: IO[bytes], after: IO[bytes], kind: str, claim: dict[str, Any], by: signer.Signer) -> None:
    import c2pa  # late: 23 MB, of use only to those who sign or look

    told = c2pa.C2paSignerInfo(alg=by.algorithm.encode(), sign_cert=by.chain, private_key=by.key, ta_url=None)
    context = c2pa.Context(c2pa.Settings.from_dict(_QUIET))
    with (
        c2pa.Builder(json.dumps(claim), context=context) as builder,
        c2pa.Signer.from_info(told) as hand,
    ):
        builder.sign(hand, kind, before, after)


def _claim(made: Made, steps: Sequence[Step]) -> dict[str, Any]:
    kind = "trainedAlgorithmicMedia" if made.by_a_model else "algorithmicMedia"
    created = {
        "action": "c2pa.created",
        "digitalSourceType": _SOURCES + kind,
        "softwareAgent": {"name": made.model},
    }
    done = [{"action": step.value, "softwareAgent": {"name": "Rushes"}} for step in dict.fromkeys(steps)]
    assertions: list[dict[str, Any]] = [{"label": "c2pa.actions.v2", "data": {"actions": [created, *done]}}]
    if made.source:
        assertions.append({"label": _OF_OURS, "data": {"manifest": {"alg": "sha256", "hash": made.source}}})
    return {"claim_generator_info": [{"name": "Rushes"}], "assertions": assertions}


# --- reading ------------------------------------------------------------------------------


class State(Enum):
    """What a file's manifest is worth."""

    NONE = "carries no content credentials"
    WHOLE = "is as it was when it was signed"
    CHANGED = "was changed after it was signed"
    BROKEN = "carries credentials that cannot be read"


@dataclass(frozen=True)
class Read:
    """What the manifest of a file says.

    Args:
        by: whose certificate signed it.
        is_trusted: whether that is on a list of trust, of which none is set: for our own never.
        model: what made it.
        steps: what was done since.
        source: SHA-256 of the manifest that came with the original.
    """

    state: State
    by: str = ""
    is_trusted: bool = False
    model: str = ""
    is_by_a_model: bool = False
    steps: tuple[str, ...] = ()
    source: str = ""


def read(path: Path) -> Read:
    """What the manifest in a file says, and whether the file is still the one that was signed."""
    if carried.manifest(path) is None:
        return Read(State.NONE)
    with path.open("rb") as file:
        return _of_stream(file, TYPES[kinds.of(path)])


def _of_stream(file: IO[bytes], kind: str) -> Read:
    import c2pa  # late, as above

    context = c2pa.Context(c2pa.Settings.from_dict(_QUIET))
    try:
        with c2pa.Reader(kind, file, context=context) as reader:
            return _understood(json.loads(reader.json()), reader.get_validation_results() or {})
    except (c2pa.C2paError, LookupError, TypeError, AttributeError, ValueError):
        return Read(State.BROKEN)  # also what somebody else wrote in another shape


def _understood(told: dict[str, Any], results: dict[str, Any]) -> Read:
    failures = {each["code"] for each in results.get("activeManifest", {}).get("failure", [])}
    trusted = "signingCredential.untrusted" not in failures
    failures.discard("signingCredential.untrusted")
    changed = any(code.endswith(".mismatch") for code in failures)
    manifest = told["manifests"][told["active_manifest"]]
    said = {each["label"]: each.get("data", {}) for each in manifest.get("assertions", [])}
    actions = said.get("c2pa.actions.v2", {}).get("actions", [])
    created: dict[str, Any] = next((each for each in actions if each["action"] == "c2pa.created"), {})
    agent = created.get("softwareAgent", "")
    return Read(
        State.CHANGED if changed else State.BROKEN if failures else State.WHOLE,
        by=manifest.get("signature_info", {}).get("issuer", ""),
        is_trusted=trusted,
        model=agent.get("name", "") if isinstance(agent, dict) else str(agent),
        is_by_a_model=created.get("digitalSourceType", "").endswith("/trainedAlgorithmicMedia"),
        steps=tuple(each["action"] for each in actions if each is not created),
        source=str(said.get(_OF_OURS, {}).get("manifest", {}).get("hash", "")),
    )
