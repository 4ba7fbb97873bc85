"""The size of a result, read from its file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from studio.integrations.media import clips, pictures
from studio.integrations.providers import Runware, Unfetched
from studio.integrations.providers.base import Result

LARGEST = 200 * 1024 * 1024  # bytes; a few seconds of film are far smaller
PATIENCE = 120.0  # seconds


def size_of(client: Runware, result: Result, *, still: bool) -> tuple[int, int] | None:
    """Width and height; None where the file cannot be had or read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result"
        try:
            with path.open("wb") as file:
                client.fetch(result.url, file, limit=LARGEST, seconds=PATIENCE)
            if still:
                with pictures.complaints():
                    return pictures.opened(path.read_bytes()).image.size
            facts = clips.probe(path)
            return facts.width, facts.height
        except (Unfetched, pictures.Unreadable, clips.Unreadable):
            return None
