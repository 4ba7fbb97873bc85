"""Files as guests get them: the pictures, what this studio signs of how they were made, and nothing else."""

from __future__ import annotations

import logging
import uuid
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from studio.generation.renders import credentials
from studio.generation.renders.models import Render
from studio.integrations.credentials import manifests, signer
from studio.integrations.credentials.manifests import Step
from studio.integrations.media import clip_copies, clips, pictures

logger = logging.getLogger(__name__)

_UNSIGNED = "unsigned"
_TRIED_AGAIN = timedelta(minutes=10)  # after which a copy that could not be signed is made again
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
    unsigned = _name(take, kind, source, by=_UNSIGNED)
    if default_storage.exists(name):
        return name
    if default_storage.exists(unsigned) and not _is_old(unsigned):
        return unsigned  # it is tried again in a while
    try:
        return _make(take, source, name, unsigned)
    except (clips.Unreadable, pictures.Unreadable, UnidentifiedImageError, OSError) as exc:
        logger.warning("No copy of %s for guests: %s", take.code, exc)
        return None


def _is_old(name: str) -> bool:
    return timezone.now() - default_storage.get_modified_time(name) > _TRIED_AGAIN


def forget(take: object) -> None:
    """Delete the copies of a take that is gone, unless another take is the same file."""
    if isinstance(take, Render) and take.sha256 and not Render.objects.filter(sha256=take.sha256).exists():
        folder = Path(default_storage.path(_folder(take)))
        for path in folder.glob(f"{take.sha256}-*"):
            default_storage.delete(f"{_folder(take)}/{path.name}")


def _folder(take: Render) -> str:
    return f"shared/{take.sha256[:2]}"


def _name(take: Render, kind: str, source: str, *, by: str = "") -> str:
    """Another one where copies are signed with another certificate."""
    suffix = Path(source).suffix.lower()
    if not by and suffix.lstrip(".") in manifests.TYPES:
        with suppress(signer.Unusable):
            by = manifests.signing().fingerprint
    return f"{_folder(take)}/{take.sha256}-{kind}-{by or _UNSIGNED}{suffix}"


def _make(take: Render, source_name: str, name: str, unsigned: str) -> str:
    """Write beside it and move it into place whole: two who ask at once both get a whole file. Returns its name."""
    source, target = Path(default_storage.path(source_name)), Path(default_storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{uuid.uuid4().hex}{target.suffix}")
    try:
        if take.is_still:
            _still(source, draft)
            transcoded = True
        else:
            transcoded = clip_copies.write_bare_copy(source, draft) or source.name.startswith("review-")
        steps = [Step.TRANSCODED, Step.REPACKAGED] if transcoded else [Step.REPACKAGED]
        made = name if manifests.sign(draft, credentials.made(take), steps) else unsigned
        draft.replace(default_storage.path(made))
    finally:
        draft.unlink(missing_ok=True)
    return made


def _still(source: Path, target: Path) -> None:
    """The same pixels, as they are stored where they are shown so too: else upright, in sRGB."""
    with Image.open(source) as image:
        kind = image.format or "PNG"
        profile = _profile(image.info.get("icc_profile"))
        image.info = {"icc_profile": profile} if profile else {}
        if _is_shown_otherwise(source):
            shown = pictures.shown(source).image
            shown.save(target, kind, **({"quality": 95} if kind in ("JPEG", "WEBP") else {}))
            return
        more: dict = {"quality": "keep"} if kind == "JPEG" else {"quality": 95} if kind == "WEBP" else {}
        image.save(target, kind, **more, **({"icc_profile": profile} if profile else {}))


def _is_shown_otherwise(source: Path) -> bool:
    """Whether what stands beside the pixels, and stays behind, turns them or says how they are meant."""
    try:
        with pictures.complaints():
            found = pictures.opened(source.read_bytes())
            return pictures.orientation_of(found.image) != 1 or found.colours is not None
    except pictures.Unreadable:
        return False


def _profile(content: bytes | None) -> bytes | None:
    """A profile as long as it says it is: nothing is written behind it."""
    return content[: int.from_bytes(content[:4], "big")] if content else None
