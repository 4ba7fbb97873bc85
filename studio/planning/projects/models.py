"""Films, the people on them, their shot lists and their pictures."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from studio.core.money import MoneyField
from studio.core.versions import Versioned
from studio.integrations import catalogue
from studio.integrations.catalogue import render_settings
from studio.planning.projects.rights import CHANGES, ROLES, Right, Role

WORDS = ("code", "scene", "title", "prompt")  # of a shot, that people write
LONGEST_TITLE = 160  # characters
LONGEST_PROMPT = 20_000  # characters kept of one; what a model takes is less


class Trashable(models.Model):
    """Something that lies in the trash for a while before it is gone."""

    trashed_at = models.DateTimeField(null=True, blank=True)
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        abstract = True


class KeptQuerySet(models.QuerySet):
    def kept(self):
        """Those that are not in the trash."""
        return self.filter(trashed_at=None)


class Approval(models.TextChoices):
    """Whose word makes a take approved."""

    PRODUCER = "producer", "one producer"
    EVERYONE = "everyone", "everyone on its review list"


class Project(Versioned, Trashable):
    """A film: members with roles, defaults, a budget, an ordered shot list in scenes."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    budget = MoneyField("budget, USD", null=True, blank=True)  # the hard line; none: no line
    unbudgeted_needs_owner = models.BooleanField(
        default=False
    )  # without a budget its takes wait for the owner
    sample = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_event = models.PositiveBigIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)  # finished: to be seen, not to be changed
    purged_at = models.DateTimeField(null=True, blank=True)  # nothing is left but its ledger

    # defaults of new shots
    model = models.CharField(max_length=40, default="gen-4.5")
    aspect = models.CharField("aspect of the film", max_length=8, default="16:9")  # a label
    seconds = models.PositiveSmallIntegerField(default=5)
    takes = models.PositiveSmallIntegerField(default=1)
    video_format = models.CharField(max_length=8, default="MP4")
    still_format = models.CharField(max_length=8, default="JPG")
    quality = models.PositiveSmallIntegerField(default=95)
    safety = models.CharField(max_length=8, default="none")
    threshold = models.CharField("public figures", max_length=8, default="auto")

    # how it is judged
    approval = models.CharField(
        "a take is approved by", max_length=10, choices=Approval.choices, default=Approval.PRODUCER
    )
    frames_first = models.BooleanField("Gen-4.5 needs an approved first frame", default=False)

    # how it looks and how fast it goes
    look = models.TextField("project look", blank=True, default="")  # a sentence behind every prompt
    in_flight = models.PositiveSmallIntegerField("takes at the provider at once", null=True, blank=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("board:board", args=[self.slug])

    def finish_for(self, model):
        """What the project says about the finish of a take by this model."""
        said: dict[str, Any] = {name: getattr(self, name, None) for name in render_settings.FINISH}
        said["format"] = self.still_format if model.is_still else self.video_format
        return render_settings.Finish(**said)

    @staticmethod
    def free_slug(name):
        """A slug for this name that no project has yet."""
        stem = slugify(name)[:70] or "project"
        slug, number = stem, 1
        while Project.objects.filter(slug=slug).exists():
            number += 1
            slug = f"{stem}-{number}"
        return slug


class Membership(models.Model):
    """One person's role on one project (design 8)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="one_role_each")]
        ordering = ["pk"]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()}"

    def may(self, right):
        """Whether this role may do this here."""
        if right in CHANGES and self.project.archived_at:
            return False
        return self.role in ROLES[right]

    @property
    def sees_money(self):
        return self.may(Right.MONEY)

    @property
    def reviews(self):
        return self.may(Right.REVIEW)

    @property
    def makes(self):
        return self.may(Right.MAKE)

    @property
    def produces(self):
        return self.may(Right.PRODUCE)

    @property
    def runs(self):
        return self.may(Right.RUN)

    @property
    def audience(self):
        """Which edition of a live fragment this person may read."""
        return "money" if self.sees_money else "member"


class Invitation(models.Model):
    """A link that lets one person in, in one role, for a while.

    The link holds the code and a signature; this row alone opens nothing.
    """

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Role.choices)
    email = models.EmailField(blank=True)  # whom it was sent to; it opens for whoever has the link
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.get_role_display()} on {self.project}"

    @property
    def is_open(self):
        return not (self.accepted_at or self.revoked_at) and self.expires_at > timezone.now()

    @property
    def standing(self):
        """How it stands, in a word."""
        if self.accepted_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        return "open" if self.is_open else "expired"


class Picture(Trashable):
    """An image we hold. It remembers the take and frame it came from by code, not by key."""

    class Source(models.TextChoices):
        UPLOAD = "upload", "Uploaded"
        STILL = "still", "Still"
        FRAME = "frame", "Frame of a take"

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="pictures")
    sha256 = models.CharField(max_length=64)  # of the file as it came
    name = models.CharField(max_length=200, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    original = models.CharField(max_length=200, blank=True, default="")  # as it came; once per hash
    file = models.CharField(max_length=200)  # the working copy: upright, sRGB, no metadata
    preview = models.CharField(max_length=200)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.UPLOAD)
    from_take = models.UUIDField(null=True, blank=True)
    from_frame = models.PositiveIntegerField(null=True, blank=True)
    from_label = models.CharField(max_length=60, blank=True)  # "from 010, still 2"
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(max_length=10, blank=True, default="")  # written by `review`

    objects = KeptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "sha256", "from_take", "from_frame"], name="frame_of_take_once"
            ),
            models.UniqueConstraint(
                fields=["project", "sha256"], condition=models.Q(from_take=None), name="upload_once"
            ),
        ]

    def __str__(self):
        return self.name or self.get_source_display()

    @property
    def preview_url(self):
        return reverse("renders:picture", args=[self.code, "preview", self.sha256[:12]])

    @property
    def is_approved(self):
        return self.verdict == "approved"


class ShotQuerySet(KeptQuerySet):
    def in_order(self):
        return self.order_by("position", "pk")


class Shot(Versioned, Trashable):
    """One line of the shot list, with the prompt and settings being worked on.

    The settings are a wish: they are kept as typed, legal or not, and checked when a take
    is ordered.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="shots")
    scene = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    position = models.PositiveIntegerField(default=0)
    prompt = models.TextField(blank=True)
    model = models.CharField(max_length=40)
    aspect = models.CharField(max_length=12)  # a preset's key, "1280x720"
    seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    takes = models.PositiveSmallIntegerField(default=1)
    seed = models.PositiveBigIntegerField(null=True, blank=True)  # none: a new one each time
    first_frame = models.ForeignKey(
        Picture, null=True, blank=True, on_delete=models.SET_NULL, related_name="first_frame_of"
    )
    crop = models.JSONField(null=True, blank=True)  # see projects/framing.py; none: the middle
    no_look = models.BooleanField(default=False)  # the project's look is not added to its prompt
    # empty: as the project says
    format = models.CharField(max_length=8, blank=True)
    quality = models.PositiveSmallIntegerField(null=True, blank=True)
    safety = models.CharField(max_length=8, blank=True)
    threshold = models.CharField(max_length=8, blank=True)
    # the highest number of a take that is gone from the trash, by kind: no number is given twice
    numbers_gone = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ShotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code"], condition=models.Q(trashed_at=None), name="shot_code_once"
            )
        ]
        indexes = [models.Index(fields=["project", "position", "id"])]

    def __str__(self):
        return f"{self.code} {self.title}".strip()

    def get_absolute_url(self):
        return reverse("board:shot", args=[self.project.slug, self.code])

    @property
    def catalogue_model(self):
        try:
            return catalogue.get(self.model)
        except catalogue.UnknownModel:
            return catalogue.default()

    @property
    def preset(self):
        """The preset it is set to; the model's first where the wish is not one of its own."""
        model = self.catalogue_model
        return model.preset(self.aspect) or model.presets[0]
