"""The processes that draw. They end when the sandbox ends, however it ends."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from pathlib import Path

_LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Drawing:
    """One result to be drawn, in terms a process can be sent."""

    target: str
    inputs: tuple[str, ...]  # the first frame of a video, the references of a still
    video: bool
    prompt: str
    seed: int
    width: int
    height: int
    seconds: int | None
    format: str
    quality: int


def start() -> None:
    """Prepare a worker: never get in the way of the server, never outlive it."""
    os.nice(5)
    threading.Thread(target=_die_with, args=(os.getppid(),), daemon=True).start()


def draw(drawing: Drawing) -> None:
    """Draw to a name nobody looks at, then put the file in its place."""
    from studio.integrations.sandbox import (
        painting,  # late: the server itself never needs the drawing libraries
    )

    target = Path(drawing.target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")
    inputs = [Path(file).read_bytes() for file in drawing.inputs]
    try:
        if drawing.video:
            painting.paint_video(
                draft,
                prompt=drawing.prompt,
                seed=drawing.seed,
                width=drawing.width,
                height=drawing.height,
                seconds=drawing.seconds or 1,
                format=drawing.format,
                quality=drawing.quality,
                first_frame=inputs[0] if inputs else None,
            )
        else:
            painting.paint_still(
                draft,
                prompt=drawing.prompt,
                seed=drawing.seed,
                width=drawing.width,
                height=drawing.height,
                format=drawing.format,
                quality=drawing.quality,
                references=inputs,
            )
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _die_with(parent: int) -> None:
    """Exit as soon as the server is gone, also when it was killed and could say nothing."""
    server = parent_process()
    while server is not None and os.getppid() == parent:
        if connection.wait([server.sentinel], _LOOK_SECONDS):
            break
    os._exit(0)
