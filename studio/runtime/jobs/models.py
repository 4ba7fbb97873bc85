"""Why the engine stands still, when a person must say that it may go on."""

from django.conf import settings
from django.db import models


class EnginePause(models.Model):
    """This studio is a copy: it sends, buys and mails nothing until its owner says the other one is off."""

    reason = models.CharField(max_length=200)
    backup_at = models.DateTimeField(null=True)  # when the backup was made that this studio comes from
    since = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["confirmed_at"], name="pauses_by_confirmation")]

    def __str__(self):
        return self.reason
