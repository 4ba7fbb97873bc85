"""The door a provider knocks on: whatever is said there, nothing breaks and nothing counts twice."""

import gzip
import json
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from studio.generation.renders import lifecycle, results, tokens
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.providers import Runware
from studio.runtime.live.models import Event
from tests.generation.conftest import balanced

HOST = "https://vm.runware.ai"


@pytest.fixture(autouse=True)
def real_provider():
    """No call leaves: callbacks are only listened to. Results may come from the vendor's hosts."""
    providers.use(Runware(url="http://127.0.0.1:9/v1", key="a key", result_hosts=["runware.ai"]))


@pytest.fixture
def take(order):
    """A take the provider is making."""
    (take,) = order()
    take.move_to("submitting")
    take.move_to("rendering")
    return take


def result(take, **changes):
    """The item of a finished take, as the vendor's page shows it."""
    return {
        "taskType": "videoInference",
        "taskUUID": str(take.code),
        "videoUUID": "7f3a9f0c-83cb-4a4f-8a0b-2b1d6a0c2201",
        "videoURL": f"{HOST}/video/os/a00d00/ws/5/vi/7f3a9f0c-83cb-4a4f-8a0b-2b1d6a0c2201.mp4",
        "seed": 48120,
        "cost": 0.605,
    } | changes


def failure(take, **changes):
    return {
        "code": "invalidProviderContent",
        "message": "Rejected by content moderation.",
        "taskType": "videoInference",
        "taskUUID": str(take.code),
    } | changes


def knock(take, body, *, token=None, **extra):
    """Call back about a take; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    address = f"/hooks/runware/{token or tokens.make(take.code)}"
    return Client(raise_request_exception=False).post(
        address, content, content_type="application/json", **extra
    )


def state(take):
    take.refresh_from_db()
    return take.state


# --- who may knock ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda good: good[:-1] + ("0" if good[-1] != "0" else "1"),
        lambda good: good[:32],
        lambda good: good[:-1],
        lambda good: good + "0",
        lambda good: uuid.uuid4().hex + good[32:],
        lambda good: "é" * 64,
        lambda good: "x",
    ],
)
def test_a_wrong_token_is_a_closed_door(take, spoilt):
    """Row 7."""
    answer = knock(take, {"data": [result(take)]}, token=spoilt(tokens.make(take.code)))

    assert answer.status_code == 404
    assert state(take) == "rendering"


def test_the_token_of_another_task_says_nothing_about_this_one(order, take):
    """Row 7: what is said of another task is dropped, and the token's own task is asked about."""
    (other,) = order()
    other.move_to("submitting")
    Render.objects.update(check_at=lifecycle.in_seconds(600))

    answer = knock(take, {"data": [result(take)]}, token=tokens.make(other.code))

    assert answer.status_code == 204
    assert state(take) == "rendering"
    assert list(Render.objects.to_settle()) == [other]
    assert balanced(take.project).spent == 0


def test_a_token_for_a_take_that_is_gone_does_no_work(take):
    """Row 7: the same answer as for one that exists."""
    code = uuid.uuid4()
    gone = result(take, taskUUID=str(code))

    assert knock(take, {"data": [gone]}, token=tokens.make(code)).status_code == 204
    assert not Event.objects.filter(subject=str(code)).exists()


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_only_a_post_is_a_knock(take, method):
    address = f"/hooks/runware/{tokens.make(take.code)}"

    assert getattr(Client(), method)(address).status_code == 405


# --- what is said, in every shape (row 6, protocols 1.8) ------------------------------------

