"""An order goes out and something happens on the way (`protocols.md` 10; design 3.3)."""

import json
from decimal import Decimal

import httpx
import pytest
from django.utils import timezone

from studio.generation.renders import lifecycle
from studio.generation.renders.models import ProviderHold, Render
from studio.integrations import providers
from studio.integrations.providers import Runware
from tests.generation.conftest import balanced

PRICE = Decimal("0.605")


@pytest.fixture(autouse=True)
def no_grace(settings):
    """Silence about a task means at once that it was not taken."""
    settings.RESEND_GRACE_SECONDS = 0


def send(take):
    Render.objects.update(due_at=timezone.now())
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    return take


# --- the answer is lost (row 1), cut or not JSON (row 11) -----------------------------------


@pytest.mark.parametrize(
    "fault",
    ["answer_lost", "truncated_json", "empty_body", "http_500", "html"],
)
def test_an_order_taken_without_an_answer_is_found_by_asking(order, engine, runware, books, posts, fault):
    """Rows 1 and 11: it is made once, charged once, and was posted once."""
    runware.faults(fault, times=1, accepted=True)
    (take,) = order()

    assert send(take).state == "submitting"
    assert balanced(take.project).held == PRICE
    engine.run()

    take.refresh_from_db()
    assert (take.state, take.cost, posts(take)) == ("ready", PRICE, 1)
    assert (books().spent, books().held) == (PRICE, 0)


@pytest.mark.parametrize("fault", ["http_503", "http_504", "http_500", "html", "error_singular"])
def test_an_order_of_unknown_fate_is_asked_about_and_sent_again(order, engine, runware, books, posts, fault):
    """Rows 11 and 12: a 5xx proves nothing. The same UUID goes again once they do not know it."""
    runware.faults(fault, times=1)
    (take,) = order()

    assert send(take).state == "submitting"
    assert balanced(take.project).held == PRICE
    engine.step()
    take.refresh_from_db()
    assert (take.state, take.note) == ("queued", "No answer the first time: sending it again.")
    engine.run()

    take.refresh_from_db()
    assert (take.state, posts(take)) == ("ready", 2)
    assert books().spent == PRICE


def test_the_answer_comes_too_late(order, engine, runware, books, posts):
    """Row 1: delayed beyond our patience, after it was taken."""
    providers.use(
        Runware(url=runware.url, key=runware.key, origin=runware.root, timeout=0.1),
    )
    runware.faults("answer_slow", seconds=0.4, times=1)
    (take,) = order()

    assert send(take).state == "submitting"
    providers.use_sandbox(runware.url, runware.key)
    engine.run()

    take.refresh_from_db()
    assert (take.state, posts(take)) == ("ready", 1)
    assert books().spent == PRICE


def test_being_told_the_uuid_is_taken_means_it_was_accepted(order, engine, runware, books, posts):
    """Row 1: the first POST was taken, nobody could see it yet, and the second is refused."""
    runware.faults("answer_lost", times=1)
    runware.faults("poll_empty", times=1)
    (take,) = order()

    send(take)
    engine.hurry()
    lifecycle.ask()
    take.refresh_from_db()
    assert take.state == "queued"

    assert send(take).state == "rendering"
    engine.run()
    take.refresh_from_db()
    assert (take.state, posts(take)) == ("ready", 2)
    assert books().spent == PRICE


def test_a_task_that_may_be_bought_cannot_be_cancelled_for_free(order, engine, runware, books):
    """Rows 1 and 27: after a lost answer it is queued again, then told to wait; it may still exist."""
    runware.faults("answer_lost", times=1)
    runware.faults("poll_empty", times=1)
    (take,) = order()
    send(take)
    engine.hurry()
    lifecycle.ask()
    runware.faults("http_429", times=1)

    assert send(take).state == "queued"
    assert not take.undoable
    assert not lifecycle.cancel(take, by=take.created_by)
    engine.run()
    assert Render.objects.get().state == "ready"
    assert books().spent == PRICE


def test_nothing_is_sent_again_within_the_grace_period(order, engine, runware, settings, posts):
    """Row 18: a task just accepted may not be visible yet."""
    settings.RESEND_GRACE_SECONDS = 30
    runware.faults("answer_lost", times=1)
    runware.faults("poll_empty", times=3)
    (take,) = order()
    send(take)

    for _ in range(3):
        engine.hurry()
        lifecycle.ask()
        take.refresh_from_db()
        assert take.state == "submitting"
    assert posts(take) == 1
    engine.run()
    assert Render.objects.get().state == "ready"


