"""What people think of a take, a still or a first frame: notes, strokes and verdicts."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from studio.core.versions import Versioned
from studio.generation.renders.models import Render
from studio.planning.projects.models import Picture, Project


class OfSubject(models.Model):
    """Said of a take (or still), or of a picture; by a member, or by a guest of a share link.

    The code is made by whoever sends it, so that sending it again is harmless. Guests and their links are
    kept by code and name: what they said outlives the link.
    """

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    render = models.ForeignKey(Render, null=True, on_delete=models.CASCADE, related_name="%(class)ss")
    picture = models.ForeignKey(Picture, null=True, on_delete=models.CASCADE, related_name="%(class)ss")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    guest = models.UUIDField(null=True)
    guest_name = models.CharField(max_length=60, blank=True)
    link = models.UUIDField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    # a frame, or the first of a range; `last` belongs to the range; both none: the whole of it
    frame = models.PositiveIntegerField(null=True)
    last = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True

    @property
    def author(self):
        """Whose name stands beside it."""
        if self.guest:
            return f"{self.guest_name} (guest)"
        return str(self.by.short_name) if self.by else "somebody who left"

    @property
    def subject(self):
        return self.render or self.picture


class NoteQuerySet(models.QuerySet):
    def kept(self):
        return self.filter(deleted_at=None)

    def threads(self):
        """Notes that are no replies, with their replies and strokes, in the order of their frames."""
        return (
            self.kept()
            .filter(reply_to=None)
            .select_related("by", "resolved_by", "resolved_on")
            .prefetch_related(
                models.Prefetch("strokes", Stroke.objects.filter(deleted_at=None).order_by("pk")),
                models.Prefetch("replies", Note.objects.kept().select_related("by").order_by("pk")),
            )
            .order_by(models.F("frame").asc(nulls_first=True), "pk")
        )

    def open(self):
        return self.kept().filter(reply_to=None, resolved_at=None)


class Note(OfSubject):
    """Words, and strokes, on a frame or a range of a take."""

    LONGEST = 5000  # characters

    text = models.TextField(blank=True)
    reply_to = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    revision = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    resolved_on = models.ForeignKey(Render, null=True, on_delete=models.SET_NULL, related_name="+")
    deleted_at = models.DateTimeField(null=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(render=None) ^ models.Q(picture=None), name="note_of_one_subject"
            )
        ]
        indexes = [models.Index(fields=["project", "id"], name="notes_of_project")]

    def __str__(self):
        return f"{self.author}: {self.text[:60]}"

    def get_absolute_url(self):
        return f"{review_url(self.subject)}&note={(self.reply_to or self).code}"

    @property
    def thread(self):
        return self.reply_to or self


class Stroke(models.Model):
    """One movement of a pen over the frame. Its code is made by the browser."""

    class Kind(models.TextChoices):
        PEN = "pen", "Pen"
        ARROW = "arrow", "Arrow"
        TEXT = "text", "Text"

    COLOURS = ("amber", "red", "green", "blue", "white")
    MOST_POINTS = 2000
    LONGEST_TEXT = 200

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="strokes")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    colour = models.CharField(max_length=8)
    points = models.JSONField()  # [[x, y], …], 0 to 1 of the frame's width and height
    frame = models.PositiveIntegerField(null=True)  # None: the frame of its note
    text = models.CharField(max_length=LONGEST_TEXT, blank=True)
    deleted_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"{self.kind} on {self.note_id}"


class StillThere(models.Model):
    """Somebody looked at a later take and said that what an older note asks for is not done there."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="answers")
    render = models.ForeignKey(Render, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "render"], name="asked_once_a_take")]

    def __str__(self):
        return f"{self.note_id} still there on {self.render_id}"


class Verdict(OfSubject):
    """What somebody decided, with reasons. Rows are only added: the latest of a person stands."""

    class Value(models.TextChoices):
        APPROVED = "approved", "Approved"
        RETAKE = "retake", "Retake"
        REJECTED = "rejected", "Rejected"
        NONE = "none", "Taken back"

    value = models.CharField(max_length=10, choices=Value.choices)
    role = models.CharField(max_length=10, blank=True)  # of whoever said it, then; "" for guests
    reasons = models.JSONField(default=list)  # keys of reasons.REASONS
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(render=None) ^ models.Q(picture=None), name="verdict_of_one_subject"
            )
        ]
        indexes = [models.Index(fields=["project", "value", "id"], name="verdicts_of_project")]

    def __str__(self):
        return f"{self.author}: {self.value}"

    @property
    def standing(self):
        return self.value != self.Value.NONE


class ReviewList(Versioned):
    """A named row of takes that some people are asked to look at, by a time."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="review_lists")
    name = models.CharField(max_length=120)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="lists_of_project")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("review:list", args=[self.project.slug, self.code])


class ListItem(models.Model):
    """A take on a review list."""

    review_list = models.ForeignKey(ReviewList, on_delete=models.CASCADE, related_name="items")
    render = models.ForeignKey(Render, on_delete=models.CASCADE, related_name="list_items")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review_list", "render"], name="once_on_a_list")]
        ordering = ["position", "pk"]

    def __str__(self):
        return f"{self.render_id} on {self.review_list_id}"


class ListReviewer(models.Model):
    """Somebody who is asked to look at a list."""

    review_list = models.ForeignKey(ReviewList, on_delete=models.CASCADE, related_name="reviewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_seats")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review_list", "user"], name="asked_once")]
        ordering = ["pk"]

    def __str__(self):
        return f"{self.user_id} on {self.review_list_id}"


class Retake(models.Model):
    """A new take asked for from what was said of an old one. A reviewer proposes it; an artist sends it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        SENT = "sent", "Sent"
        DECLINED = "declined", "Declined"

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="retakes")
    render = models.ForeignKey(Render, on_delete=models.CASCADE, related_name="retakes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    frame = models.PositiveIntegerField(null=True)
    last = models.PositiveIntegerField(null=True)
    reasons = models.JSONField(default=list)
    text = models.TextField(blank=True)
    notes = models.JSONField(default=list)  # codes of the notes it answers
    prompt = models.TextField(blank=True)
    model = models.CharField(max_length=40)
    takes = models.PositiveSmallIntegerField(default=1)
    keep_seed = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    handled_at = models.DateTimeField(null=True)
    batch = models.UUIDField(null=True)  # of the takes it became

    class Meta:
        indexes = [
            models.Index(fields=["project", "state", "-id"], name="retakes_of_project"),
            models.Index(fields=["batch"], condition=~models.Q(batch=None), name="retake_of_batch"),
        ]

    def __str__(self):
        return f"retake of {self.render_id}: {self.state}"

    def get_absolute_url(self):
        return reverse("review:retake", args=[self.render.code]) + f"?proposal={self.code}"


def review_url(subject, **more):
    """Where a take, or a picture, is looked at frame by frame."""
    if isinstance(subject, Picture):
        return reverse("review:picture", args=[subject.project.slug, subject.code]) + "?"
    base = reverse("review:shot", args=[subject.shot.project.slug, subject.shot.code])
    return f"{base}?take={subject.code}" + "".join(f"&{name}={value}" for name, value in more.items())
