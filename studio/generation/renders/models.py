"""One take of a shot: its frozen order, its life, its file."""

import unicodedata
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from studio.core import sql
from studio.core.money import MoneyField
from studio.generation.renders import notify
from studio.integrations import catalogue
from studio.integrations.catalogue.render_settings import FINISH
from studio.integrations.providers.failures import FailureReason
from studio.planning.ledger import estimate
from studio.planning.ledger.purchase import Purchase
from studio.planning.projects import access
from studio.planning.projects.models import KeptQuerySet, Project, Shot, Trashable
from studio.planning.projects.rights import Right
from studio.runtime.live import events

# Why a take failed whose file was paid for and may be there yet.
FETCHED_AGAIN = {FailureReason.FILE_GONE.code, FailureReason.FILE_UNREACHED.code}


class RenderQuerySet(KeptQuerySet):
    def open_to(self, user, right=Right.LOOK):
        """Takes with which this person may do this; what lies in the trash is not among them."""
        return self.kept().filter(access.within(user, right), shot__trashed_at=None)

    def watchable(self):
        """What can be looked at: ready, not in the trash and not behind a veil."""
        return self.kept().filter(state=Render.State.READY).exclude(flagged=True, unveiled_at=None)

    def to_send(self):
        """Queued, not held by somebody, and their undo window or back-off is over."""
        return self.filter(state=Render.State.QUEUED, held_at=None, due_at__lte=timezone.now())

    def to_settle(self):
        """In flight, or expired but still open to a late result, and someone should look."""
        return self.filter(state__in=[*Render.IN_FLIGHT, Render.State.EXPIRED], check_at__lte=timezone.now())

    def to_save(self):
        """A result is there and its file is not ours yet; no other worker holds it."""
        return self.filter(state=Render.State.SAVING, check_at__lte=timezone.now())

    def to_copy(self):
        """Ready, but the original seeks slowly and has no review copy yet."""
        return self.filter(state=Render.State.READY, review_wanted=True, check_at__lte=timezone.now())

    def to_measure(self):
        """Clips that were kept before their frames were listed."""
        return self.filter(
            state=Render.State.READY, kind="video", has_sound=None, check_at__lte=timezone.now()
        ).exclude(file="")


