"""The provider says no: before it takes the order, or after (`protocols.md` 10, rows 10, 16 and 30)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from studio.generation.renders import failure_messages, lifecycle
from studio.generation.renders.models import Render

PRICE = Decimal("0.605")


def send(take):
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    return take


def test_moderated_before_it_was_taken(order, engine, runware, books, posts):
    """Row 16: terminal, in words for whoever wrote it, never tried again."""
    runware.faults("refuse_moderation")
    (take,) = order()
    engine.run()
    engine.step()

    take.refresh_from_db()
    assert (take.state, take.failure_code, posts(take)) == ("failed", "invalidProviderContent", 1)
    told = failure_messages.of_failure(take)
    assert told.title == "Refused by content check"
    assert told.edit_prompt
    assert "moderation" in told.said
    assert (books().spent, books().held) == (0, 0)


@pytest.mark.parametrize("shape", [None, "poll_failed_as_200", "poll_error_in_data"])
def test_moderated_after_it_was_taken(order, engine, runware, books, posts, shape):
    """Rows 10 and 16: as HTTP 400, as 200, and as an error inside data."""
    runware.faults("moderation")
    if shape:
        runware.faults(shape)
    (take,) = order()
    assert send(take).state == "rendering"
    engine.run()
    engine.step()

    take.refresh_from_db()
    assert (take.state, posts(take)) == ("failed", 1)
    assert failure_messages.of_failure(take).title == "Refused by content check"
    assert take.ended_at
    assert (books().spent, books().held) == (0, 0)


def test_the_writer_reads_it_on_the_page(order, engine, runware, client_of, ana, shot):
    """Row 16."""
    runware.faults("moderation")
    (take,) = order()
    engine.run()

    page = client_of(ana).get(f"{shot.get_absolute_url()}?take={take.code}").content.decode()
    assert "Refused by content check" in page
    assert "Change the words or the picture" in page


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("timeoutProvider", "The provider took too long"),
        ("inferenceError", "The provider failed"),
        ("internalServerError", "The provider failed"),
        ("contentPolicyViolation", "Refused by content check"),
        ("providerInsufficientCredits", "The provider ran out of money"),
        ("unsupportedDuration", "The provider did not take the order"),
        ("quantumFluxMisaligned", "The provider could not make it"),
    ],
)
def test_a_task_that_failed_over_there_may_have_been_charged(
    order, engine, runware, books, posts, code, title
):
    """Rows 16 and 30: a new or renamed code is a failure too; its message is kept, nothing is retried."""
    runware.faults("fail", code=code, message="What happened, in their words.")
    (take,) = order()
    engine.run()
    engine.step()

    take.refresh_from_db()
    assert (take.state, take.failure_code, posts(take)) == ("failed", code, 1)
    assert (failure_messages.of_failure(take).title, take.failure) == (
        title,
        "What happened, in their words.",
    )
    assert take.charge_unknown
    assert (books().spent, books().held) == (0, take.estimate)


@pytest.mark.parametrize("status", [400, 200])
def test_an_unknown_code_is_a_refusal(order, engine, runware, books, posts, status):
    """Row 30."""
    runware.faults("unknown_code", status=status)
    (take,) = order()
    engine.run()

    take.refresh_from_db()
    assert (take.state, take.failure_code, posts(take)) == ("failed", "quantumFluxMisaligned", 1)
    assert "never heard of" in failure_messages.of_failure(take).said
    assert books().held == 0


@pytest.mark.parametrize("parameter", ["duration", ["width", "height"], None])
def test_a_setting_it_does_not_like(order, engine, runware, books, parameter):
    runware.faults("refuse", code="unsupportedDuration", message="Not 5.", parameter=parameter)
    (take,) = order()
    engine.run()

    take.refresh_from_db()
    assert take.state == "failed"
    assert failure_messages.of_failure(take).edit_prompt
    assert books().held == 0


def test_rendering_it_again_is_a_new_task(order, engine, runware, books):
    """Row 16: a person tries again; the old take and its code stay as they are."""
    runware.faults("moderation", times=1)
    (first,) = order()
    engine.run()
    (again,) = order(prompt="A kinder kite")
    engine.run()

    assert again.code != first.code
    assert list(Render.objects.order_by("number").values_list("state", flat=True)) == ["failed", "ready"]
    assert books().spent == PRICE


def test_a_first_frame_that_was_deleted_is_said_before_anything_is_sent(order, frame, runware, books):
    """Row 25: we keep the original and send it each time; if ours is gone, nothing is sent."""
    (take,) = order(model="gen-4-turbo", first_frame=frame)
    frame.delete()

    assert send(take).state == "failed"
    assert failure_messages.of_failure(take).title == "The first frame is gone"
    assert (books().spent, books().held) == (0, 0)


def test_stop_waiting_keeps_the_result_and_the_bill(order, engine, runware, books, client_of, ana):
    """Row 27: a task cannot be called back."""
    runware.faults("never_ends", times=1)
    (take,) = order()
    send(take)

    assert not lifecycle.cancel(take, by=ana)
    client_of(ana).post(reverse("viewer:dismiss", args=[take.code]))
    take.refresh_from_db()
    assert take.dismissed_at
    assert take.state == "rendering"
    assert books().held == PRICE

    runware.finish({"taskUUID": str(take.code)})
    engine.run()
    take.refresh_from_db()
    assert take.state == "ready"
    assert (books().spent, books().held) == (PRICE, 0)
