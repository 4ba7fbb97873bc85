"""Whatever is chosen together, the page and its numbers are what a look at every single take says."""

import random
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.generation.renders.models import Render
from studio.people.accounts.models import User
from studio.planning.projects import actions
from studio.review.library import facets, found, search
from tests import takes

STATES = ["ready", "failed", "queued", "rendering", "expired"]
MODELS = ["gen-4.5", "gen-4-turbo"]
ASPECTS = ["16:9", "9:16"]
VERDICTS = ["approved", "retake", ""]
WORDS = ["kite", "Dunes", "ÉTÉ", "жук"]
COSTS = [None, "0.05", "0.10", "0.30", "2"]


@pytest.fixture
def many(project, pia, ana):
    """Sixty takes of three shots by two people, with everything mixed; always the same."""
    dice = random.Random(6)
    shots = [actions.create_shot(project, by=pia, title=title) for title in ("Kite", "Lamp room", "Été")]
    for _ in range(60):
        state = dice.choice(STATES)
        take = takes.ready(
            dice.choice(shots),
            dice.choice([pia, ana]),
            kind=dice.choice(["video", "video", "still"]),
            state=state,
            model=dice.choice(MODELS),
            aspect=dice.choice(ASPECTS),
            verdict=dice.choice(VERDICTS) if state == "ready" else "",
            flagged=dice.random() < 0.2,
            prompt=" ".join(dice.sample(WORDS, dice.randint(0, 3))),
            cost=dice.choice(COSTS),
            seed=dice.choice([1, 2, None]),
            seed_asked=dice.choice([1, None]),
        )
        if state == "ready" and not Render.objects.filter(shot=take.shot, circled=True).exists():
            Render.objects.filter(pk=take.pk).update(circled=True)
    return list(Render.objects.select_related("shot", "created_by").order_by("-pk"))


def plainly(take, asked, *, without=""):
    """Whether a take fits, as one would say it in words."""

    def values(name):
        return asked.getlist(name) if name != without else []

    typed = f"{take.words or take.prompt}\n{take.shot.code}\n{take.shot.title}".lower()
    seed = take.seed if take.seed is not None else take.seed_asked
    has = {
        "shot": take.shot.code,
        "kind": take.kind,
        "state": take.state,
        "verdict": take.verdict or "open",
        "circled": "yes" if take.circled else "no",
        "flagged": "yes" if take.flagged else "no",
        "person": str(take.created_by.code),
        "model": take.model,
        "aspect": take.aspect,
        "seed": str(seed),
    }
    fits = all(word.lower() in typed for word in asked.get("q", "").split())
    fits &= all(has[name] in values(name) for name in has if values(name))
    if without != "price":
        low, high = asked.get("price-from"), asked.get("price-to")
        if low:
            fits &= take.cost is not None and take.cost >= Decimal(low)
        if high:
            fits &= take.cost is not None and take.cost <= Decimal(high)
    return fits


some = st.fixed_dictionaries(
    {},
    optional={
        "q": st.lists(st.sampled_from(["kite", "DUNES", "été", "ЖУК", "020", "room"]), max_size=2).map(" ".join),
        "shot": st.lists(st.sampled_from(["010", "020", "030", "999"]), max_size=2, unique=True),
        "kind": st.lists(st.sampled_from(["video", "still"]), max_size=2, unique=True),
        "state": st.lists(st.sampled_from(STATES), max_size=3, unique=True),
        "verdict": st.lists(st.sampled_from(["approved", "retake", "rejected", "open"]), max_size=2, unique=True),
        "circled": st.lists(st.sampled_from(["yes", "no"]), max_size=1),
        "flagged": st.lists(st.sampled_from(["yes", "no"]), max_size=1),
        "person": st.lists(st.sampled_from(["pia", "ana"]), max_size=1),
        "model": st.lists(st.sampled_from(MODELS), max_size=2, unique=True),
        "aspect": st.lists(st.sampled_from(ASPECTS), max_size=1),
        "seed": st.lists(st.sampled_from(["1", "2", "3"]), max_size=1),
        "price-from": st.sampled_from(["0.05", "0.1"]),
        "price-to": st.sampled_from(["0.10", "0.50"]),
    },
)  # fmt: skip


def test_facets_in_any_combination(many, project):
    people = {user.name.lower(): str(user.code) for user in User.objects.all()}

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(some)
    def check(wished):
        asked = QueryDict(mutable=True)
        for name, value in wished.items():
            values = [value] if isinstance(value, str) else value
            asked.setlist(name, [people[each] if name == "person" else each for each in values])
        read = search.read(asked, money=True)
        expected = [take.pk for take in many if plainly(take, asked)]
        shown, _ = found.page(found.matching(found.library(project), read), sort="newest")
        assert [take.pk for take in shown] == expected

        total, offered = facets.beside(project, read, money=True)
        assert total == len(expected)
        by_name = {facet.name: facet for facet in offered}
        for name in ("state", "kind", "model", "aspect", "circled"):
            counted: dict[str, int] = {}
            for take in many:
                if plainly(take, asked, without=name):
                    value = {
                        "state": take.get_state_display(),
                        "kind": search.KINDS[take.kind],
                        "model": take.catalogue_model.name,
                        "aspect": take.aspect,
                        "circled": "Yes" if take.circled else "No",
                    }[name]
                    counted[value] = counted.get(value, 0) + 1
            said = (
                {option.label: option.number for option in by_name[name].options} if name in by_name else {}
            )
            if name == "circled" and set(counted) == {"No"}:
                counted = {}  # what is the same for all is not offered
            assert {label: number for label, number in said.items() if number} == counted, name
        if "price" in by_name:
            for option in by_name["price"].options:
                most = Decimal(option.label.removeprefix("up to $"))
                among = [take for take in many if plainly(take, asked, without="price")]
                assert option.number == sum(take.cost is not None and take.cost <= most for take in among)

    check()
