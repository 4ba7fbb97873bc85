"""What these tests have in common: a take that is ready, made from a picture."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from studio.generation.renders.models import Render
from studio.planning.projects import actions

TINY = Path("studio/integrations/sandbox/tiny")


@pytest.fixture
def ready(order, shot, frame, ana):
    """A take that is ready, with its files, and whose shot has a first frame."""
    actions.change_shot(shot, by=ana, first_frame=frame)
    (take,) = order(first_frame=frame)
    files = {
        "file": "original.mp4",
        "poster": "poster.jpg",
        "last_frame": "last.jpg",
        "filmstrip": "strip.jpg",
    }
    columns = {column: f"takes/{take.code}/{name}" for column, name in files.items()}
    for name in columns.values():
        default_storage.save(name, ContentFile((TINY / f"tiny.{name.rsplit('.')[-1]}").read_bytes()))
    more = {
        "state": "ready",
        "sha256": "ab" * 32,
        "frame_count": 24,
        "fps_num": 24,
        "fps_den": 1,
        "size": 1234,
    }
    Render.objects.filter(pk=take.pk).update(
        **columns, **more, file_width=1280, file_height=720, cost=take.estimate, revision=1
    )
    take.refresh_from_db()
    return take
