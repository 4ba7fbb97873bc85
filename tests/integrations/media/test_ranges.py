"""Byte ranges: a video that cannot be asked for its middle cannot be scrubbed."""

import pytest
from asgiref.sync import async_to_sync
from django.urls import reverse

from studio.integrations.media import ranges


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", None),
        ("bytes=0-", (0, 99)),
        ("bytes=10-19", (10, 19)),
        ("bytes=90-500", (90, 99)),
        ("bytes=-5", (95, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes=5-2", None),
        ("bytes=1-2,5-6", None),
        ("chunks=1-2", None),
        ("bytes=a-b", None),
    ],
)
def test_a_range_is_read(header, part):
    assert ranges.wanted(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=200-300", "bytes=-0"])
def test_a_range_outside_the_file_is_not_satisfiable(header):
    with pytest.raises(ranges.NotSatisfiable):
        ranges.wanted(header, 100)


@pytest.fixture
def clip(order, engine):
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    return take


def body(response):
    async def joined():
        return b"".join([chunk async for chunk in response.streaming_content])

    return async_to_sync(joined)() if response.streaming else response.content


def test_a_take_is_sent_whole_in_part_and_not_again(client_of, bo, clip):
    client = client_of(bo)
    address = reverse("renders:media", args=[clip.code, "original", clip.sha256[:12]])
    whole = client.get(address)
    part = client.get(address, HTTP_RANGE="bytes=4-7")
    none = client.get(address, HTTP_RANGE=f"bytes={clip.size}-")
    again = client.get(address, HTTP_IF_NONE_MATCH=whole["ETag"])
    head = client.head(address)

    assert (whole.status_code, whole["Content-Type"], whole["X-Content-Type-Options"]) == (
        200,
        "video/mp4",
        "nosniff",
    )
    assert len(body(whole)) == clip.size == int(head["Content-Length"])
    assert (part.status_code, body(part), part["Content-Range"]) == (206, b"ftyp", f"bytes 4-7/{clip.size}")
    assert (none.status_code, none["Content-Range"]) == (416, f"bytes */{clip.size}")
    assert (again.status_code, body(again), body(head)) == (304, b"", b"")


def test_a_download_has_a_name_people_recognise(client_of, bo, clip):
    address = reverse("renders:media", args=[clip.code, "original", clip.sha256[:12]])
    answer = client_of(bo).get(f"{address}?download")
    assert answer["Content-Disposition"] == 'attachment; filename="TIDALOBSERVATORY_010_t01.mp4"'


def test_another_hash_or_kind_is_not_there(client_of, bo, clip):
    for kind, digest in (("original", "0" * 12), ("secret", clip.sha256[:12])):
        assert client_of(bo).get(reverse("renders:media", args=[clip.code, kind, digest])).status_code == 404
