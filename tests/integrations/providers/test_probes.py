"""How an answer or a callback looks, said without a word of theirs that could hold a secret."""

import uuid

import pytest

from studio.integrations import catalogue, providers
from studio.integrations.providers import probes
from studio.integrations.providers.wire import Said
from tests.integrations.providers.test_runware import order


def said(body, status=200, **headers):
    return Said(status, headers, body)


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        (b'{"data":[{"taskUUID":"x","cost":1}]}', "data envelope, without status"),
        (b'{"data":{"taskUUID":"x","status":"success"}}', "data envelope, with status"),
        (b'{"errors":[{"code":"x","status":"error"}]}', "errors envelope, with status"),
        (b'{"error":{"code":"x"},"taskUUID":"x"}', "error envelope, without status"),
        (b'{"taskUUID":"x","videoURL":"http://x"}', "flat, without status"),
        (b'[{"taskUUID":"x","status":"success"}]', "list, with status"),
        (b"<html>", "not JSON"),
        (b"null", "not JSON"),
        (b"", "not JSON"),
        (b"{}", "flat, without status"),
        (b"[1,2]", "list, without status"),
        (b"[" * 50_000, "not JSON"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_callback_has_a_shape(body, shape):
    assert str(probes.shape_of(body)) == shape


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (said(b'{"data":[{"taskUUID":"a"}]}'), "HTTP 200, data 1"),
        (said(b'{"data":[],"errors":[{"code":"a"},{"code":"a"},{"message":"b"}]}', 400), "HTTP 400, data 0, errors 3 (a, without a code)"),
        (said(b"<p>", 502, **{"content-type": "text/html; charset=x"}), "HTTP 502, text/html, unreadable"),
        (said(b""), "HTTP 200, no content type, unreadable"),
        (said(b'{"errors":[{"code":"a\\u0000\\nb\\ud800"}]}', 400), "HTTP 400, data 0, errors 1 (ab)"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_an_answer_in_a_few_words(answer, words):
    assert probes.about(answer) == words


def test_only_headers_about_limits_are_told():
    told = {"retry-after": "7", "x-ratelimit-remaining": "3", "ratelimit": "a", "set-cookie": "secret"}
    assert probes.limit_headers(said(b"", **told)) == {
        "retry-after": "7",
        "x-ratelimit-remaining": "3",
        "ratelimit": "a",
    }


def test_a_task_without_a_size_is_the_same_task(runware):
    task = providers.get("runware").task(order("gen-4-turbo"))
    assert probes.without_size(task) == {
        name: value for name, value in task.items() if name not in ("width", "height")
    }


@pytest.mark.parametrize("key", [model.key for model in catalogue.MODELS])
def test_nobody_makes_the_impossible_task(runware, key):
    task = probes.impossible(uuid.uuid4(), catalogue.get(key))
    assert runware.refusal(task)["code"]
