"""What was written for a shot over time, and the words a project offers to write with."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.planning.projects.models import Project, Shot


class PromptVersion(models.Model):
    """A prompt as it once stood. Kept for ever; what one person types in one go is one version."""

    class Via(models.TextChoices):
        TYPED = "typed", "Typed"
        ORDERED = "ordered", "Rendered"
        TAKEN = "taken", "From a take"
        LISTED = "listed", "From the shot list"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="prompt_versions")
    text = models.TextField()
    via = models.CharField(max_length=8, choices=Via.choices, default=Via.TYPED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    taken_out = models.PositiveIntegerField(default=0)  # characters, since it was begun

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["shot", "-id"], name="prompts_of_shot"),
            models.Index(fields=["project", "-id"], name="prompts_of_project"),
        ]

    def __str__(self):
        return self.text[:80]


class Vocabulary(models.Model):
    """The words of one group (camera moves, say) as a project edited them; without a row they are ours."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="vocabulary")
    group = models.CharField(max_length=12)
    terms = models.JSONField(default=list)  # [[label, words], …]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "group"], name="vocabulary_once")]

    def __str__(self):
        return self.group
