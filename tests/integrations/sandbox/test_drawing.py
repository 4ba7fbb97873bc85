"""Real files, drawn by the workers."""

import io
import os
import signal
from pathlib import Path

import av
import httpx
import pytest
from PIL import Image

from tests.integrations.sandbox.orders import kite, picture, still, turbo
from tests.integrations.sandbox.running import Running, eventually
from tests.integrations.sandbox.test_child import descendants


@pytest.fixture(scope="module")
def drawing(start):
    begun = start(options=(), workers=1)
    return Running(begun.url, begun.key)


def content(item):
    return httpx.get(item.get("videoURL") or item["imageURL"], trust_env=False).content


def test_results_have_the_size_length_and_format_that_were_ordered(drawing):
    clip = turbo(width=..., height=..., duration=2, inputs={"frameImages": [picture(640, 360)]})
    image = still(width=720, height=720, outputFormat="PNG", referenceImages=[picture(64, 64)])
    drawing.send(clip, image)

    video, picture_made = drawing.results(clip, image, within=40)

    with av.open(io.BytesIO(content(video))) as made:
        stream = made.streams.video[0]
        assert (stream.codec_context.width, stream.codec_context.height) == (1280, 720)
        assert made.duration == pytest.approx(2 * av.time_base, rel=0.05)
    with Image.open(io.BytesIO(content(picture_made))) as made:
        assert (made.size, made.format) == ((720, 720), "PNG")


def test_a_worker_that_dies_is_replaced(drawing):
    drawing.made(still(width=720, height=720))
    task = kite(duration=5)
    drawing.send(task)
    pid = int(httpx.get(f"{drawing.root}/healthz", trust_env=False).json()["pid"])
    for worker in descendants(pid):
        if b"spawn_main" in Path(f"/proc/{worker}/cmdline").read_bytes():
            os.kill(worker, signal.SIGKILL)

    assert drawing.results(task, within=40)[0]["status"] == "success"


def test_a_drawing_cut_short_by_a_kill_is_drawn_again_whole(start, tmp_path):
    first = start(tmp_path, options=())
    task = kite(duration=5)
    Running(first.url, first.key).send(task)
    eventually(lambda: list(tmp_path.glob("files/video/os/*/ws/5/vi/.*.mp4")))
    first.process.kill()
    first.process.wait()

    second = start(tmp_path, options=())

    (item,) = Running(second.url, second.key).results(task, within=40)
    with av.open(io.BytesIO(content(item))) as made:
        assert made.duration == pytest.approx(5 * av.time_base, rel=0.05)
    assert len(list(tmp_path.glob("files/video/os/*/ws/5/vi/*"))) == 1
