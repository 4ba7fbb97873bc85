"""Callbacks as no document has them: taken with 204 and asked about at once, and nothing is lost (case 25)."""

import gzip
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studio.generation.renders import tokens
from studio.generation.renders.models import Render


def item(take):
    told = {"taskType": "videoInference", "taskUUID": str(take.code), "videoUUID": "v", "cost": 0.605}
    return {**told, "videoURL": "https://im.runware.ai/a.mp4", "seed": 1}


PLAIN = json.dumps
ODD = {
    "a mark at its beginning": lambda it: b"\xef\xbb\xbf" + PLAIN(it).encode(),
    "UTF-16": lambda it: PLAIN(it).encode("utf-16"),
    "packed": lambda it: gzip.compress(PLAIN(it).encode()),
    "JSON in a string of JSON": lambda it: PLAIN(PLAIN(it)).encode(),
    "wrapped by an automation": lambda it: PLAIN({"body": it, "headers": {}}).encode(),
    "a form": lambda it: f"payload={PLAIN(it)}".encode(),
    "something behind it": lambda it: PLAIN(it).encode() + b"\n--boundary",
    "nothing": lambda it: b"",
    "a key twice": lambda it: PLAIN(it).encode()[:-1] + b', "cost": "much", "cost": 0.605}',
    "a number": lambda it: b"7",
    "null": lambda it: b"null",
    "deep": lambda it: b"[" * 20_000,
}


@pytest.fixture
def take(order):
    (take,) = order()
    Render.objects.update(
        state="rendering", sent_at=timezone.now(), check_at=timezone.now() + timedelta(hours=1)
    )
    take.refresh_from_db()
    return take


@pytest.mark.parametrize("name", ODD)
def test_it_is_taken_and_counts_or_is_asked_about(take, runware, name):
    address = f"/hooks/runware/{tokens.make(take.code)}"
    answer = Client(raise_request_exception=False).post(
        address, ODD[name](item(take)), content_type="application/json"
    )
    assert answer.status_code == 204
    take.refresh_from_db()
    assert take.state == "saving" or take.check_at <= timezone.now()


def test_one_that_is_too_long_is_refused_and_left_to_the_sweep(take, runware):
    address = f"/hooks/runware/{tokens.make(take.code)}"
    body = json.dumps({**item(take), "more": "x" * 70_000})
    assert Client().post(address, body, content_type="application/json").status_code == 413
    take.refresh_from_db()
    assert take.state == "rendering"
