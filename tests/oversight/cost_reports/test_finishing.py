"""What finishing will cost, with what the forecast rests on; nothing is told where too little is known."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from studio.planning.projects import actions


@pytest.fixture
def judged(ready, project, pia):
    """Takes of one approved shot that were judged: `judged(25, approved=10)`."""

    def judged(number, *, approved, **columns):
        shot = actions.create_shot(project, by=pia, title="Judged")
        for place in range(number):
            verdict = "approved" if place >= number - approved else "rejected"
            columns = {"answered_at": timezone.now(), **columns}
            ready(shot=shot, verdict=verdict, **columns)
        return shot

    return judged


def said(page):
    """The sentence about what is to go."""
    return re.search(r"(?:\d+ shots? to go|Every shot)[^<]*", page.html).group(0).strip()


def test_shots_to_go_by_the_price_of_a_take_and_how_many_it_takes(costs, judged, shot):
    judged(40, approved=20)
    words = said(costs())
    low, high = map(Decimal, re.fullmatch(
        r"1 shot to go, about \$(\S+) to \$(\S+) at this hit rate \(Gen-4.5 50 % of 40\)", words
    ).groups())  # fmt: skip
    assert low < 2 * Decimal("0.605") < high < 2 * Decimal("0.605") * Decimal("1.5")


def test_more_shots_cost_more_and_approved_ones_nothing(costs, judged, shot, project, pia):
    judged(40, approved=40)
    one = said(costs())
    actions.create_shot(project, by=pia)
    two = said(costs())
    assert one.startswith("1 shot to go, about $0.61 to $0.63 ")
    assert two.startswith("2 shots to go, about $1.21 to $1.26 ")


def test_a_longer_shot_costs_its_own_price(costs, judged, shot, pia):
    judged(40, approved=40)
    actions.change_shot(shot, by=pia, seconds=10)
    assert said(costs()).startswith("1 shot to go, about $1.21 to ")


def test_under_twenty_judged_takes_nothing_is_told(costs, judged, shot):
    judged(19, approved=19)
    assert said(costs()) == (
        "1 shot to go; too few takes are judged to say what they will cost: 20 of a model are needed"
    )


def test_where_none_was_approved_it_is_not_said_that_too_few_were_judged(costs, judged, shot):
    judged(25, approved=0)
    assert said(costs()) == "2 shots to go; what they will cost is not known while no take is approved"


def test_a_model_with_too_few_judged_goes_by_all_together_and_says_so(costs, judged, shot, pia):
    judged(20, approved=10)
    judged(5, approved=5, model="gen-4-turbo")
    actions.change_shot(shot, by=pia, model="gen-4-turbo")
    assert said(costs()).endswith("(Gen-4 Turbo as all models: 60 % of 25)")


def test_shots_of_which_one_cannot_be_told_make_the_whole_unknown(costs, judged, shot, project, pia):
    judged(19, approved=19)
    actions.create_shot(project, by=pia, model="gen-4-image")
    assert said(costs()).startswith("2 shots to go; too few")


def test_when_all_is_approved_it_says_so(costs, judged, project):
    judged(1, approved=1)
    project.shots.exclude(title="Judged").delete()
    assert said(costs()) == "Every shot is approved."


def test_it_goes_by_all_that_was_ever_judged_whatever_the_period(costs, judged, shot):
    judged(40, approved=20, answered_at=timezone.now() - timedelta(days=300))
    usual = said(costs())
    assert "50 % of 40" in usual
    assert said(costs(range="1w")) == usual
    assert said(costs(to="2020-01-01")) == usual
    assert said(costs(model="gen-4-turbo")) == usual


def test_a_shot_in_the_trash_is_not_to_go(costs, judged, shot):
    judged(20, approved=20)
    type(shot).objects.filter(pk=shot.pk).update(trashed_at=timezone.now())
    assert said(costs()) == "Every shot is approved."