def test_one_order_is_one_request(order, answering):
    """Row 29: no retry of a POST behind our back."""
    seen = answering(lambda request: (_ for _ in ()).throw(httpx.ReadTimeout("slow")))
    (take,) = order()

    assert send(take).state == "submitting"
    assert len(seen) == 1


# --- not taken for sure (row 12, design 3) --------------------------------------------------


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("silent")])
def test_a_provider_that_cannot_be_reached_took_nothing(order, answering, error):
    """Back in the queue and free to be cancelled."""
    answering(lambda request: (_ for _ in ()).throw(error))
    (take,) = order()

    assert send(take).state == "queued"
    assert take.note == "The provider cannot be reached."
    assert 14 < (take.due_at - timezone.now()).total_seconds() < 20
    assert take.undoable
    assert lifecycle.cancel(take, by=take.created_by)
    assert balanced(take.project).held == 0


def test_nobody_listens_where_the_provider_should_be(order, engine, runware, books):
    """Connection refused, over a real socket; when the provider is back all goes on."""
    providers.use(Runware(url="http://127.0.0.1:9/v1", key="a key", origin="http://127.0.0.1:9"))
    (take,) = order()
    assert send(take).note == "The provider cannot be reached."
    assert books().held == PRICE

    providers.use_sandbox(runware.url, runware.key)
    engine.run()
    take.refresh_from_db()
    assert (take.state, take.note) == ("ready", "")
    assert not ProviderHold.objects.exists()
    assert books().spent == PRICE


@pytest.mark.parametrize(("retry_after", "seconds"), [(None, 15), (7, 7), (90, 90)])
def test_a_full_queue_is_tried_again_when_they_say(
    order, engine, runware, books, posts, retry_after, seconds
):
    """Row 12: with jitter, and never before Retry-After."""
    runware.faults("http_429", times=1, retry_after=retry_after)
    (take,) = order()

    assert send(take).state == "queued"
    wait = (take.due_at - timezone.now()).total_seconds()
    assert seconds - 1 < wait < seconds * 1.3 + 1
    assert take.note == "The provider is busy."
    lifecycle.submit(str(take.batch))
    assert posts(take) == 1, "sent too early"
    engine.run()

    assert posts(take) == 2
    assert books().spent == PRICE


@pytest.mark.parametrize("header", ["Wed, 21 Oct 2026 07:28:00 GMT", "-3", "²", "99999999999", "soon", ""])
def test_an_odd_retry_after_is_no_reason_to_break(order, answering, header):
    body = {"errors": [{"code": "rateLimitExceeded", "message": "Full."}]}
    answering(lambda request: httpx.Response(429, json=body, headers=[(b"Retry-After", header.encode())]))
    (take,) = order()

    assert send(take).state == "queued"
    assert 14 < (take.due_at - timezone.now()).total_seconds() < 3600 * 1.4


def test_a_provider_that_is_down_for_a_while_says_how_long(order, runware):
    """Row 12: a 503 proves nothing, so it is asked about, but not before Retry-After."""
    runware.faults("http_503", times=1, retry_after=90)
    (take,) = order()

    assert send(take).state == "submitting"
    assert 85 < (take.check_at - timezone.now()).total_seconds() < 95


@pytest.mark.parametrize("status", [429, 401, 403, 402])
@pytest.mark.parametrize("content", [b"<html>Too many</html>", b"", b"{}", b'{"data":[]}'])
def test_a_refusal_that_only_the_status_tells(order, answering, status, content):
    """Rows 10 to 12: nobody can read the body, the status is enough."""
    answering(lambda request: httpx.Response(status, content=content))
    (take,) = order()

    assert send(take).state == "queued"
    assert take.note
    assert balanced(take.project).held == PRICE


@pytest.mark.parametrize("status", [200, 400, 404, 500, 502, 503, 504])
@pytest.mark.parametrize(
    "content",
    [
        b"<html><h1>Bad Gateway</h1></html>",
        b"",
        b'{"data":[{"task',
        b"[]",
        b"null",
        b"{}",
        b'{"data":null}',
        b"7",
    ],
    ids=repr,
)
def test_a_body_nobody_can_read_is_of_unknown_fate(order, answering, status, content):
    """Row 11: never "failed". A page that there is no such address is of a server that takes no orders."""
    answering(lambda request: httpx.Response(status, content=content))
    (take,) = order()

    elsewhere = status == 404 and content.startswith(b"<")
    assert send(take).state == ("queued" if elsewhere else "submitting")
    assert balanced(take.project).held == PRICE


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("serviceUnavailable", 503),
        ("providerGatewayTimeout", 504),
        ("noAvailableServer", 503),
        ("neverSeenBefore", 502),
        ("internalServerError", 200),
        ("internalError", 400),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_an_error_of_the_server_says_nothing_of_the_order(order, answering, code, status, named):
    """Rows 10 and 12: 1.7 has these as transient, with the same UUID."""

    def handler(request):
        (task,) = json.loads(request.content)
        error = {"code": code, "message": "Later."} | ({"taskUUID": task["taskUUID"]} if named else {})
        return httpx.Response(status, json={"errors": [error]})

    answering(handler)
    (take,) = order()

    assert send(take).state == "submitting"
    assert balanced(take.project).held == PRICE


