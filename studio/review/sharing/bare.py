"""Files as guests get them: the pictures, what this studio signs of how they were made, and nothing else."""

from __future__ import annotations

import logging
import uuid
from pathlib import Path

from django.core.files.storage import default_storage
from PIL import Image, UnidentifiedImageError

from studio.generation.renders import credentials
from studio.generation.renders.models import Render
from studio.integrations.credentials import manifests, signer
from studio.integrations.credentials.manifests import Step
from studio.integrations.media import clip_copies, clips

logger = logging.getLogger(__name__)

_MADE_BY_US = {"poster": "poster", "filmstrip": "filmstrip"}


def file_of(take: Render, kind: str) -> str | None:
    """The name in storage of a file a guest may have; None for no such kind, or where it cannot be read.

    A copy without anything but pictures is made when it is first asked for.
    """
    if kind in _MADE_BY_US:
        return getattr(take, _MADE_BY_US[kind]) or None
    if kind not in ("play", "download"):
        return None
    source = take.review if kind == "play" and take.review else take.file
    if not source or not default_storage.exists(source):
        return None
    name = _name(take, kind, source)
    if not default_storage.exists(name):
        try:
            _make(take, Path(default_storage.path(source)), Path(default_storage.path(name)))
        except (clips.Unreadable, UnidentifiedImageError, OSError) as exc:
            logger.warning("No copy of %s for guests: %s", take.code, exc)
            return None
    return name


def forget(take: object) -> None:
    """Delete the copies of a take that is gone, unless another take is the same file."""
    if isinstance(take, Render) and take.sha256 and not Render.objects.filter(sha256=take.sha256).exists():
        folder = Path(default_storage.path(_folder(take)))
        for path in folder.glob(f"{take.sha256}-*"):
            default_storage.delete(f"{_folder(take)}/{path.name}")


def _folder(take: Render) -> str:
    return f"shared/{take.sha256[:2]}"


def _name(take: Render, kind: str, source: str) -> str:
    """Another one where copies are signed with another certificate."""
    try:
        by = signer.current().fingerprint
    except signer.Unusable:
        by = "unsigned"
    return f"{_folder(take)}/{take.sha256}-{kind}-{by}{Path(source).suffix.lower()}"


def _make(take: Render, source: Path, target: Path) -> None:
    """Write beside it and move it into place whole: two who ask at once both get a whole file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{uuid.uuid4().hex}{target.suffix}")
    try:
        if take.is_still:
            _still(source, draft)
        else:
            clip_copies.write_bare_copy(source, draft)
        made = credentials.made(take)
        transcoded = [Step.TRANSCODED] if take.is_still or source.name.startswith("review-") else []
        manifests.sign(draft, made, [*transcoded, Step.REPACKAGED])
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
