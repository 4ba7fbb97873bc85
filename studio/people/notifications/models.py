"""What a person should hear of, in the app and by e-mail."""

from django.conf import settings
from django.db import models

from studio.people.mail.models import Mail

__all__ = ["Mail", "Notice", "Switches"]  # mails have their table among the notices


class Notice(models.Model):
    """Something one person should know. It keeps words and an address, and outlives what it is about."""

    class Kind(models.TextChoices):
        READY = "ready", "A take of mine is ready"
        FAILED = "failed", "A take of mine failed"
        WAITING = "waiting", "A take waits for my allowing"
        INVITED = "invited", "I was invited to a project, or my role changed"
        ASKED = "asked", "I am asked to review"
        MENTIONED = "mentioned", "Somebody mentions me in a note"
        VERDICT = "verdict", "A verdict on a take of mine"
        PROPOSED = "proposed", "A retake is proposed"
        CAME = "came", "A retake I asked for is here"
        CLOSED = "closed", "A review I was part of is closed"
        BUDGET = "budget", "A budget is nearly used, or passed"
        BALANCE = "balance", "The provider account is nearly empty"

    OF_MONEY = (Kind.WAITING, Kind.BUDGET)  # for producers: these tell sums

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    project = models.CharField(max_length=120, blank=True)  # its name then
    subject = models.CharField(max_length=80, blank=True)  # a take's code, once per kind
    text = models.CharField(max_length=300)
    path = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)  # in a digest, or never to be

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "subject"], condition=~models.Q(subject=""), name="notice_once"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notices_of_person"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="unread_notices"),
            models.Index(fields=["at"], condition=models.Q(mailed_at=None), name="notices_to_mail"),
        ]

    def __str__(self):
        return self.text


class Switches(models.Model):
    """Which notices a person wants, and where; without a row everything that is usual."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="switches")
    ready = models.BooleanField("a take of mine is ready", default=True)
    failed = models.BooleanField("a take of mine failed", default=True)
    waiting = models.BooleanField("a take waits for my allowing", default=True)
    invited = models.BooleanField("I was invited, or my role changed", default=True)
    asked = models.BooleanField("I am asked to review", default=True)
    mentioned = models.BooleanField("somebody mentions me in a note", default=True)
    verdict = models.BooleanField("a take of mine gets a verdict", default=True)
    proposed = models.BooleanField("a retake is proposed", default=True)
    came = models.BooleanField("a retake I asked for is here", default=True)
    closed = models.BooleanField("a review I was part of is closed", default=True)
    budget = models.BooleanField("a budget is nearly used, or passed", default=True)
    balance = models.BooleanField("the provider account is nearly empty", default=True)
    by_mail = models.BooleanField("by e-mail, gathered", default=True)
    in_browser = models.BooleanField("on this desk, by the browser", default=True)

    def __str__(self):
        return f"switches of {self.user}"