SHAPES = {
    "flat": lambda item: item,
    "data list": lambda item: {"data": [item]},
    "data object": lambda item: {"data": item},
    "list": lambda item: [item],
    "list of envelopes": lambda item: [{"data": [item]}],
    "with a status": lambda item: {"data": [{**item, "status": "success"}]},
    "beside no errors": lambda item: {"data": [item], "errors": []},
}
FAILED = {
    "errors": lambda item: {"errors": [item]},
    "errors object": lambda item: {"errors": item},
    "errors beside no data": lambda item: {"data": [], "errors": [item]},
    "error": lambda item: {"error": item},
    "error, its task beside it": lambda item: {
        "error": {"code": item["code"], "message": item["message"]},
        "taskUUID": item["taskUUID"],
    },
    "flat": lambda item: item,
    "flat with a status": lambda item: {**item, "status": "error"},
    "list": lambda item: [item],
    "inside data": lambda item: {"data": [{"taskUUID": item["taskUUID"], "status": "error", "error": item}]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_result_is_understood_in_every_shape(take, shape):
    """Row 6."""
    assert knock(take, SHAPES[shape](result(take))).status_code == 204

    assert state(take) == "saving"
    assert (take.cost, take.cost_source, take.seed) == (Decimal("0.605"), "provider", 48120)
    assert balanced(take.project).spent == Decimal("0.605")


@pytest.mark.parametrize("shape", FAILED)
def test_a_failure_is_understood_in_every_shape(take, shape):
    """Rows 6 and 16."""
    assert knock(take, FAILED[shape](failure(take))).status_code == 204

    assert state(take) == "failed"
    assert (take.failure_code, take.failure) == ("invalidProviderContent", "Rejected by content moderation.")
    assert balanced(take.project).held == take.estimate  # not a word of money


@pytest.mark.parametrize("word", ["processing", "queued", "pending"])
def test_progress_means_it_was_taken(order, word):
    """Rows 2 and 6: even before the acknowledgement."""
    (take,) = order()
    take.move_to("submitting")
    running = {"taskUUID": str(take.code), "status": word, "progress": 50, "videoUUID": "7f3a"}

    assert knock(take, {"data": [running]}).status_code == 204
    assert state(take) == "rendering"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><title>502 Bad Gateway</title>",
        b'{"data":[{"taskUUID":',
        b"null",
        b"[]",
        b"{}",
        b'"ok"',
        b"\xff\xfe\x00",
        b"[" * 20_000,
        b'{"data":[],"errors":[]}',
        b"1" * 5000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_cannot_be_read_is_asked_about(take, body):
    """Rows 6, 8 and 11: nothing is stored but that somebody should look, now."""
    Render.objects.update(check_at=lifecycle.in_seconds(600))

    assert knock(take, body).status_code == 204
    assert state(take) == "rendering"
    assert list(Render.objects.to_settle()) == [take]


@pytest.mark.parametrize("content_length", ["", "²", "-1", "abc", "10"])
def test_a_body_of_another_length_than_announced_does_no_harm(take, content_length):
    answer = knock(take, {"data": [result(take)]}, CONTENT_LENGTH=content_length)

    assert answer.status_code in (204, 400, 413)
    balanced(take.project)


@pytest.mark.parametrize("size", [65_537, 2 * 1024 * 1024, 3 * 1024 * 1024])
def test_a_huge_body_is_not_read(take, size):
    assert knock(take, b" " * size).status_code == 413
    assert state(take) == "rendering"


@pytest.mark.parametrize(
    "item",
    [
        {"status": []},
        {"status": {}},
        {"videoUUID": ["7f3a"]},
        {"videoUUID": "x" * 5000},
        {"videoUUID": "\ud800"},
        {"videoUUID": "a\x00b"},
        {"seed": 2**70},
        {"seed": "48120"},
        {"NSFWContent": "yes"},
        {"error": "no"},
        {"code": None},
        {"videoURL": f"{HOST}/\x00.mp4"},
        {"videoURL": f"{HOST}/\ud800.mp4"},
        {"videoURL": "https://[vm.runware.ai/x.mp4"},
        {"videoURL": None, "imageURL": 4},
    ],
    ids=str,
)
def test_odd_values_are_no_reason_to_break(take, item):
    assert knock(take, {"data": [result(take, **item)]}).status_code == 204
    balanced(take.project)


@pytest.mark.parametrize("field", ["code", "message", "responseContent"])
@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "x" * 100_000, "", None, ["two", "parts"]])
def test_odd_words_of_a_failure_end_it_all_the_same(take, field, text):
    body = {"errors": [failure(take, **{field: text})]}

    assert knock(take, json.dumps(body).encode()[:65_536]).status_code == 204
    assert state(take) in ("failed", "rendering")
    balanced(take.project)


