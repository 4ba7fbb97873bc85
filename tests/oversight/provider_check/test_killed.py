"""A check that is killed loses nothing and pays nothing twice: the next one asks before it buys."""

import uuid
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from studio.integrations import providers
from studio.integrations.providers import Runware
from studio.oversight.provider_check import books as checkbooks
from studio.oversight.provider_check import check as checking
from studio.oversight.provider_check.models import Callback, Job
from studio.oversight.provider_check.plans import FINAL, STILL, TURBO
from studio.planning.ledger.models import Balance, LedgerEntry
from tests.oversight.provider_check.conftest import IMPATIENT, seen


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def kill(monkeypatch):
    """Die before, or right after, the POST that carries this plan."""

    def kill(plan, *, after):
        post = Runware.post

        def dying(client, tasks, **more):
            mine = any(str(code) == tasks[0]["taskUUID"] for code in _codes(plan)) and "model" in tasks[0]
            if mine and after:
                post(client, tasks, **more)
            if mine:
                monkeypatch.setattr(Runware, "post", post)
                raise Killed
            return post(client, tasks, **more)

        monkeypatch.setattr(Runware, "post", dying)

    return kill


def _codes(plan):
    return Job.objects.filter(key=plan.key).values_list("code", flat=True)


def _age(**ago):
    Job.objects.update(created_at=timezone.now() - timedelta(**ago))


def test_killed_after_it_was_sent_the_next_check_books_it_once(check, kill, books, runware):
    kill(TURBO, after=True)
    with pytest.raises(Killed):
        check()
    assert Job.objects.get(key="turbo").state == "sending"
    assert Balance.objects.get().held == TURBO.estimate

    report = check("0.2")

    turbo = Job.objects.get(key="turbo")
    assert (turbo.state, turbo.cost) == ("done", Decimal("0.1042"))
    assert books() == Decimal("0.2642")  # two stills, and one clip
    assert runware.book({"taskUUID": str(turbo.code)})["posts"] == 1
    assert "Gen-4 Turbo, 2 s, left by the check of" in seen(report, "11.6")
    assert "an earlier check that was cut short has ordered it" in seen(report, "11.6")


def test_killed_before_it_was_sent_it_is_never_sent_and_given_back_when_it_is_surely_unknown(
    check, kill, books, runware
):
    kill(STILL, after=False)
    with pytest.raises(Killed):
        check()
    still = Job.objects.get(key="still")

    check("0.01")
    still.refresh_from_db()
    assert still.state == "sending"  # it may not be visible yet
    assert Balance.objects.get().held == STILL.estimate

    _age(minutes=16)
    check("0.01")
    still.refresh_from_db()
    assert (still.state, still.failure_code) == ("failed", "neverTaken")
    assert books() == 0
    tasks = runware.http.get(f"{runware.root}/tasks").text
    assert str(still.code) not in tasks


def test_a_lost_answer_is_asked_about_and_not_sent_again(check, runware, books):
    runware.faults("answer_lost", match="prompt:kite", times=1)

    report = check("0.10")

    still = Job.objects.get(key="still")
    assert (still.state, books()) == ("done", Decimal("0.08"))
    assert runware.book({"taskUUID": str(still.code)})["posts"] == 1
    assert "Gen-4 Image, 720 × 720: no answer; billed $0.08" in report.text()


def test_killed_while_it_waits_for_a_lost_answer_the_next_check_books_it_once(
    check, runware, books, monkeypatch
):
    runware.faults("answer_lost", match="prompt:kite", times=1)

    def killed(_, jobs):
        if any(job.key == "still" for job in jobs):
            raise Killed
        return {}

    with monkeypatch.context() as patch:
        patch.setattr(checking.Check, "look", killed)
        with pytest.raises(Killed):
            check("0.10")
    assert Job.objects.get(key="still").state == "sending"
    assert Balance.objects.get().held == STILL.estimate

    for _ in range(2):
        check("0.01")
    assert books() == Decimal("0.08")
    assert Job.objects.filter(key="still").count() == 1


def test_what_is_still_being_made_stays_open_and_is_not_bought_again(check, runware, books):
    runware.faults("never_ends", match="prompt:kite", times=1)
    check("0.08", pace=IMPATIENT)
    still = Job.objects.get(key="still")
    assert still.state == "running"

    report = check("0.30")
    assert "Gen-4 Image, 720 × 720: left out: an earlier check" in seen(report, "11.6")
    assert Job.objects.filter(key="still").count() == 1

    runware.finish({"taskUUID": str(still.code)})
    runware.ended({"taskUUID": str(still.code)})
    check("0.01")
    still.refresh_from_db()
    assert still.state == "done"
    books()


def test_what_never_ends_stays_set_aside_and_does_not_stop_the_question_for_ever(check, runware, books):
    runware.faults("never_ends", match="prompt:kite", times=1)
    check("0.08", pace=IMPATIENT)
    _age(minutes=16)

    check("0.16")

    assert sorted(Job.objects.filter(key="still").values_list("state", flat=True)) == ["done", "running"]
    assert books() == Decimal("0.08")


def test_what_was_acknowledged_and_forgotten_is_charged_at_its_estimate(check, pia, books, runware):
    job = _left(pia, FINAL)
    checkbooks.accept(job)
    _age(minutes=31)

    check("0.01")

    job.refresh_from_db()
    entry = LedgerEntry.objects.get(kind="charge")
    assert (job.state, entry.amount, entry.source) == ("done", FINAL.estimate, "computed")
    assert Balance.objects.get().held == 0


def test_what_they_called_about_counts_when_they_have_forgotten_it(check, pia):
    job = _left(pia, FINAL)
    body = f'{{"data":[{{"taskUUID":"{job.code}","videoUUID":"v1","videoURL":"https://x/","cost":0.7}}]}}'
    Callback.objects.create(code=job.code, answered=204, body=body.encode())
    _age(minutes=31)

    for _ in range(2):
        check("0.01")

    entry = LedgerEntry.objects.get(kind="charge")
    assert (entry.amount, entry.source, entry.result) == (Decimal("0.7"), "provider", "v1")


def test_jobs_of_the_sandbox_are_not_asked_of_the_provider(check, pia, answering):
    job = _left(pia, FINAL)
    asked = []

    def answer(request):
        asked.append(request.content.decode())
        return httpx.Response(200, content=b'{"data":[{"balance":5}]}')

    check("0.01", client=answering(answer), sandbox=False)

    assert asked
    assert not any(str(job.code) in content for content in asked)


@pytest.mark.django_db(transaction=True)
def test_the_row_is_committed_before_anything_is_sent(check, monkeypatch):
    post = Runware.post
    sent = []

    def looking(client, tasks, **more):
        paid = [task["taskUUID"] for task in tasks if "model" in task]
        if paid:
            assert not connection.in_atomic_block
            assert Job.objects.filter(code__in=paid).count() == len(paid)
            sent.extend(paid)
        return post(client, tasks, **more)

    monkeypatch.setattr(Runware, "post", looking)
    check("0.10")
    assert len(sent) == 5


def _left(by, plan):
    """A job that an earlier check has left open, and the sandbox has never heard of."""
    return checkbooks.draw_up(
        plan, project=checkbooks.project(by), by=by, run=uuid.uuid4(), sandbox=providers.sandboxed()
    )
