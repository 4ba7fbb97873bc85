"""The shelf of a project: pictures with a name, to be given to stills as references."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from studio.planning.projects.models import Picture, Project, Shot

NAME = re.compile(r"[a-z][a-z0-9_]{2,15}")  # what a provider may know it by (`protocols.md` 4, quirk 4)


def check_name(name):
    """Refuse what cannot be written behind an @.

    Raises:
        ValidationError: with a sentence for a person.
    """
    if not NAME.fullmatch(name):
        raise ValidationError(
            "A name has 3 to 16 small letters, digits or underscores, and begins with a letter."
        )


class Reference(models.Model):
    """A picture somebody gave a name, so that `@mira` in a prompt means it."""

    class Kind(models.TextChoices):
        CHARACTER = "character", "Character"
        PLACE = "place", "Place"
        STYLE = "style", "Style"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="references")
    name = models.CharField(max_length=16, validators=[check_name])
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CHARACTER)
    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="references")
    in_look = models.BooleanField(default=False)  # given to every still of the project
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="reference_name_once")]

    def __str__(self):
        return f"@{self.name}"


class ShotReference(models.Model):
    """A reference given to a shot, whether its prompt names it or not."""

    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="shot_references")
    reference = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="shot_references")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["shot", "reference"], name="reference_once_a_shot")]

    def __str__(self):
        return f"{self.reference} of {self.shot}"
