"""Prompts with variables, rendered side by side: which take is which choice."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.planning.projects.models import Project, Shot
from studio.planning.prompts import variables


class Grid(models.Model):
    """A prompt with variables as it was ordered once, with the settings all of its takes have in common."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="grids")
    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="grids")
    prompt = models.TextField()
    wish = models.JSONField(default=dict)  # the rest of what was asked, see `wishes.py`
    fingerprint = models.CharField(max_length=64)  # of all that it orders, but for the seeds
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["shot", "fingerprint"], name="grid_once_a_shot")]

    def __str__(self):
        return f"Grid of {self.shot.code}: {self.number} prompt{'' if self.number == 1 else 's'}"

    def get_absolute_url(self):
        return reverse("grids:page", args=[self.project.slug, self.code])

    @property
    def axes(self):
        """The choices of each variable."""
        return variables.axes(self.prompt)

    @property
    def number(self):
        return variables.count(self.prompt)


class Cell(models.Model):
    """One prompt of a grid, and the take that was made of it."""

    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="cells")
    place = models.PositiveSmallIntegerField()  # the last variable running fastest
    choices = models.JSONField(default=list)  # one of each variable
    prompt = models.TextField()
    render = models.ForeignKey(Render, null=True, on_delete=models.SET_NULL, related_name="cells")

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["grid", "place"], name="cell_once")]

    def __str__(self):
        return " · ".join(self.choices)
