"""How often takes are approved, and what was paid for those that are not used, and why."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from studio.generation.renders import results
from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.planning.projects import actions
from tests import pages

FIRST = "First-take approvals"


@pytest.fixture
def judged(paid, project, pia):
    """So many shots with a first take that was judged: `judged(20, approved=8)`."""

    def judged(number, *, approved, **columns):
        for place in range(number):
            shot = actions.create_shot(project, by=pia)
            paid("1", shot=shot, verdict="approved" if place < approved else "rejected", **columns)

    return judged


def rates(page):
    """The lines of the table of hit rates, as words."""
    table = page.html.partition("<h2>Hit rates</h2>")[2].partition("</section>")[0]
    return [" ".join(line) for line in _cells(table)]


def waste(page):
    return [" ".join(line) for line in _cells(page.html.partition('id="by"')[2].partition("</section>")[0])]


def _cells(table):
    return [pages.text(row).split() for row in pages.rows(table.partition("<tbody>")[2])]


# --- first takes ------------------------------------------------------------------------------


def test_the_share_of_first_takes_that_were_approved(costs, judged):
    judged(20, approved=8)
    assert costs().tile(FIRST) == f"{FIRST} 40 % Gen-4.5 40 % of 20"


def test_under_twenty_judged_first_takes_no_rate_is_claimed(costs, judged):
    judged(19, approved=19)
    assert costs().tile(FIRST) == f"{FIRST} – Gen-4.5 19 of 19 · no rate under 20 takes"


def test_second_takes_are_no_first_takes(costs, paid):
    paid(verdict="retake")
    paid(verdict="approved")
    assert "Gen-4.5 0 of 1" in costs().tile(FIRST)


def test_a_first_take_that_failed_or_was_never_made_is_not_the_first(costs, ready, paid):
    ready(state="failed")
    paid(verdict="approved")
    assert "Gen-4.5 1 of 1" in costs().tile(FIRST)


def test_the_first_take_of_another_model_is_a_first_take_too(costs, paid):
    paid(verdict="retake", model="gen-4-turbo")
    paid(verdict="approved")
    assert "Gen-4.5 1 of 1 · Gen-4 Turbo 0 of 1" in costs().tile(FIRST)


def test_stills_are_no_first_takes(costs, paid):
    paid(kind="still", verdict="approved")
    assert costs().tile(FIRST) == f"{FIRST} – No first take has been judged in this time."


def test_a_first_take_in_the_trash_is_not_judged_and_the_next_is_no_first(costs, paid, pia):
    take = paid(verdict="retake")
    paid(verdict="approved")
    trash.trash_take(take, by=pia)
    assert costs().tile(FIRST) == f"{FIRST} – No first take has been judged in this time."


# --- rates --------------------------------------------------------------------------------------


def test_rates_by_model_by_length_and_with_and_without_a_first_frame(costs, paid):
    for place in range(20):
        paid("1", verdict=("approved", "retake", "rejected")[place % 3])
    paid("1", verdict="approved", seconds=10, frames=[{"sha256": "0"}])
    paid("1", verdict="approved", seconds=8)
    paid("0.08", kind="still", verdict="rejected")
    assert rates(costs()) == [
        "Gen-4.5 22 9 7 6 41 %",
        "Gen-4 Image 1 0 0 1 too few",
        "Gen-4.5 5 s 20 7 7 6 35 %",
        "Gen-4.5 8 s 1 1 0 0 too few",
        "Gen-4.5 10 s 1 1 0 0 too few",
        "Gen-4.5 with first frame 1 1 0 0 too few",
        "Gen-4.5 without first frame 21 8 7 6 38 %",
    ]


def test_takes_that_nobody_judged_count_in_no_rate(costs, paid):
    paid()
    assert "No take of this time has been judged." in costs().text


def test_a_verdict_counts_as_it_stands_now(costs, paid, say, pia):
    take = paid()
    say(pia, take, "rejected")
    say(pia, take, "approved")
    assert rates(costs())[0] == "Gen-4.5 1 1 0 0 too few"


# --- waste --------------------------------------------------------------------------------------


def test_waste_by_reason_and_each_take_once_in_the_whole(costs, paid, say, pia):
    say(pia, paid("1"), "retake", reasons=["hands", "text"])
    say(pia, paid("2"), "rejected", reasons=["hands"])
    say(pia, paid("4"), "retake")
    say(pia, paid("8"), "approved")
    paid("16")
    assert waste(costs(by="reason")) == [
        "no reason given 1 $4.00",
        "hands 2 $3.00",
        "text 1 $1.00",
        "Together, each take once 3 $7.00",
    ]


def test_what_was_paid_and_lost_or_thrown_away_is_waste_once(costs, paid, pia, project):
    paid("1", state="failed", failure_code="fileGone")
    trash.trash_take(paid("2"), by=pia)
    trash.trash_take(paid("4", state="failed", failure_code="fileGone"), by=pia)
    trash.trash_take(paid("8", verdict="retake", reasons="hands"), by=pia)
    other = actions.create_shot(project, by=pia)
    paid("16", shot=other)
    trash.trash_shots(project, [other], by=pia)
    assert waste(costs(by="reason")) == [
        "thrown away 3 $26.00",
        "the file was lost 2 $5.00",
        "Together, each take once 5 $31.00",
    ]


def test_what_is_gone_from_the_trash_for_good_stays_waste(costs, paid, pia, shot, project):
    take = paid("2")
    results.bill_again(take, Decimal("0.5"), reason="the bill came late", key="1")
    paid("1", verdict="approved")
    trash.trash_take(take, by=pia)
    before = waste(costs(by="reason"))
    assert before == ["thrown away 1 $2.50", "Together, each take once 1 $2.50"]
    Render.objects.filter(pk=take.pk).update(trashed_at=timezone.now() - timedelta(days=31))
    trash.empty()
    assert not Render.objects.filter(pk=take.pk).exists()
    assert waste(costs(by="reason")) == before
    assert waste(costs(by="reason", model="gen-4-turbo", scene="")) == []


def test_a_failed_take_that_cost_nothing_is_no_waste(costs, ready):
    ready(state="failed", cost=None, answered_at=timezone.now())
    assert "Nothing was wasted in this time" in costs(by="reason").text


def test_a_reason_that_is_not_known_any_more_is_called_by_its_key(costs, paid):
    paid("1", verdict="retake", reasons="old-reason")
    assert waste(costs(by="reason"))[0] == "old-reason 1 $1.00"


def test_filters_count_for_waste_and_rates_too(costs, paid, pia, ana):
    paid("1", verdict="retake", reasons="hands", by=ana)
    trash.trash_take(paid("2", by=pia), by=pia)
    assert waste(costs(by="reason", person=str(ana.code))) == [
        "hands 1 $1.00",
        "Together, each take once 1 $1.00",
    ]
    assert waste(costs(by="reason", person=str(pia.code)))[0] == "thrown away 1 $2.00"
    assert waste(costs(by="reason", scene="9")) == []
