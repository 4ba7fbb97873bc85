"""Verdicts: who says what, what it amounts to by the project's rule, and that nothing said is ever unsaid."""

import threading
import uuid

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.generation.board import board
from studio.generation.renders import shot_status
from studio.generation.renders.models import Render
from studio.people.accounts.models import StudioEvent
from studio.planning.projects import actions
from studio.planning.projects.models import Membership, Project
from studio.review.dailies import lists, verdicts
from studio.review.dailies.models import Verdict
from studio.review.dailies.subjects import Gone, Problems, Span, Voice
from studio.runtime.live.models import Event

EVERYONE, PRODUCER = "everyone", "producer"


@pytest.fixture
def take(ready):
    return ready()


@pytest.fixture
def decide(client_of):
    """Press a verdict, as the page's script does."""

    def decide(user, subject, value, **fields):
        name = "review:decide_take" if isinstance(subject, Render) else "review:decide_picture"
        url = reverse(name, args=[subject.code])
        return client_of(user).post(url, {"value": value, **fields}, headers={"X-Rushes": "script"})

    return decide


@pytest.fixture
def rule(project, pia):
    def rule(approval):
        actions.change_project(project, by=pia, approval=approval)

    return rule


def stands(subject):
    return type(subject).objects.get(pk=subject.pk).verdict


# --- said ---------------------------------------------------------------------------------


def test_a_verdict_has_its_person_role_reasons_and_range(decide, rae, take):
    answer = decide(rae, take, "retake", reasons=["hands", "camera"], text="Six fingers", frame=3, last=9)

    kept = Verdict.objects.get()
    assert answer.status_code == 200 and "Rae" in answer.text and "hands, camera ignored" not in kept.text
    assert (kept.by, kept.role, kept.value, kept.text) == (rae, "reviewer", "retake", "Six fingers")
    assert kept.reasons == ["hands", "camera"]
    assert (kept.frame, kept.last) == (3, 9)


def test_an_approval_keeps_no_reasons(decide, pia, take):
    decide(pia, take, "approved", reasons=["hands"])
    assert Verdict.objects.get().reasons == []


def test_a_press_sent_again_is_one_verdict(decide, rae, take):
    code = uuid.uuid4()
    for _ in range(3):
        assert decide(rae, take, "approved", code=code).status_code == 200
    assert Verdict.objects.count() == 1
    assert Event.objects.filter(kind="render.judged").count() == 1


def test_the_code_of_somebody_elses_verdict_is_refused(say, rae, ana, take, ready):
    code = uuid.uuid4()
    say(rae, take, "approved", code=code)
    with pytest.raises(Problems):
        say(ana, take, "retake", code=code)
    with pytest.raises(Problems):
        say(rae, ready(), "approved", code=code)  # of another take
    assert Verdict.objects.get().value == "approved"


@pytest.mark.parametrize("value", ["", "brilliant", "Approved"])
def test_a_verdict_that_is_none_is_refused_in_words(decide, rae, take, value):
    answer = decide(rae, take, value)
    assert answer.status_code == 422 and answer.json()["errors"]["value"]
    assert not Verdict.objects.exists()


@pytest.mark.parametrize("fields", [{"frame": -1}, {"frame": 48}, {"frame": 9, "last": 3}])
def test_a_range_that_is_none_is_refused(decide, rae, take, fields):
    assert decide(rae, take, "approved", **fields).status_code == 422


def test_reasons_we_do_not_know_are_refused(decide, rae, take):
    assert decide(rae, take, "retake", reasons=["hands", "<script>"]).status_code == 422


def test_who_only_looks_and_strangers_decide_nothing(decide, bo, cid, take, frame):
    for who in (bo, cid):
        assert decide(who, take, "approved").status_code == 404
        assert decide(who, frame, "approved").status_code == 404


def test_a_take_that_was_deleted_meanwhile_takes_none(decide, say, rae, take):
    Render.objects.filter(pk=take.pk).update(trashed_at=timezone.now())

    assert decide(rae, take, "approved").status_code == 404
    with pytest.raises(Gone):
        say(rae, take, "approved")  # it went after the page found it
    assert not Verdict.objects.exists()


def test_neither_does_one_whose_shot_or_project_went(say, rae, take, shot, project):
    type(shot).objects.filter(pk=shot.pk).update(trashed_at=timezone.now())
    with pytest.raises(Gone):
        say(rae, take, "approved")
    type(shot).objects.filter(pk=shot.pk).update(trashed_at=None)
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())
    with pytest.raises(Gone):
        say(rae, take, "approved")


def test_who_ordered_the_take_hears_it_with_the_reasons(say, rae, ana, take, heard):
    say(rae, take, "retake", reasons=["hands"])
    say(ana, take, "approved")  # one's own word is no news
    say(rae, take, "none")  # nor is one that is taken back
    assert heard(ana) == [("verdict", "Rae: retake, 010 take 1 (hands)")]


def test_who_uploaded_a_picture_hears_of_it(say, rae, pia, frame, heard):
    say(rae, frame, "rejected")
    assert heard(pia) == [("verdict", "Rae: rejected, the picture board.jpg")]


