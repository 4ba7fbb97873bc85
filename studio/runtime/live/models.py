"""What happened, in order: the history people read and the log that sockets replay."""

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One change in a project: `noun.happened`, the ids it touched, a small payload.

    Numbers (`seq`) run per project in commit order without gaps, because they are given
    out under the lock on the project's row.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=40, blank=True)  # the code of what changed
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    payload = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "seq"], name="event_number_once")]
        ordering = ["project_id", "seq"]

    def __str__(self):
        return f"{self.seq} {self.kind} {self.subject}"
