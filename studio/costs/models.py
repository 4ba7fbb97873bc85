"""Money, as rows that are only ever added."""

from django.conf import settings
from django.db import models

from studio.money import ZERO, MoneyField
from studio.projects.models import Project


class LedgerEntry(models.Model):
    """One movement of money: a hold sets aside, a release gives back, a charge is paid.

    Unique on (render code, kind, result), so a repeat is harmless. It keeps the render's code
    and a few words about it, not a foreign key, and so outlives what it paid for.
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

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="ledger")
    render_code = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    result = models.CharField(max_length=64, blank=True, default="")
    amount = MoneyField()
    estimate = MoneyField(null=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    sandbox = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    shot_code = models.CharField(max_length=20, blank=True)
    what = models.CharField(max_length=200)  # "030 take 2 · Gen-4.5 · 5 s"
    model = models.CharField(max_length=40)
    seconds = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["render_code", "kind", "result"], name="ledger_once"),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="ledger_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.what}"


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