# --- what does not fit the order is asked about (rows 7, 24 and 31) -------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"cost": 6.05},
        {"cost": 0.01},
        {"cost": -0.605},
        {"cost": 0},
        {"cost": None},
        {"cost": "much"},
        {"cost": "abc"},
        {"cost": True},
        {"cost": float("nan")},
        {"cost": float("inf")},
        {"cost": 1e300},
        {"cost": [0.605]},
        {"videoURL": "https://files.example.com/a.mp4"},
        {"videoURL": "http://vm.runware.ai/a.mp4"},
        {"videoURL": "https://vm.runware.ai:8443/a.mp4"},
        {"videoURL": "https://vm.runware.ai.example.com/a.mp4"},
        {"videoURL": "https://runware.ai@example.com/a.mp4"},
        {"videoURL": "https://evilrunware.ai/a.mp4"},
        {"videoURL": "file:///etc/passwd"},
        {"videoURL": "https://169.254.169.254/a.mp4"},
    ],
    ids=lambda changes: str(changes),
)
def test_a_callback_that_does_not_fit_counts_only_once_it_was_asked(take, changes):
    Render.objects.update(check_at=lifecycle.in_seconds(600))

    assert knock(take, {"data": [result(take, **changes)]}).status_code == 204

    assert state(take) == "rendering"
    assert list(Render.objects.to_settle()) == [take]
    row = balanced(take.project)
    assert (row.spent, row.held) == (0, Decimal("0.605"))


# --- again, early and late ------------------------------------------------------------------


def test_the_same_callback_twice_is_charged_once(take):
    """Row 4."""
    for _ in range(3):
        assert knock(take, {"data": [result(take)]}).status_code == 204

    assert balanced(take.project).spent == Decimal("0.605")
    moves = Event.objects.filter(kind="render.moved", payload__state="saving")
    assert moves.count() == 1


def test_a_callback_before_the_acknowledgement_wins(order):
    """Row 2: the late acknowledgement does not move it backwards."""
    (take,) = order()
    take.move_to("submitting")

    assert knock(take, {"data": [result(take)]}).status_code == 204
    lifecycle.settle(take, providers.base.Accepted())

    assert state(take) == "saving"
    assert balanced(take.project).spent == Decimal("0.605")


def test_a_callback_after_the_poll_changes_nothing(take):
    """Row 4."""
    told = providers.get("runware").read_webhook(json.dumps(result(take)).encode())
    results.receive(told[0], asked=True)

    assert knock(take, {"data": [result(take)]}).status_code == 204
    assert balanced(take.project).spent == Decimal("0.605")
    assert Render.objects.count() == 1


def test_a_result_told_again_brings_a_fresh_address(take):
    """Row 21."""
    knock(take, {"data": [result(take)]})
    knock(take, {"data": [result(take, videoURL=f"{HOST}/fresh.mp4")]})

    take.refresh_from_db()
    assert take.result_url == f"{HOST}/fresh.mp4"
    assert balanced(take.project).spent == Decimal("0.605")


def test_a_failure_after_the_result_takes_nothing_back(take):
    knock(take, {"data": [result(take)]})
    knock(take, {"errors": [failure(take)]})

    assert state(take) == "saving"
    assert balanced(take.project).spent == Decimal("0.605")


def test_a_result_after_the_failure_is_charged_and_saved(take):
    """Row 20: it was made, so it was paid."""
    knock(take, {"errors": [failure(take)]})
    knock(take, {"data": [result(take)]})

    assert state(take) == "saving"
    assert balanced(take.project).spent == Decimal("0.605")


