"""What everybody in the screening room sees: one row per project, changed under its revision."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.planning.projects.models import Project


class Room(models.Model):
    """The shared playhead of a project. Only the presenting tab moves it."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="room")
    revision = models.PositiveBigIntegerField(default=0)
    # shot, take, frame, playing, speed, mode, compare
    state = models.JSONField(default=dict)
    moved_at = models.DateTimeField(auto_now=True)
    presenter = models.UUIDField(null=True)  # a tab

    def __str__(self):
        return f"room of {self.project_id}"


class Tab(models.Model):
    """A page that is in a room. Two pages of one person are two."""

    code = models.UUIDField(default=uuid.uuid4, unique=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    following = models.BooleanField(default=True)
    asks = models.BooleanField(default=False)  # to present
    seen_at = models.DateTimeField(default=timezone.now)
    gone_at = models.DateTimeField(null=True)  # its socket closed; it may be back in a moment

    class Meta:
        indexes = [models.Index(fields=["project", "seen_at"], name="tabs_of_room")]

    def __str__(self):
        return f"{self.user_id} in {self.project_id}"
