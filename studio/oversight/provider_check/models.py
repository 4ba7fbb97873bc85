"""What a check of the provider has bought, and who called back about it."""

import uuid

from django.conf import settings
from django.db import models

from studio.core.money import MoneyField
from studio.integrations import catalogue
from studio.planning.ledger.purchase import Purchase
from studio.planning.projects.models import Project


class JobQuerySet(models.QuerySet):
    def open(self):
        """Those that may be made, or may have been, and are not booked yet."""
        return self.filter(state__in=Job.OPEN)


class Job(models.Model):
    """One task of a check. Its row is there before anything is sent; `code` is the task's UUID."""

    class State(models.TextChoices):
        SENDING = "sending", "Sending"  # stays here if no answer came
        RUNNING = "running", "Being made"
        DONE = "done", "Paid"
        FAILED = "failed", "Not made"

    OPEN = {State.SENDING, State.RUNNING}

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.UUIDField()  # the check it belongs to
    key = models.CharField(max_length=40)  # which of the questions it answers
    what = models.CharField(max_length=200)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    model = models.CharField(max_length=40)
    seconds = models.PositiveSmallIntegerField(null=True)
    sandbox = models.BooleanField()
    estimate = MoneyField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.SENDING)
    refuse_first = models.BooleanField(default=False)  # the first callback is answered with 503
    created_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cost = MoneyField(null=True)
    result_uuid = models.CharField(max_length=64, blank=True)
    failure_code = models.CharField(max_length=80, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["sandbox"], condition=models.Q(state__in=["sending", "running"]), name="open_checks"
            )
        ]

    def __str__(self):
        return self.what

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    def catalogue_model(self):
        return catalogue.named(self.model)

    @property
    def purchase(self):
        return Purchase(
            project_id=self.project_id,
            render_code=self.code,
            what=f"Provider check · {self.what}",
            shot_code="",
            model=self.model,
            seconds=self.seconds,
            sandbox=self.sandbox,
            by_id=self.by_id,
            estimate=self.estimate,
        )


class Callback(models.Model):
    """A call about a job, as it came. It is evidence: nothing is paid because of it while the provider answers."""

    code = models.UUIDField(db_index=True)
    at = models.DateTimeField(auto_now_add=True)
    answered = models.PositiveSmallIntegerField()  # the status we gave
    headers = models.JSONField(default=dict)
    body = models.BinaryField()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.code}: {self.answered}"
