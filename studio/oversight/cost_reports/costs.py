"""Everything a costs page says of a project, gathered once for the page, the statement and the scripts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from studio.core.money import ZERO
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.integrations.catalogue import Kind
from studio.oversight.cost_reports import finishing, outcomes, spending
from studio.oversight.cost_reports.finishing import Finishing
from studio.oversight.cost_reports.outcomes import Judged, Kept, Rate, Waste
from studio.oversight.cost_reports.period import Period
from studio.people.accounts.models import User
from studio.planning.ledger import estimate
from studio.planning.ledger.ledger import full_name
from studio.planning.ledger.models import Balance, LedgerEntry, ShotGone
from studio.planning.projects.models import Project, Shot

ROWS = 25  # lines of a table before "more"


@dataclass(frozen=True)
class Line:
    """One line of a table: a shot, a scene, a person or a model.

    Args:
        alone: whether its figures can be asked for alone.
    """

    key: str
    label: str
    title: str = ""
    path: str = ""
    takes: int = 0
    seconds: Fraction = Fraction(0)  # approved
    spent: Decimal = ZERO
    alone: bool = True

    @property
    def per_second(self) -> Decimal | None:
        return outcomes.per_second(self.spent, self.seconds)


class Costs:
    """The figures of one project in one period. Each is read when it is asked for, and once."""

    def __init__(self, project: Project, period: Period) -> None:
        self.project = project
        self.period = period

    # --- read once --------------------------------------------------------------------------

    @cached_property
    def rows(self) -> list[spending.Spent]:
        return spending.by_day(self.project, self.period)

    @cached_property
    def kept(self) -> list[Kept]:
        return outcomes.approved(self.project, self.period)

    @cached_property
    def judged(self) -> list[Judged]:
        return outcomes.judged(self.project, self.period)

    @cached_property
    def balance(self) -> Balance:
        return Balance.of(self.project, sandbox=self.period.sandbox)

    @cached_property
    def _people(self) -> dict[int, User]:
        keys = {row.person for row in self.rows}
        return {user.pk: user for user in User.objects.filter(pk__in=keys)}

    @cached_property
    def _names_gone(self) -> dict[int, str]:
        """Names of people whose rows are gone, as the ledger has them."""
        keys = {row.person for row in self.rows} - set(self._people) - {0}
        found = self.project.ledger.filter(by_id__in=keys) if keys else LedgerEntry.objects.none()
        return {person or 0: name for person, name in found.order_by("pk").values_list("by_id", "by_name")}

    def name_of(self, person: int) -> str:
        """What somebody who ordered is called, by their key in the sums."""
        user = self._people.get(person)
        return full_name(user) if user else self._names_gone.get(person, "") or "nobody"

    # --- figures ----------------------------------------------------------------------------

    @cached_property
    def total(self) -> spending.Sum:
        return spending.total(self.rows)

    @cached_property
    def approved_seconds(self) -> Fraction:
        return sum((each.seconds for each in self.kept), Fraction(0))

    @property
    def per_second(self) -> Decimal | None:
        """The figure the page leads with: all money, stills too, by the seconds that were approved."""
        return outcomes.per_second(self.total.spent, self.approved_seconds)

    @cached_property
    def waiting(self) -> dict[str, Any]:
        """How many takes wait for a producer, and their estimates."""
        found = Render.objects.kept().filter(project=self.project, state="waiting", shot__trashed_at=None)
        sums = found.filter(sandbox=self.period.sandbox).aggregate(number=Count("pk"), amount=Sum("estimate"))
        return {"number": sums["number"], "amount": sums["amount"] or ZERO}

    @property
    def share(self) -> Decimal:
        """How much of the budget is spent: 1 for all of it."""
        return self.balance.spent / self.project.budget if self.project.budget else ZERO

    @cached_property
    def on_their_way(self) -> int:
        return Render.objects.filter(
            project=self.project, sandbox=self.period.sandbox, state__in=[*Render.MOVING, "expired"]
        ).count()

    @cached_property
    def first_takes(self) -> tuple[Rate, list[tuple[str, Rate]]]:
        """First takes of a shot with a model: all of them, and by model."""
        firsts = [
            each for each in self.judged if each.first and catalogue.named(each.model).kind is Kind.VIDEO
        ]
        whole = outcomes.rates(firsts, lambda each: "").get("", Rate())
        return whole, self._of_models(outcomes.rates(firsts, lambda each: each.model))

    @cached_property
    def finishing(self) -> Finishing:
        """By all that was ever judged on the project, whatever the period."""
        whole = Period(sandbox=self.period.sandbox, first=None, last=timezone.localdate())
        by_model = outcomes.rates_by_model(self.project, whole)
        return finishing.forecast(self.project, by_model, sandbox=self.period.sandbox)

    @cached_property
    def waste(self) -> tuple[Waste, list[Waste]]:
        return outcomes.waste(self.project, self.period, self.judged)

    @cached_property
    def hit_rates(self) -> list[tuple[str, str, Rate]]:
        """By model; by model and length; by model with and without a first frame."""
        found = []
        for detail in (_anything, _length, _start):
            rates = outcomes.rates(self.judged, lambda each, detail=detail: (each.model, detail(each)))  # type: ignore[misc]
            for model in reversed(catalogue.MODELS):
                if detail is _anything or not model.is_still:
                    mine = [(said, rate) for (key, said), rate in rates.items() if key == model.key]
                    mine.sort(key=lambda pair: (len(pair[0]), pair[0]))  # 5 s before 10 s
                    found += [(model.name, said, rate) for said, rate in mine]
        return found

    @cached_property
    def by_model(self) -> list[tuple[estimate.Tariff, spending.Sum]]:
        """Estimated against billed, and what the estimates rest on."""
        sums = spending.added(self.rows, lambda row: row.model)
        return [
            (estimate.tariff(model, sandbox=self.period.sandbox), sums.get(model.key, spending.Sum()))
            for model in reversed(catalogue.MODELS)
        ]

    @cached_property
    def of_no_model(self) -> spending.Sum | None:
        """What was corrected without a take of ours, and so is of no model."""
        return spending.added(self.rows, lambda row: row.model).get("")

    # --- tables -----------------------------------------------------------------------------

    def lines(self, by: str) -> list[Line]:
        """The table asked for, the dearest first."""
        make = {"scene": self._by_scene, "person": self._by_person, "model": self._by_model}
        found = make.get(by, self._by_shot)()
        return sorted(found, key=lambda line: (-line.spent, line.label))

    def _by_shot(self) -> Iterable[Line]:
        seconds = outcomes.seconds_by(self.kept, lambda each: each.shot)
        for ref, shot, sums in self._shots:
            yield Line(
                key=str(ref),
                label=shot.code if shot else "no shot",
                title=_title(shot),
                path=_path(shot),
                takes=sums.charges,
                seconds=seconds.get(ref, Fraction(0)),
                spent=sums.spent,
            )

    @cached_property
    def _shots(self) -> list[tuple[int, Shot | ShotGone | None, spending.Sum]]:
        """Each shot that something was spent on, by its key; what is known of one whose row is gone."""
        sums = spending.by_shot(self.project, self.period)
        shots: dict[int, Shot | ShotGone] = {}
        shots |= Shot.objects.filter(project=self.project).in_bulk(list(sums))
        for shot in shots.values():
            shot.project = self.project
        missing = sums.keys() - shots.keys() - {0}
        if missing:
            gone = ShotGone.objects.filter(project=self.project, shot_ref__in=missing)
            shots |= {each.shot_ref: each for each in gone}
        return [(ref, shots.get(ref), each) for ref, each in sums.items() if each.charges or each.nano]

    def _by_scene(self) -> Iterable[Line]:
        scenes: dict[str, spending.Sum] = {}
        seconds: dict[str, Fraction] = {}
        of_shot = outcomes.seconds_by(self.kept, lambda each: each.shot)
        for ref, shot, each in self._shots:
            scene = shot.scene if shot else ""
            scenes.setdefault(scene, spending.Sum()).add(
                each.nano, each.estimated_nano, each.over_nano, each.charges, each.seconds
            )
            seconds[scene] = seconds.get(scene, Fraction(0)) + of_shot.get(ref, Fraction(0))
        for scene, sums in scenes.items():
            yield Line(scene, scene or "no scene", "", "", sums.charges, seconds[scene], sums.spent)

    def _by_person(self) -> Iterable[Line]:
        seconds = outcomes.seconds_by(self.kept, lambda each: each.person)
        for person, sums in spending.added(self.rows, lambda row: row.person).items():
            user, name = self._people.get(person), self.name_of(person)
            key = str(user.code) if user else name
            yield Line(
                key,
                name,
                "",
                "",
                sums.charges,
                seconds.get(person, Fraction(0)),
                sums.spent,
                user is not None,
            )

    def _by_model(self) -> Iterable[Line]:
        seconds = outcomes.seconds_by(self.kept, lambda each: each.model)
        names = {model.key: model.name for model in catalogue.MODELS}
        for model, sums in spending.added(self.rows, lambda row: row.model).items():
            label = names.get(model, model) or "no model"
            yield Line(
                model,
                label,
                "",
                "",
                sums.charges,
                seconds.get(model, Fraction(0)),
                sums.spent,
                model in names,
            )

    def _of_models(self, rates: dict[str, Rate]) -> list[tuple[str, Rate]]:
        return [(model.name, rates[model.key]) for model in reversed(catalogue.MODELS) if model.key in rates]


def _is_here(shot: Shot | ShotGone | None) -> bool:
    return isinstance(shot, Shot) and shot.trashed_at is None


def _path(shot: Shot | ShotGone | None) -> str:
    return shot.get_absolute_url() if isinstance(shot, Shot) and _is_here(shot) else ""


def _title(shot: Shot | ShotGone | None) -> str:
    if shot is None:
        return ""
    title = shot.title or "Untitled"
    return title if _is_here(shot) else f"{title} (thrown away)"


def _anything(each: Judged) -> str:
    return ""


def _length(each: Judged) -> str:
    return f"{each.seconds} s"


def _start(each: Judged) -> str:
    return "with first frame" if each.framed else "without first frame"


def other_money(project: Project, period: Period) -> Balance | None:
    """What was spent of the other kind of money, sandbox or real; never added up with this one."""
    other = Balance.of(project, sandbox=not period.sandbox)
    return other if other.spent or other.held else None
