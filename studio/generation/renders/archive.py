"""Bring a paid result home: fetch it at once, prove what it is, make its pictures, keep it.

A failed copy is retried; it is not a failed render. The provider's address is asked for again
when it no longer answers.
"""

import io
import logging
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from studio.generation.renders import results
from studio.generation.renders.models import Render, in_seconds
from studio.integrations import providers
from studio.integrations.media import clips, pictures
from studio.integrations.providers.base import Result

logger = logging.getLogger(__name__)
State = Render.State

LEASE_SECONDS = settings.RESULT_TIMEOUT_SECONDS + 60
ATTEMPTS = 12  # the last comes about two hours after the first
POSTER_WIDTH = 640
_EXTENSIONS = {"MP4": "mp4", "MOV": "mov", "WEBM": "webm", "JPG": "jpg", "PNG": "png", "WEBP": "webp"}


class NotYet(Exception):
    """The file could not be had this time."""


def save(code):
    """Fetch, check and keep the file of a take that has a result; then it is ready."""
    render = Render.objects.select_related("shot", "project").filter(code=code).first()
    if render is None or not _claim(render, State.SAVING):
        return
    if providers.sandboxed() and not render.sandbox:
        return  # bought with a key that is not set now: it waits, untried, until it is
    try:
        with _fetched(render) as path:
            facts = _keep_still(render, path) if render.is_still else _keep_clip(render, path)
    except (NotYet, clips.Unreadable, pictures.Unreadable) as exc:
        _try_again(render, str(exc))
        return
    except Exception:
        # not the file's fault, a full disk perhaps: soon again, without counting it as an attempt
        Render.objects.filter(pk=render.pk, state=State.SAVING).update(check_at=in_seconds(30))
        raise
    if render.move_to(State.READY, ended_at=timezone.now(), note="", check_at=timezone.now(), **facts):
        logger.info("Render %s is ready", render.code)


def _claim(render, state):
    """Hold the row for as long as a copy may take. False: another worker has it."""
    due = Render.objects.filter(pk=render.pk, state=state, check_at__lte=timezone.now())
    return bool(due.update(check_at=in_seconds(LEASE_SECONDS)))


# --- fetching -----------------------------------------------------------------------------


@contextmanager
def _fetched(render):
    """The result as a temporary file.

    Raises:
        NotYet: no such file, too large, too slow, cut short, or not at an address we accept.
    """
    folder = Path(settings.VAR_DIR) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=f".{_EXTENSIONS[render.format]}") as file:
        try:
            fetched = providers.get(render.provider).fetch(
                render.result_url,
                file,
                limit=settings.RESULT_LIMIT_BYTES,
                seconds=settings.RESULT_TIMEOUT_SECONDS,
            )
        except providers.Unfetched as exc:
            raise NotYet(str(exc)) from exc
        file.flush()
        render.sha256, render.size = fetched.sha256, fetched.size
        yield Path(file.name)


def _try_again(render, why):
    """Ask for a fresh address and come back later; in the end the file is gone."""
    attempts = render.attempts + 1
    if attempts >= ATTEMPTS:
        results.lost(render, message=why)
        return
    logger.warning("Render %s is not saved yet: %s", render.code, why)
    wait = min(1800.0, 2.0**attempts) * settings.RETRY_PACE
    Render.objects.filter(pk=render.pk, state=State.SAVING).update(
        attempts=attempts, check_at=in_seconds(wait)
    )
    if not render.note:
        render.touch("render.delayed", note="The file is not there yet. Trying again.")
    try:
        outcomes = providers.get(render.provider).ask([render.task_code])
    except providers.NoAnswer:
        return
    for outcome in outcomes:
        if isinstance(outcome, Result) and (outcome.uuid or "result") == render.result_uuid:
            Render.objects.filter(pk=render.pk).update(result_url=outcome.url)


# --- keeping ------------------------------------------------------------------------------


def _keep_clip(render, path):
    """Everything we know and hold of a clip, as columns of its row."""
    facts = clips.probe(path)
    made = clips.pictures(path, facts)
    return {
        **_kept_file(render, path),
        "poster": _kept_image(render, "poster", made.poster, width=POSTER_WIDTH),
        "last_frame": _kept_image(render, "last", made.last, quality=92),
        "filmstrip": _kept_image(render, "filmstrip", made.filmstrip),
        "frame_count": facts.frames,
        "fps_num": facts.fps.numerator,
        "fps_den": facts.fps.denominator,
        "file_width": facts.width,
        "file_height": facts.height,
        "review_wanted": facts.seeks_slowly,
    }


def _keep_still(render, path):
    with pictures.complaints(), pictures.opened(path) as image:
        image.load()
        picture = image.convert("RGB")
    return {
        **_kept_file(render, path),
        "poster": _kept_image(render, "poster", picture, width=POSTER_WIDTH * 2),
        "frame_count": 1,
        "file_width": picture.width,
        "file_height": picture.height,
    }


def _kept_file(render, path):
    name = _name(render, "original", _EXTENSIONS[render.format])
    with path.open("rb") as file:
        _put(name, file)
    return {"file": name, "sha256": render.sha256, "size": render.size}


def _kept_image(render, kind, image, *, width=None, quality=82):
    if width and image.width > width:
        image = image.copy()
        image.thumbnail((width, width * 4), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, comment=b"")  # what a provider wrote into a still stays there
    name = _name(render, kind, "jpg")
    _put(name, ContentFile(out.getvalue()))
    return name


def _name(render, kind, extension):
    return f"takes/{render.code.hex[:2]}/{render.code}/{kind}-{render.sha256[:12]}.{extension}"


def _put(name, content):
    """Store under exactly this name; what a killed worker left there is replaced."""
    if default_storage.exists(name):
        default_storage.delete(name)
    default_storage.save(name, content)


# --- the review copy ----------------------------------------------------------------------


def copy_for_review(code):
    """Make a copy that seeks fast, where the original does not."""
    render = Render.objects.filter(code=code, review_wanted=True).first()
    if render is None or not _claim(render, State.READY):
        return
    folder = Path(settings.VAR_DIR) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".mp4") as file:
        target = Path(file.name)
        try:
            clips.write_review_copy(Path(default_storage.path(render.file)), target)
            same = clips.probe(target).frames == render.frame_count
        except clips.Unreadable:
            same = False
        name = ""
        if same:
            name = _name(render, "review", "mp4")
            with target.open("rb") as copy:
                _put(name, copy)
    if not name:
        logger.warning("No review copy of %s: its original plays as it is", render.code)
    render.touch("render.copied", review=name, review_wanted=False)
