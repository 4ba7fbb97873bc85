"""What may need much memory is decoded in a process of its own, one at a time, and within a limit."""

import io
import subprocess
import threading
import time

import pytest
from PIL import Image

from studio.integrations.media import apart, pictures


def large(kind, side=4500, mode="RGB"):
    out = io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert(mode).save(out, kind)
    return out.getvalue()


def test_what_it_returns_comes_back_and_what_it_raises_is_raised_here():
    assert apart.run("operator", "add", 2, 3) == 5
    with pytest.raises(ZeroDivisionError):
        apart.run("operator", "truediv", 1, 0)


def test_more_memory_than_it_may_have_ends_it_and_not_us():
    with pytest.raises(apart.Failed):
        apart.run("builtins", "bytearray", 2 * apart.MEMORY)


def test_a_large_picture_is_taken_in_apart_and_alike():
    content = large("PNG")
    one, other = pictures.read(io.BytesIO(content)), pictures._read(content)
    assert one == other
    assert pictures.cut(content, None, 1280, 720) == pictures._cut(content, None, 1280, 720, None)
    assert pictures.shown(io.BytesIO(content)).width == 4500


@pytest.mark.parametrize(
    ("content", "calls"),
    [(large("PNG"), 1), (large("WEBP"), 1), (large("JPEG"), 0), (large("PNG", side=1000), 0)],
    ids=["png", "webp", "jpeg", "small"],
)
def test_only_what_must_be_decoded_whole_and_is_large_goes_there(monkeypatch, content, calls):
    asked = []
    monkeypatch.setattr(apart, "run", lambda module, name, *more: asked.append(name) or pictures._read(*more))
    pictures.read(io.BytesIO(content))
    assert asked == ["_read"] * calls


def test_a_large_picture_that_is_damaged_says_so():
    with pytest.raises(pictures.Unreadable, match="damaged"):
        pictures.read(io.BytesIO(large("PNG")[:-3000]))


def test_a_picture_that_needs_too_much_is_refused_in_words(monkeypatch):
    def fail(*_):
        raise apart.Failed("status 3")

    monkeypatch.setattr(apart, "run", fail)
    with pytest.raises(pictures.Unreadable, match="needs more memory"):
        pictures.read(io.BytesIO(large("PNG")))


def test_four_that_come_together_are_decoded_one_after_the_other(monkeypatch):
    """Four pictures of one colour once ended the process at 4 GB."""
    at_once, most = [], []

    def run(*_, **__):
        at_once.append(1)
        most.append(len(at_once))
        time.sleep(0.05)
        at_once.pop()
        return subprocess.CompletedProcess([], 3, b"", b"")

    monkeypatch.setattr(subprocess, "run", run)

    def ask():
        with pytest.raises(apart.Failed):
            apart.run("a", "b")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]
