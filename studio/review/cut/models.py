"""In and out of the takes in the cut."""

from django.conf import settings
from django.db import models

from studio.generation.renders.models import Render
from studio.planning.projects.models import Shot


class Trim(models.Model):
    """Which frames of a take the film shows; both ends are shown."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="trims")
    render = models.OneToOneField(Render, on_delete=models.CASCADE, related_name="trim")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return f"{self.render_id} {self.first}–{self.last}"