# --- a batch that is answered in parts (rows 9 and 10) --------------------------------------


@pytest.mark.parametrize("accepted", [True, False])
def test_a_task_in_neither_list_is_of_unknown_fate(order, engine, runware, books, posts, accepted):
    """Row 9."""
    one, other = order(takes=2)
    runware.faults("dropped", match=str(other.code), times=1, accepted=accepted)
    send(one)

    other.refresh_from_db()
    assert (one.state, other.state) == ("rendering", "submitting")
    engine.run()
    assert set(Render.objects.values_list("state", flat=True)) == {"ready"}
    assert (posts(one), posts(other)) == (1, 1 if accepted else 2)
    assert books().spent == 2 * PRICE


def test_half_a_batch_is_refused(order, engine, runware, books):
    """Rows 9 and 10: each take goes its own way."""
    one, other = order(takes=2)
    runware.faults("refuse_moderation", match=str(other.code))
    send(one)
    assert balanced(one.project).held == PRICE
    engine.run()

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, other.state) == ("ready", "failed")
    assert (books().spent, books().held) == (PRICE, 0)


def test_half_a_batch_has_to_wait(order, engine, runware, books):
    """Rows 9 and 13: what was taken lifts no hold that the rest has just brought about."""
    one, other = order(takes=2)
    runware.faults("insufficient_credits", match=str(one.code), times=1)
    send(one)

    other.refresh_from_db()
    assert (one.state, other.state) == ("queued", "rendering")
    assert ProviderHold.objects.get().family == "quota"
    engine.run()
    assert set(Render.objects.values_list("state", flat=True)) == {"ready"}
    assert books().spent == 2 * PRICE


def test_the_answer_is_matched_by_uuid_not_by_place(order, answering):
    """Row 9, protocols 1.2: items come in any order, and strangers among them are ignored."""

    def handler(request):
        first, second = json.loads(request.content)
        stranger = {"taskUUID": "00000000-0000-4000-8000-000000000000", "taskType": "videoInference"}
        return httpx.Response(
            200,
            json={
                "data": [stranger, {"taskUUID": second["taskUUID"]}, {"taskUUID": None}, {}],
                "errors": [{"code": "invalidWidth", "message": "No.", "taskUUID": first["taskUUID"]}],
            },
        )

    answering(handler)
    one, other = order(takes=2)
    send(one)

    other.refresh_from_db()
    assert (one.state, other.state) == ("failed", "rendering")
    assert balanced(one.project).held == PRICE


@pytest.mark.parametrize("status", [200, 400, 500])
def test_data_counts_whatever_the_status(order, answering, status):
    """Row 10."""

    def handler(request):
        (task,) = json.loads(request.content)
        return httpx.Response(status, json={"data": {"taskUUID": task["taskUUID"]}, "errors": None})

    answering(handler)
    (take,) = order()

    assert send(take).state == "rendering"


def test_an_acknowledgement_may_already_hold_the_result(order, engine, runware, books):
    """Protocols 1.4."""
    runware.faults("ack_with_result")
    (take,) = order()

    assert send(take).state == "saving"
    engine.run()
    assert books().spent == PRICE


# --- which purse ----------------------------------------------------------------------------


def test_what_was_ordered_in_the_sandbox_is_never_sent_for_money(order, answering, settings):
    """A real key is set between the press and the sending."""
    (take,) = order()
    settings.RUNWARE_API_KEY = "a real key"
    seen = answering(lambda request: httpx.Response(500))

    assert send(take).state == "failed"
    assert not seen
    assert balanced(take.project).held == 0


def test_what_the_sandbox_makes_is_not_asked_for_elsewhere(order, engine, runware, answering, settings):
    runware.faults("never_ends")
    (take,) = order()
    send(take)
    settings.RUNWARE_API_KEY = "a real key"
    seen = answering(lambda request: httpx.Response(200, json={"data": []}))

    engine.hurry()
    lifecycle.ask()
    take.refresh_from_db()
    assert take.state == "rendering"
    assert not seen