def test_a_second_result_becomes_an_extra_take_and_is_charged(take):
    """Design 3.4: nothing paid is dropped."""
    second = result(take, videoUUID="second", videoURL=f"{HOST}/second.mp4", cost=0.61)
    for item in (result(take), second, second, result(take)):
        assert knock(take, {"data": [item]}).status_code == 204

    first, extra = Render.objects.order_by("number")
    assert (extra.number, extra.state, extra.cost, extra.parent) == (2, "saving", Decimal("0.61"), first)
    assert extra.task_code == first.code
    assert balanced(take.project).spent == Decimal("1.215")


def test_both_results_in_one_body_are_two_takes(take):
    knock(take, {"data": [result(take), result(take, videoUUID="second")]})

    assert Render.objects.count() == 2
    assert balanced(take.project).spent == Decimal("1.21")


def test_a_callback_while_the_engine_is_starting_is_asked_to_come_again(take):
    """Right after a restart the page server answers before there is a provider."""
    providers.forget()

    assert knock(take, {"data": [result(take)]}).status_code == 503
    assert state(take) == "rendering"


# --- anything at all ------------------------------------------------------------------------

KEYS = ["data", "errors", "error", "taskUUID", "status", "code", "message", "videoUUID", "videoURL"]
KEYS += ["imageURL", "seed", "cost", "NSFWContent", "responseContent", "parameter", "errorId"]
# lone surrogates too: JSON can spell them, no database can hold them
words = st.sampled_from(["success", "error", "processing", f"{HOST}/a.mp4", "THE TASK", "\ud800", "\x00"])
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | words | st.text(st.characters(), max_size=8)
)
bodies = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies | st.binary(max_size=60), named=st.booleans())
@example(body={"taskUUID": "THE TASK", "status": {}}, named=True)
@example(body={"errors": [{"taskUUID": "THE TASK", "code": "\ud800", "message": "\ud800"}]}, named=False)
@example(body={"data": {"taskUUID": "THE TASK", "videoURL": f"{HOST}/a.mp4", "cost": 0.605, "videoUUID": "\ud800"}}, named=False)  # fmt: skip
def test_no_body_ever_breaks_the_door(take, body, named):
    """Row 8: whatever comes is answered with 204, and the books stay right."""
    if isinstance(body, dict) and named:
        body = {"taskUUID": str(take.code)} | body
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    answer = knock(take, content.replace(b"THE TASK", str(take.code).encode()))

    assert answer.status_code == 204
    balanced(take.project)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda told: b"\xef\xbb\xbf" + told,
        lambda told: told.decode().encode("utf-16"),
        lambda told: gzip.compress(told),
        lambda told: json.dumps(told.decode()).encode(),
        lambda told: b'{"event":"done","payload":' + told + b"}",
        lambda told: b"data=" + told,
        lambda told: told + b"\n<!-- garbage -->",
        lambda told: b"",
        lambda told: told.replace(b'"cost":', b'"cost": 0.1, "cost":'),
        lambda told: told.replace(b'"taskUUID":', b'"taskUUID": "x", "taskUUID":'),
    ],
    ids=[
        "bom",
        "utf-16",
        "gzip",
        "string",
        "wrapped",
        "form",
        "garbage",
        "empty",
        "cost twice",
        "task twice",
    ],
)
def test_an_odd_callback_counts_or_is_asked_about_at_once(take, wrapped):
    """Case 25: whatever it is packed in, nobody waits for the sweep."""
    Render.objects.update(check_at=lifecycle.in_seconds(600))
    told = json.dumps({"data": [result(take)]}).encode()

    assert knock(take, wrapped(told)).status_code == 204
    assert state(take) == "saving" or list(Render.objects.to_settle()) == [take]
    assert balanced(take.project).spent in (0, Decimal("0.605"))