class Render(Trashable):
    """A take. Its order is frozen when it is made; `state` is the machine's, never a verdict."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"  # a producer must allow it first
        QUEUED = "queued", "Queued"
        SUBMITTING = "submitting", "Sending"  # stays here if no answer came
        RENDERING = "rendering", "Rendering"
        SAVING = "saving", "Saving"  # paid for; its file is being fetched
        READY = "ready", "Ready"
        KEPT = "kept", "Kept, not shown"  # paid for, its file is ours, and it cannot be shown
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "No answer"

    # A result is taken from any state in which the provider may have had the order.
    MOVES = {
        State.WAITING: {State.QUEUED, State.CANCELLED},
        State.QUEUED: {State.SUBMITTING, State.CANCELLED, State.FAILED, State.SAVING},
        State.SUBMITTING: {State.QUEUED, State.RENDERING, State.FAILED, State.EXPIRED, State.SAVING},
        State.RENDERING: {State.FAILED, State.EXPIRED, State.SAVING},
        State.EXPIRED: {State.SAVING, State.FAILED},
        State.SAVING: {State.READY, State.KEPT, State.FAILED},
        State.FAILED: {State.SAVING},
        State.READY: set(),
        State.KEPT: {State.SAVING},
        State.CANCELLED: set(),
    }
    ENDS = {State.READY, State.KEPT, State.FAILED}  # whoever ordered it is told
    IN_FLIGHT = {State.SUBMITTING, State.RENDERING}
    MOVING = {State.QUEUED, State.SUBMITTING, State.RENDERING, State.SAVING}
    OPEN = {State.WAITING, State.QUEUED, State.SUBMITTING, State.RENDERING, State.SAVING}

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # the taskUUID
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="renders")
    shot = models.ForeignKey(Shot, on_delete=models.CASCADE, related_name="renders")
    number = models.PositiveIntegerField()  # within the shot; stills count on their own
    kind = models.CharField(max_length=5)
    batch = models.UUIDField(default=uuid.uuid4)  # takes of one press are posted in one array
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    # the order, as sent
    provider = models.CharField(max_length=20, default="runware")
    sandbox = models.BooleanField()
    model = models.CharField(max_length=40)
    model_id = models.CharField(max_length=80)
    prompt = models.TextField(blank=True)  # what was sent: the words with the look behind them
    words = models.TextField(blank=True, default="")  # as they were typed
    look = models.TextField(blank=True, default="")  # the project's, as it was then
    aspect = models.CharField(max_length=8)  # the label, "16:9"
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    seconds = models.PositiveSmallIntegerField(null=True)
    seed_asked = models.PositiveBigIntegerField(null=True)
    format = models.CharField(max_length=8)
    quality = models.PositiveSmallIntegerField()
    safety = models.CharField(max_length=8)
    threshold = models.CharField(max_length=8)
    # [{"picture": code, "sha256": of the file, "position": "first" or "reference", "from": label,
    #   "box": [left, top, right, bottom] in pixels of the original, "name": of a reference}]
    frames = models.JSONField(default=list)
    estimate = MoneyField()

    # its life
    state = models.CharField(max_length=12, choices=State.choices)
    revision = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)  # queued: when it may be sent
    check_at = models.DateTimeField(default=timezone.now)  # in flight: when someone looks again
    deadline_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)  # queued, and somebody wants it to stay so
    attempts = models.PositiveSmallIntegerField(default=0)  # posts in doubt, then tries to save
    note = models.CharField(max_length=200, blank=True)  # why it is queued again, in words
    failure_code = models.CharField(max_length=80, blank=True)
    failure = models.TextField(blank=True)  # what the provider said, whole
    failure_parameter = models.CharField(max_length=200, blank=True, default="")  # what it did not like
    allowed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    dismissed_at = models.DateTimeField(null=True)  # nobody waits for it any more
    queued_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    # what came back
    task_code = models.UUIDField()  # the task this result belongs to: `code`, but for extra results
    provider_ref = models.CharField(max_length=120, blank=True)
    result_uuid = models.CharField(max_length=64, blank=True)
    result_url = models.TextField(blank=True)  # the provider's: never shown to a browser
    seed = models.PositiveBigIntegerField(null=True)
    cost = MoneyField(null=True)
    cost_source = models.CharField(max_length=10, blank=True)
    flagged = models.BooleanField(default=False)
    unveiled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    unveiled_at = models.DateTimeField(null=True)

    # its files, names in storage
    file = models.CharField(max_length=200, blank=True)
    poster = models.CharField(max_length=200, blank=True)
    last_frame = models.CharField(max_length=200, blank=True)
    filmstrip = models.CharField(max_length=200, blank=True)
    review = models.CharField(max_length=200, blank=True)
    review_wanted = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)  # bytes
    manifest_sha256 = models.CharField(
        max_length=64, null=True
    )  # of the manifest that came in the file; "": none did; None: nobody has looked
    unshown = models.CharField(max_length=200, blank=True, default="")  # why the file we hold cannot be shown
    unclear = models.TextField(blank=True, default="")  # they say that it ended, in this item, and not how
    told_cost = MoneyField(null=True)  # what that item says it cost
    charge_unknown = models.BooleanField(default=False)  # it failed, and nobody said whether at a price
    awaits_host = models.CharField(max_length=253, blank=True, default="")  # its file is there: not listed
    frame_count = models.PositiveIntegerField(null=True)
    fps_num = models.PositiveIntegerField(null=True)
    fps_den = models.PositiveIntegerField(null=True)
    frame_places = models.JSONField(
        null=True
    )  # where the rate varies: the frame of the copy where each begins
    copy_frames = models.PositiveIntegerField(null=True)  # where the rate varies: how many its copy has
    has_sound = models.BooleanField(null=True)  # None: a clip whose frames are not listed yet
    file_width = models.PositiveIntegerField(null=True)
    file_height = models.PositiveIntegerField(null=True)

    circled = models.BooleanField(default=False)

    # what people said of it; written by `review`
    verdict = models.CharField(max_length=10, blank=True, default="")
    open_notes = models.PositiveIntegerField(default=0)
    kept_frames = models.PositiveIntegerField(null=True)  # approved of it; none: all of them
    reasons = models.CharField(max_length=200, blank=True, default="")  # keys, with commas, of why it is not

    objects = RenderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shot", "kind", "number"], name="take_number_once"),
            models.UniqueConstraint(
                fields=["shot"], condition=models.Q(circled=True), name="one_circled_take"
            ),
            models.UniqueConstraint(
                fields=["task_code", "result_uuid"],
                condition=~models.Q(result_uuid=""),
                name="result_once",
            ),
        ]
        indexes = [
            models.Index(fields=["shot", "-id"], name="takes_of_shot"),
            models.Index(
                fields=["shot", "state", "cost"],
                condition=models.Q(trashed_at=None),
                name="kept_takes_added_up",
            ),
            models.Index(
                fields=["check_at"],
                condition=models.Q(state__in=["submitting", "rendering", "expired", "saving"]),
                name="takes_to_look_at",
            ),
            models.Index(fields=["due_at"], condition=models.Q(state="queued"), name="takes_to_send"),
            models.Index(fields=["check_at"], condition=models.Q(review_wanted=True), name="copies_to_make"),
            models.Index(
                fields=["check_at"],
                condition=models.Q(kind="video", state="ready", has_sound=None),
                name="clips_to_measure",
            ),
            models.Index(fields=["project", "state"], name="takes_by_state"),
            models.Index(fields=["batch", "state"], name="takes_of_batch"),
            models.Index(
                fields=["project", "ended_at"],
                condition=models.Q(state__in=["ready", "kept", "failed"]),
                name="takes_that_ended",
            ),
            models.Index(
                fields=["project"],
                condition=models.Q(charge_unknown=True),
                name="takes_of_unknown_charge",
            ),
            models.Index(
                fields=["project", "verdict"], condition=~models.Q(verdict=""), name="takes_by_verdict"
            ),
        ]

    def __str__(self):
        return f"{self.shot.code} {self.label}"

    def get_absolute_url(self):
        return f"{self.shot.get_absolute_url()}?take={self.code}"

    # --- moves ----------------------------------------------------------------------------

    def move_to(self, state, *, by=None, **fields):
        """Enter a new state, unless another process has moved this take first.

        Returns whether we moved it. False is ordinary: two workers may look at one take, and
        webhooks repeat.

        Raises:
            ValueError: no such move exists; a mistake of the caller.
        """
        if state not in self.MOVES[self.State(self.state)]:
            raise ValueError(f"A take that is {self.state} cannot become {state}")
        with events.locked(self.project_id, savepoint=False):
            changes, values = sql.assignments(Render, {"state": state, **fields})
            mine = (
                f"UPDATE renders_render SET {changes}, revision = revision + 1 WHERE id = %s AND state = %s"  # noqa: S608
            )
            if not sql.changed(mine, [*values, self.pk, self.state]):
                return False
            events.record(
                self.project_id, "render.moved", subject=self.code, by=by, state=state, was=self.state
            )
            if state in self.ENDS and by is None:
                notify.tell_of_end(self, state)
        self._now_has(state=state, **fields)
        return True

    def can_move_to(self, state):
        return state in self.MOVES[self.State(self.state)]

    def touch(self, kind, *, by=None, payload=None, **fields):
        """Change something people see about this take, other than its state."""
        with events.locked(self.project_id):
            Render.objects.filter(pk=self.pk).update(revision=F("revision") + 1, **fields)
            events.record(self.project_id, kind, subject=self.code, by=by, **(payload or {}))
        self._now_has(**fields)

    def _now_has(self, **fields):
        for name, value in fields.items():
            setattr(self, name, value)
        self.__dict__.pop("revision", None)  # the database counted; read it when somebody asks

    # --- answers --------------------------------------------------------------------------

    @property
    def catalogue_model(self):
        """Its model, also where that is not sold any more."""
        return catalogue.named(self.model, kind=catalogue.Kind(self.kind))

    @property
    def is_still(self):
        return self.kind == catalogue.Kind.STILL

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    def seed_used(self):
        """The seed it was made with: as the provider told it, else as it was sent; None where neither is known."""
        return self.seed_asked if self.seed is None else self.seed

    @property
    def typed(self):
        """The prompt as somebody wrote it, without the project's look."""
        return self.words if self.words or self.look else self.prompt

    @property
    def is_sent_otherwise(self):
        """Whether the provider read other words than were typed: pictures by their place, braces that are words."""
        return self.prompt != " ".join(part for part in (self.typed, self.look) if part)

    @property
    def finish(self):
        """Pairs of a setting's name for people and what it was."""
        return [(about.label, getattr(self, name)) for name, about in FINISH.items()]

    @property
    def label(self):
        return f"still {self.number}" if self.is_still else f"take {self.number}"

    @property
    def veiled(self):
        return self.flagged and self.unveiled_at is None

    @property
    def undoable(self):
        return self.state == self.State.QUEUED and self.sent_at is None

    @property
    def free_undo_seconds(self):
        """Seconds for which Undo is still in time, rounded."""
        return max(0, round((self.due_at - timezone.now()).total_seconds()))

    @property
    def started_at(self):
        return self.accepted_at or self.sent_at or self.created_at

    @property
    def seconds_waited(self):
        """From the press until the file was ours, or until now; seconds."""
        return ((self.ended_at or timezone.now()) - self.created_at).total_seconds()

    @property
    def render_seconds(self):
        """How long the provider took, or None while it has not answered."""
        if not (self.answered_at and self.started_at):
            return None
        return max(0, round((self.answered_at - self.started_at).total_seconds()))

    @property
    def length(self):
        """Exact seconds of the file, by its frames; the seconds asked for until it is here."""
        frames = self.copy_frames or self.frame_count
        if frames and self.fps_num and self.fps_den:
            return frames * self.fps_den / self.fps_num
        return self.seconds

    @property
    def can_be_fetched(self):
        """Whether its file was paid for and is not here as it should be: a person may have it fetched again."""
        ours = self.failure_code in FETCHED_AGAIN
        missing = self.state == self.State.KEPT or (self.state == self.State.FAILED and ours)
        return bool(self.result_url) and (missing or self.is_waiting_for_setting)

    @property
    def is_waiting_for_setting(self):
        return self.state == self.State.SAVING and bool(self.awaits_host)

    @property
    def was_charged(self):
        return self.cost is not None

    @property
    def is_charge_unknown(self):
        """Whether it ended, and nobody has said whether it was charged: its hold stays until that is known."""
        return self.charge_unknown or (self.state == self.State.EXPIRED and bool(self.unclear))

    @property
    def is_billed_unlike_estimate(self):
        """Whether its bill is far from what its button said."""
        return self.cost is not None and estimate.is_apart(self.cost, self.estimate)

    @property
    def made_elsewhere(self):
        """ "made at 16:9" when the shot has moved on to another shape."""
        return self.aspect != self.shot.preset.label

    def media_url(self, kind):
        return reverse("renders:media", args=[self.code, kind, self.sha256[:12]])

    @property
    def original_url(self):
        return self.media_url("original")

    @property
    def poster_url(self):
        return self.media_url("poster") if self.poster else ""

    @property
    def play_url(self):
        """What a browser shows: the review copy where the original seeks slowly, or is of a kind it does not know."""
        return self.media_url("review" if self.review else "original")

    @property
    def file_name(self):
        """A name people recognise: FIRSTLIGHT_010_t03.mp4. Letters of every script stay in it."""
        name = unicodedata.normalize("NFC", self.project.name.upper())
        film = "".join(ch for ch in name if unicodedata.category(ch)[0] in "LNM")[:24]
        letter = "s" if self.is_still else "t"
        extension = self.file.rsplit(".", 1)[-1] if self.file else self.format.lower()
        shot = "".join(ch for ch in self.shot.code if ch.isalnum() or ch in "-_")
        return f"{film or 'RUSHES'}_{shot}_{letter}{self.number:02d}.{extension}"

    @property
    def purchase(self):
        length = f" · {self.seconds} s" if self.seconds else ""
        return Purchase(
            project_id=self.project_id,
            render_code=self.code,
            what=f"{self.shot.code} {self.label} · {self.catalogue_model.name}{length}",
            shot_code=self.shot.code,
            model=self.model,
            seconds=self.seconds,
            sandbox=self.sandbox,
            by_id=self.created_by_id,
            estimate=self.estimate,
            shot_ref=self.shot_id,
            task_code=self.task_code,
            provider=self.provider,
        )


