"""Money, as rows that are only ever added, and the sums kept beside them."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.core import sql
from studio.core.money import ZERO, MoneyField
from studio.planning.projects.models import Project


class LedgerEntry(models.Model):
    """One movement of money: a hold sets aside, a release gives back, a charge is paid, an adjustment corrects.

    Unique on (render code, kind, result), so a repeat is harmless. It keeps codes, numbers and words about
    what it paid for, no foreign keys to it, and so outlives takes, shots and people. The database refuses to
    change or delete a row (`seal`).
    """

    class Kind(models.TextChoices):
        HOLD = "hold", "Set aside"
        RELEASE = "release", "Released"
        CHARGE = "charge", "Charged"
        ADJUSTMENT = "adjustment", "Adjusted"

    class Source(models.TextChoices):
        ESTIMATE = "estimate", "our estimate"
        PROVIDER = "provider", "billed by the provider"
        COMPUTED = "computed", "computed, no bill came"
        PERSON = "person", "entered by hand"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="ledger")
    render_code = models.UUIDField()
    task_code = models.UUIDField(
        null=True
    )  # what the provider calls it: the take's code, but for extra results
    kind = models.CharField(max_length=10, choices=Kind.choices)
    result = models.CharField(max_length=64, blank=True, default="")  # the provider's id of the file
    amount = MoneyField()  # of an adjustment it may be below zero
    estimate = MoneyField(null=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    provider = models.CharField(max_length=20, default="runware")
    sandbox = models.BooleanField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,  # the row stays as it is when a person goes
        db_constraint=False,
        related_name="+",
    )
    by_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField()  # of `at`, where the studio is
    shot_ref = models.BigIntegerField(null=True)  # the shot's key; it may be gone
    shot_code = models.CharField(max_length=20, blank=True)
    what = models.CharField(max_length=200)  # "030 take 2 · Gen-4.5 · 5 s"
    model = models.CharField(max_length=40)
    seconds = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # of a release without a charge, or an adjustment

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["render_code", "kind", "result"], name="ledger_once"),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="ledger_newest"),
            models.Index(
                fields=["model", "sandbox", "-id"],
                condition=models.Q(kind="charge", source="provider"),
                name="invoices_of_model",
            ),
            models.Index(
                fields=["project", "by", "day"],
                condition=models.Q(kind="hold"),
                name="holds_of_person_and_day",
            ),
            models.Index(
                fields=["sandbox", "day"],
                condition=models.Q(kind="adjustment"),
                name="adjustments_of_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.what}"

    @property
    def who(self) -> str:
        """Whose money it was; their name then, when they are not here any more."""
        return self.by_name or "somebody who left"


class Balance(models.Model):
    """What a project's ledger adds up to, kept in the transaction of each entry.

    Sandbox money has a row of its own: it is never added to real money.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="balances")
    sandbox = models.BooleanField()
    spent = MoneyField(default=ZERO)
    held = MoneyField(default=ZERO)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "sandbox"], name="one_balance")]

    def __str__(self) -> str:
        return f"{self.spent} spent, {self.held} held"

    @classmethod
    def of(cls, project: Project, *, sandbox: bool) -> "Balance":
        """What is spent and set aside of this kind of money."""
        found = sql.read(cls, "WHERE project_id = %s AND sandbox = %s", [project.pk, sandbox])
        return found[0] if found else cls(project=project, sandbox=sandbox)

    @property
    def committed(self) -> Decimal:
        return self.spent + self.held


class Spend(models.Model):
    """What the ledger entries of one day, model and person add up to, kept in the transaction of each.

    `held` is what was set aside that day less what was given back that day: over all days, what is set
    aside now.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    sandbox = models.BooleanField()
    day = models.DateField()
    model = models.CharField(max_length=40)
    person = models.BigIntegerField()  # a user's key; 0: nobody
    spent = MoneyField(default=ZERO)  # charges and adjustments
    held = MoneyField(default=ZERO)
    estimated = MoneyField(default=ZERO)  # of what was charged
    over = MoneyField(default=ZERO)  # bills above their estimates, by so much
    charges = models.IntegerField(default=0)
    seconds = models.IntegerField(default=0)  # of film charged, as ordered

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.day} {self.model}: {self.spent}"


class DaySpend(Spend):
    """A project by day, model and person."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sandbox", "day", "model", "person"], name="one_day_spend"
            )
        ]
        indexes = [models.Index(fields=["sandbox", "day"], name="spend_of_day")]


class ShotSpend(Spend):
    """The same for each shot."""

    shot_ref = models.BigIntegerField()  # 0: no shot

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sandbox", "shot_ref", "day", "model", "person"], name="one_shot_spend"
            )
        ]


class ShotGone(models.Model):
    """What a shot was called and where it stood when its row was deleted: its money is still told of."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    shot_ref = models.BigIntegerField(unique=True)  # the key it had
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=160, blank=True)
    scene = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()


class Budget(models.Model):
    """A hard line below the project's own: for a scene, or for what a person orders in a day."""

    class Scope(models.TextChoices):
        SCENE = "scene", "a scene"
        DAY = "day", "a person and day"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budgets")
    scope = models.CharField(max_length=5, choices=Scope.choices)
    scene = models.CharField(max_length=80, blank=True)
    person = models.ForeignKey(  # none: everybody who has no line of their own
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "scene"], condition=models.Q(scope="scene"), name="one_budget_a_scene"
            ),
            models.UniqueConstraint(
                fields=["project", "person"], condition=models.Q(scope="day"), name="one_budget_a_person"
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(scope="day", person=None),
                name="one_budget_for_everybody",
            ),
        ]
        ordering = ["scope", "scene", "pk"]

    def __str__(self) -> str:
        return f"{self.scope} {self.scene or self.person_id or 'everybody'}: {self.amount}"


class StudioBudget(models.Model):
    """A hard line above all projects: what the studio may spend in a day, or in a month. The owner draws it."""

    class Period(models.TextChoices):
        DAY = "day", "a day"
        MONTH = "month", "a month"

    period = models.CharField(max_length=5, choices=Period.choices, unique=True)
    amount = MoneyField()

    class Meta:
        ordering = ["period"]

    def __str__(self) -> str:
        return f"{self.period}: {self.amount}"

    @property
    def what(self) -> str:
        """How a sentence names it."""
        return f"the studio's budget for {self.get_period_display()}"


class Purse(models.Model):
    """What a provider's account held when it was last asked."""

    provider = models.CharField(max_length=20)
    sandbox = models.BooleanField()
    account = models.CharField(max_length=120, blank=True)
    balance = MoneyField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    problem = models.CharField(max_length=200, blank=True)  # why the last question had no answer
    low_since = models.DateTimeField(null=True)  # people were told that it is nearly empty
    empty_since = models.DateTimeField(null=True)  # and that it is empty

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "sandbox"], name="one_purse")]

    def __str__(self) -> str:
        return f"{self.provider}: {self.balance}"