def test_the_list_of_decisions_is_seen_by_members_and_refuses_nobody(
    client_of, say, rae, bo, cid, take, frame
):
    say(rae, take, "retake")
    say(rae, frame, "approved")
    for subject in (take, frame):
        url = reverse("review:decisions", args=[subject.code])
        assert "Rae" in client_of(bo).get(url).text
        assert client_of(cid).get(url).status_code == 404
    # looking at one's own picture is nothing the owner should read of
    assert not StudioEvent.objects.filter(kind="refused", user=bo).exists()


# --- what it amounts to ---------------------------------------------------------------------


def test_one_producer_approves(say, rae, ana, pia, take):
    say(rae, take, "approved")
    say(ana, take, "approved")
    assert stands(take) == ""
    say(pia, take, "approved")
    assert stands(take) == "approved"


def test_an_objection_is_seen_until_a_producer_speaks(say, rae, pia, take):
    say(rae, take, "retake")
    assert stands(take) == "retake"
    say(pia, take, "approved")
    assert stands(take) == "approved"
    say(rae, take, "rejected")
    assert stands(take) == "approved"


def test_of_two_producers_the_last_word_stands(say, pia, ana, project, take):
    Membership.objects.filter(user=ana).update(role="producer")
    say(pia, take, "approved")
    say(ana, take, "rejected")
    assert stands(take) == "rejected"
    say(ana, take, "none")
    assert stands(take) == "approved"


def test_the_word_of_a_producer_counts_as_they_were_then(say, pia, ana, project, take):
    Membership.objects.filter(user=ana).update(role="producer")
    say(ana, take, "approved")
    Membership.objects.filter(user=ana).update(role="artist")
    assert stands(take) == "approved"


def test_everyone_on_the_list_has_to_approve(say, ask, rule, rae, ana, pia, take):
    rule(EVERYONE)
    ask([take], rae, ana)
    say(pia, take, "approved")  # not on the list
    say(rae, take, "approved")
    assert stands(take) == ""
    say(ana, take, "approved")
    assert stands(take) == "approved"
    say(rae, take, "none")
    assert stands(take) == ""


def test_an_objection_of_one_on_the_list_stands(say, ask, rule, rae, ana, take):
    rule(EVERYONE)
    ask([take], rae, ana)
    say(rae, take, "retake")
    say(ana, take, "approved")
    assert stands(take) == "retake"


def test_an_objection_from_outside_the_list_is_seen_until_everyone_on_it_approved(
    say, ask, rule, rae, ana, pia, take
):
    rule(EVERYONE)
    ask([take], rae, ana)
    say(pia, take, "retake")
    assert stands(take) == "retake"
    say(rae, take, "approved")
    assert stands(take) == "retake"
    say(ana, take, "approved")
    assert stands(take) == "approved"


def test_a_take_on_two_lists_needs_everyone_on_both(say, ask, rule, rae, ana, take):
    rule(EVERYONE)
    ask([take], rae)
    ask([take], ana)
    say(rae, take, "approved")
    assert stands(take) == ""
    say(ana, take, "approved")
    assert stands(take) == "approved"


def test_a_take_on_no_list_is_approved_by_a_producer(say, rule, rae, pia, take):
    rule(EVERYONE)
    say(rae, take, "approved")
    assert stands(take) == ""
    say(pia, take, "approved")
    assert stands(take) == "approved"


def test_a_picture_is_approved_by_a_producer(say, rule, rae, pia, frame):
    rule(EVERYONE)
    say(rae, frame, "approved")
    assert stands(frame) == ""
    say(pia, frame, "approved")
    assert stands(frame) == "approved"


def test_another_rule_judges_again_what_was_said(client_of, say, ask, rae, pia, take):
    ask([take], rae)
    say(pia, take, "approved")
    rules = reverse("review:rules", args=[take.project.slug])

    client_of(pia).post(rules, {"approval": EVERYONE})
    assert stands(take) == ""
    client_of(pia).post(rules, {"approval": PRODUCER})
    assert stands(take) == "approved"
    client_of(pia).post(rules, {"approval": "nobody"})
    assert Project.objects.get().approval == PRODUCER


def test_only_producers_change_the_rule(client_of, ana, rae, project):
    for who in (ana, rae):
        url = reverse("review:rules", args=[project.slug])
        assert client_of(who).post(url, {"approval": EVERYONE}).status_code == 404


def test_a_list_and_its_people_judge_again(say, ask, rule, rae, ana, pia, take):
    rule(EVERYONE)
    say(rae, take, "approved")
    say(pia, take, "approved")
    made = ask([take], rae, ana)
    assert stands(take) == ""
    lists.change(made, by=pia, name="Dailies", people=[rae], due_at=None)
    assert stands(take) == "approved"
    lists.take_off(made, take, by=pia)
    assert stands(take) == "approved"  # by the producer now


def test_what_was_read_before_the_lock_does_not_mislead(say, ask, rule, rae, pia, take):
    """A list is made from takes that were read a moment ago; somebody has approved one meanwhile."""
    rule(EVERYONE)
    stale = Render.objects.get(pk=take.pk)
    say(pia, take, "approved")
    ask([stale], rae)
    assert stands(take) == ""


