"""Files as guests get them: the pictures, and nothing a provider wrote beside them."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.core.files.storage import default_storage
from PIL import Image

from studio.media import clips
from studio.renders.models import Render

_MADE_BY_US = {"poster": "poster", "filmstrip": "filmstrip"}


def file_of(take: Render, kind: str) -> str | None:
    """The name in storage of a file a guest may have; None for no such kind.

    A copy without anything but pictures is made when it is first asked for.
    """
    if kind in _MADE_BY_US:
        return getattr(take, _MADE_BY_US[kind]) or None
    if kind not in ("play", "download"):
        return None
    source = take.review if kind == "play" and take.review else take.file
    if not source or not default_storage.exists(source):
        return None
    name = _name(take, kind, Path(source).suffix.lower())
    if not default_storage.exists(name):
        _make(take, Path(default_storage.path(source)), Path(default_storage.path(name)))
    return name


def forget(thing: object) -> None:
    """A take is gone for good: the copies guests had go too, unless another take has the same file."""
    if (
        not isinstance(thing, Render)
        or not thing.sha256
        or Render.objects.filter(sha256=thing.sha256).exists()
    ):
        return
    for kind in ("play", "download"):
        for source in filter(None, (thing.file, thing.review)):
            default_storage.delete(_name(thing, kind, Path(source).suffix.lower()))


def _name(take: Render, kind: str, suffix: str) -> str:
    return f"shared/{take.sha256[:2]}/{take.sha256}-{kind}{suffix}"


def _make(take: Render, source: Path, target: Path) -> None:
    """Write beside it and move it into place whole: two who ask at once both get a whole file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{uuid.uuid4().hex}{target.suffix}")
    try:
        if take.is_still:
            _still(source, draft)
        else:
            clips.write_bare_copy(source, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _still(source: Path, target: Path) -> None:
    with Image.open(source) as image:
        kind = image.format or "PNG"
        image.info = {name: value for name, value in image.info.items() if name == "icc_profile"}
        more: dict = {"quality": "keep"} if kind == "JPEG" else {"quality": 95} if kind == "WEBP" else {}
        profile = image.info.get("icc_profile")
        image.save(target, kind, **more, **({"icc_profile": profile} if profile else {}))
