import io
import uuid

import av
import httpx
import pytest
from PIL import Image

from tests.integrations.sandbox.orders import kite, still
from tests.integrations.sandbox.running import Running


@pytest.fixture
def address(sandbox):
    return sandbox.made(kite())["videoURL"]


def get(address, method="GET", **headers):
    return httpx.request(method, address, headers=headers, trust_env=False)


def test_a_file_is_served_without_a_key_and_with_its_length(sandbox, address):
    response = get(address)

    assert response.status_code == 200
    assert response.headers["content-type"] == "video/mp4"
    assert int(response.headers["content-length"]) == len(response.content) > 1000
    with av.open(io.BytesIO(response.content)) as clip:
        assert next(clip.decode(video=0)) is not None


def test_addresses_look_like_the_vendors(sandbox):
    video, picture = sandbox.made(kite(outputFormat="WEBM")), sandbox.made(still(outputFormat="PNG"))

    path = video["videoURL"].removeprefix(sandbox.root)
    assert path.startswith("/video/os/a") and path.endswith(f"/ws/5/vi/{video['videoUUID']}.webm")
    path = picture["imageURL"].removeprefix(sandbox.root)
    assert path.startswith("/image/os/a") and path.endswith(f"/ws/2/ii/{picture['imageUUID']}.png")


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        (kite(), "video/mp4"),
        (kite(outputFormat="WEBM"), "video/webm"),
        (kite(outputFormat="MOV"), "video/quicktime"),
        (still(), "image/jpeg"),
        (still(outputFormat="PNG"), "image/png"),
        (still(outputFormat="WEBP"), "image/webp"),
    ],
)
def test_every_format_has_its_type_and_decodes(sandbox, task, kind):
    item = sandbox.made(task)
    response = get(item.get("videoURL") or item["imageURL"])

    assert response.headers["content-type"] == kind
    if kind.startswith("image"):
        Image.open(io.BytesIO(response.content)).load()
    else:
        with av.open(io.BytesIO(response.content)) as clip:
            assert clip.streams.video[0].codec_context.width


@pytest.mark.parametrize(
    ("wish", "first", "last"), [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-50", -50, None)]
)
def test_a_part_can_be_had(address, wish, first, last):
    whole = get(address).content

    response = get(address, Range=wish)

    assert response.status_code == 206
    assert response.content == whole[first : None if last is None else last + 1]
    start = first % len(whole)
    assert response.headers["content-range"] == (
        f"bytes {start}-{len(whole) - 1 if last is None else last}/{len(whole)}"
    )


def test_a_part_past_the_end_is_416_and_a_strange_wish_is_ignored(address):
    assert get(address, Range="bytes=99999999-").status_code == 416
    assert get(address, Range="lines=1-2").status_code == 200
    assert get(address, Range="bytes=0-1,5-6").status_code == 200


def test_head_says_the_same_without_a_body(address):
    response = get(address, "HEAD")

    assert response.status_code == 200
    assert int(response.headers["content-length"]) == len(get(address).content)
    assert response.content == b""


def test_a_stranger_is_not_found(sandbox):
    assert get(f"{sandbox.root}/video/os/a00d00/ws/5/vi/{uuid.uuid4()}.mp4").status_code == 404
    assert get(f"{sandbox.root}/video/../sandbox.sqlite3").status_code == 404
    assert get(f"{sandbox.root}/image/%2e%2e/%2e%2e/key").status_code == 404


def test_a_file_lives_for_its_ttl_and_its_task_stays_pollable(start):
    begun = start()
    sandbox = Running(begun.url, begun.key)
    short, usual = kite(ttl=60), kite()
    address, other = sandbox.made(short)["videoURL"], sandbox.made(usual)["videoURL"]

    sandbox.advance(59)
    assert get(address).status_code == 200
    sandbox.advance(2)
    assert get(address).status_code == 404
    assert get(other).status_code == 200
    assert sandbox.results(short)[0]["status"] == "success"
    sandbox.advance(7 * 24 * 3600)
    assert get(other).status_code == 404


def test_addresses_are_on_the_host_that_was_asked(sandbox):
    task = kite()
    sandbox.made(task)
    port = sandbox.root.rpartition(":")[2]
    response = sandbox.http.post(
        f"http://localhost:{port}/v1", json=[{"taskType": "getResponse", "taskUUID": task["taskUUID"]}]
    )

    assert response.json()["data"][0]["videoURL"].startswith(f"http://localhost:{port}/video/")
    forged = sandbox.poll(task).request
    forged.headers["Host"] = "example.com"
    assert sandbox.http.send(forged).json()["data"][0]["videoURL"].startswith("http://127.0.0.1:")