# How many takes of the project with this key wait for a producer.
WAITING_OF_PROJECT = "(SELECT COUNT(*) FROM renders_render WHERE project_id = %s AND state = 'waiting')"


class Batch(models.Model):
    """What one press ordered, named after what started it; its takes carry its code as `batch`."""

    code = models.UUIDField(unique=True)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name


class Sent(models.Model):
    """An input picture that a provider holds, so that it is not sent again while its id lives."""

    REF_LENGTH = 64

    provider = models.CharField(max_length=20)
    sandbox = models.BooleanField()
    sha256 = models.CharField(max_length=64)  # of the bytes as they were sent
    ref = models.CharField(max_length=REF_LENGTH)  # the provider's id of it
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "sandbox", "sha256"], name="picture_sent_once")
        ]

    def __str__(self):
        return f"{self.sha256[:12]} is {self.ref}"


class ProviderHold(models.Model):
    """A provider said it is out of money, busy or does not know our key: nothing is sent for a while.

    One row and one banner, instead of an error on every take.
    """

    provider = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=80)
    family = models.CharField(max_length=20)
    message = models.TextField(blank=True)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    def __str__(self):
        return f"{self.provider}: {self.code}"


def in_seconds(seconds):
    return timezone.now() + timedelta(seconds=seconds)