# --- only added -----------------------------------------------------------------------------


def test_no_verdict_is_ever_changed_or_deleted(say, ask, rule, rae, ana, pia, take):
    with CaptureQueriesContext(connection) as seen:
        for value in ("approved", "retake", "none", "rejected", "approved"):
            for who in (rae, ana, pia):
                say(who, take, value)
        rule(EVERYONE)
        made = ask([take], rae, ana)
        lists.close(made, by=pia)
        rule(PRODUCER)
    said = [query["sql"] for query in seen if "review_verdict" in query["sql"]]
    assert not [sql for sql in said if sql.lstrip().upper().startswith(("UPDATE", "DELETE"))]
    assert Verdict.objects.count() == 15


def test_what_is_taken_back_is_a_row_too(client_of, decide, rae, take):
    decide(rae, take, "retake")
    answer = decide(rae, take, "none")
    assert list(Verdict.objects.order_by("pk").values_list("value", flat=True)) == ["retake", "none"]
    assert "Rae" not in answer.text
    assert verdicts.latest(take) == []


# --- any order of words ---------------------------------------------------------------------

VALUES = ["approved", "retake", "rejected", "none"]
words = st.lists(st.tuples(st.sampled_from("pra"), st.sampled_from(VALUES)), max_size=8)


def expected(said, *, asked):
    """The rule once more, told another way. Pia is the producer; `asked` are on the list."""
    last, when = {}, {}
    for moment, (who, value) in enumerate(said):
        last[who], when[who] = value, moment
    last = {who: value for who, value in last.items() if value != "none"}
    against = [who for who in last if last[who] in ("retake", "rejected")]

    def newest(people):
        return last[max(people, key=when.get)] if people else ""

    if not asked:
        return last["p"] if "p" in last else newest(against)
    if any(who in asked for who in against):
        return newest([who for who in against if who in asked])
    if all(last.get(who) == "approved" for who in asked):
        return "approved"
    return newest(against)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=words, asked=st.sampled_from([frozenset(), frozenset("r"), frozenset("ra"), frozenset("pra")]))
def test_any_order_of_words_gives_what_the_rule_says(say, ask, rule, ready, pia, rae, ana, said, asked):
    people = {"p": pia, "r": rae, "a": ana}
    rule(EVERYONE)
    take = ready()
    if asked:
        ask([take], *(people[who] for who in sorted(asked)))
    for place, (who, value) in enumerate(said):
        say(people[who], take, value)
        assert stands(take) == expected(said[: place + 1], asked=asked)
    rule(PRODUCER)
    verdicts.judge_again(take.project, [take])
    assert stands(take) == expected(said, asked=frozenset())


# --- on the board ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "status"),
    [("approved", "approved"), ("retake", "retake"), ("rejected", "retake"), ("", "review")],
)
def test_the_board_says_what_stands(ready, project, shot, value, status):
    ready(verdict=value)
    (row,) = board.rows([shot])
    assert row.status == status
    assert shot_status.counts(project) == {"": 1, status: 1}
    assert shot_status.with_status(project.shots.all()).get().status == status


# (kind, verdict, circled) of the takes, oldest first
BOARDS = [
    ([("video", "approved", True), ("video", "rejected", False)], "approved"),
    ([("video", "approved", False), ("video", "", False)], "review"),
    ([("video", "retake", False), ("still", "approved", False)], "retake"),
    ([("still", "approved", False)], "approved"),
    ([("still", "approved", True), ("video", "", False)], "approved"),
    ([], "draft"),
]


@pytest.mark.parametrize(("takes", "status"), BOARDS)
def test_the_take_that_stands_for_the_shot_decides(ready, project, shot, takes, status):
    for kind, verdict, circled in takes:
        ready(kind=kind, verdict=verdict, circled=circled)
    rows = board.rows([shot]) if takes else board.summaries([shot])
    assert rows[0].status == status
    assert shot_status.counts(project) == {"": 1, status: 1}
    assert shot_status.with_status(project.shots.all()).get().status == status


def test_a_shot_that_is_rendering_again_says_so(ready, project, shot):
    ready(verdict="approved")
    ready(state="rendering")
    assert board.rows([shot])[0].status == "rendering"
    assert shot_status.counts(project) == {"": 1, "rendering": 1}


# --- at the same moment ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_people_who_decide_at_once_both_count(ready, ask, rule, rae, ana, project):
    rule(EVERYONE)
    take = ready()
    ask([take], rae, ana)
    start, failures = threading.Barrier(2), []

    def press(user, role):
        try:
            mine = Render.objects.select_related("shot", "project").get(pk=take.pk)
            start.wait(10)
            voice = Voice(user=user, role=role)
            verdicts.give(mine, voice, code=uuid.uuid4(), value="approved", span=Span())
        except Exception as exc:
            failures.append(exc)
        finally:
            connections.close_all()

    connection.close()
    threads = [threading.Thread(target=press, args=each) for each in ((rae, "reviewer"), (ana, "artist"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert not failures
    assert Verdict.objects.count() == 2
    assert stands(take) == "approved"
