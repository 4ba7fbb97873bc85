"""Our books beside the provider's: when they were compared, and where they differ."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.core.money import ZERO, MoneyField
from studio.planning.projects.models import Project


class Comparison(models.Model):
    """One look at the provider's account, beside what our ledger says of the same days."""

    sandbox = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    days = models.PositiveSmallIntegerField(default=30)
    ours = MoneyField()  # charges and adjustments of those days
    theirs = MoneyField(null=True)  # what the account says was used; none: it does not say
    account = models.CharField(max_length=120, blank=True)
    used_ever = MoneyField(null=True)  # by the account, since it was opened
    # what it had used beyond our ledger when it was first compared, before the days that are compared
    beyond = MoneyField(null=True)
    counted_from = models.DateTimeField(null=True)  # when that was
    conclusive = models.BooleanField(default=False)  # nothing was on its way: the sums could be compared
    on_their_way = models.PositiveIntegerField(
        default=0
    )  # takes that one side may have and the other not yet
    asked = models.PositiveIntegerField(default=0)  # takes whose bill was asked for again
    late_bills = models.PositiveIntegerField(default=0)  # that came and are booked
    late_results = models.PositiveIntegerField(default=0)  # of takes we had given up
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sandbox", "-id"], name="comparisons")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}: {self.ours} and {self.theirs}"

    @property
    def apart(self):
        """How much more the provider counts than we do; None where it does not say."""
        return None if self.theirs is None else self.theirs - self.ours


class Difference(models.Model):
    """Something one side has and the other has not, or has otherwise. A person settles it, with a reason."""

    class Kind(models.TextChoices):
        BILL = "bill", "billed otherwise"
        FAILED = "failed", "charged here, failed there"
        USAGE = "usage", "all takes together"

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    sandbox = models.BooleanField()
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="differences")
    render_code = models.UUIDField(null=True)
    what = models.CharField(max_length=200)
    ours = MoneyField(default=ZERO)
    theirs = MoneyField(default=ZERO)
    found_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)  # when it was still there
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    adjusted = MoneyField(null=True)  # none: left as it was
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["render_code", "kind"],
                condition=models.Q(settled_at=None, render_code__isnull=False),
                name="one_open_difference_a_take",
            ),
            models.UniqueConstraint(
                fields=["sandbox", "kind"],
                condition=models.Q(settled_at=None, render_code=None),
                name="one_open_difference_of_usage",
            ),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="differences_of_project")]

    def __str__(self):
        return f"{self.what}: {self.ours} here, {self.theirs} there"

    @property
    def apart(self):
        return self.theirs - self.ours
