"""What is kept of a take: its file as it came, its pictures, and a copy where the file itself cannot be played."""

import io
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from studio.generation.renders import credentials
from studio.integrations.credentials import manifests
from studio.integrations.credentials.manifests import Step
from studio.integrations.media import clip_copies, clip_pictures, clips, kinds, pictures

POSTER_WIDTH = 640
_IN_BROWSERS = {"jpg", "png", "webp", "avif"}  # kinds of stills that every browser shows


@contextmanager
def scratch(suffix):
    """A temporary file on the disk that holds the takes."""
    folder = Path(settings.VAR_DIR) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=suffix) as file:
        yield file


def keep_clip(render, path):
    """Everything we know and hold of a clip, as columns of its row.

    Raises:
        clips.Unreadable: it cannot be shown.
    """
    if kinds.of(path) in kinds.STILLS:  # an AVIF is read as a film of one frame
        raise clips.Unreadable("it is a picture")
    facts = clips.probe(path)
    columns = {**_pictures_of(render, path, facts), **facts_of(facts)}
    return {"file": keep_file(render, path, facts.kind), "review_wanted": _wants_copy(facts), **columns}


def measure(render):
    """What is known only since the frames of a clip are listed, as columns of the row of one that we hold.

    Raises:
        clips.Unreadable: it cannot be shown.
        OSError: its file is not there.
    """
    path = Path(default_storage.path(render.file))
    facts = clips.probe(path)
    same = facts.plays_exactly and (facts.width, facts.height) == (render.file_width, render.file_height)
    return facts_of(facts) if same else {**_pictures_of(render, path, facts), **facts_of(facts)}


def _pictures_of(render, path, facts):
    """Keep the pictures of a clip, and its copy where it cannot be played as it is."""
    made = clip_pictures.make(path, facts)
    copy = {} if facts.plays_exactly else {"review": _review_copy(render, path, facts)}
    return {
        **copy,
        "poster": _kept_image(render, "poster", made.poster, width=POSTER_WIDTH),
        "last_frame": _kept_image(render, "last", made.last, quality=92),
        "filmstrip": _kept_image(render, "filmstrip", made.filmstrip),
    }


def _wants_copy(facts):
    """Whether a copy is to be made later, for the sake of fast seeking alone."""
    return facts.plays_exactly and facts.seeks_slowly


def facts_of(facts):
    """What we know of a clip, as columns of its row."""
    listed = facts.frame_list
    return {
        "frame_count": facts.frames,
        "fps_num": facts.fps.numerator,
        "fps_den": facts.fps.denominator,
        "frame_places": None if listed.is_constant else list(listed.in_copy()),
        "copy_frames": None if listed.is_constant else listed.frames_of_copy(),
        "has_sound": facts.has_sound,
        "file_width": facts.width,
        "file_height": facts.height,
    }


def keep_still(render, path):
    """Everything we know and hold of a still, as columns of its row.

    Raises:
        pictures.Unreadable: it cannot be shown.
    """
    found, kind = pictures.shown(path), kinds.of(path)
    in_browsers = "" if kind in _IN_BROWSERS else _review_still(render, path, found.image)
    return {
        "file": keep_file(render, path, kind),
        "review": in_browsers,
        "poster": _kept_image(render, "poster", found.image, width=POSTER_WIDTH * 2),
        "frame_count": 1,
        "file_width": found.width,
        "file_height": found.height,
    }


def _review_still(render, path, image):
    with scratch(".jpg") as file:
        target = Path(file.name)
        target.write_bytes(_as_jpeg(image, quality=95))
        manifests.sign(target, credentials.made(render, path), [Step.TRANSCODED])
        name = _name(render, "review", "jpg")
        _put(name, ContentFile(target.read_bytes()))
        return name


def keep_file(render, path, extension):
    """Keep the file as it came; its name in storage."""
    name = _name(render, "original", extension)
    with path.open("rb") as file:
        _put(name, file)
    return name


def copy_for_review(render):
    """The name in storage of a new copy that seeks fast; "" where none can be made."""
    source = Path(default_storage.path(render.file))
    try:
        return _review_copy(render, source, clips.probe(source))
    except clips.Unreadable:
        return ""


def _review_copy(render, path, facts):
    with scratch(".mp4") as file:
        target = Path(file.name)
        clip_copies.write_review_copy(path, target, facts)
        if clips.probe(target).frames != facts.frame_list.frames_of_copy():
            raise clips.Unreadable("a copy of the clip does not hold all of its frames")
        manifests.sign(target, credentials.made(render, path), [Step.TRANSCODED])
        name = _name(render, "review", "mp4")
        with target.open("rb") as signed:  # another file by now
            _put(name, signed)
        return name


def _kept_image(render, kind, image, *, width=None, quality=82):
    if width and image.width > width:
        image = image.copy()
        image.thumbnail((width, width * 4), Image.Resampling.LANCZOS, reducing_gap=2.0)
    name = _name(render, kind, "jpg")
    _put(name, ContentFile(_as_jpeg(image, quality=quality)))
    return name


def _as_jpeg(image, *, quality):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, comment=b"")  # what a provider wrote into a still stays there
    return out.getvalue()


def _name(render, kind, extension):
    return f"takes/{render.code.hex[:2]}/{render.code}/{kind}-{render.sha256[:12]}.{extension}"


def _put(name, content):
    """Store under exactly this name; what a killed worker left there is replaced."""
    if default_storage.exists(name):
        default_storage.delete(name)
    default_storage.save(name, content)
