"""People and how they sign in."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.urls import reverse


class UserManager(BaseUserManager["User"]):
    def new_user(self, email, password=None, **fields):
        """Somebody with their password, not saved yet: to hash it takes its time, and belongs in no transaction."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)  # None: no password signs in
        return user

    def create_user(self, email, password=None, **fields):
        user = self.new_user(email, password, **fields)
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by e-mail. A superuser is the studio's owner."""

    email = models.EmailField("e-mail", unique=True)
    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120, blank=True)
    initials_chosen = models.CharField("initials", max_length=3, blank=True)
    colour = models.PositiveSmallIntegerField(null=True, blank=True)  # of FACE_COLOURS
    picture = models.CharField(max_length=200, blank=True)  # a name in storage
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    FACE_COLOURS = 8  # .face--0 to .face--7 in static/css

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.short_name

    @property
    def short_name(self):
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]

    @property
    def initials(self):
        if self.initials_chosen:
            return self.initials_chosen
        words = (self.name or self.email.split("@")[0].replace(".", " ")).split()
        return "".join(word[0] for word in words[:2]).upper() if len(words) > 1 else words[0][:2].upper()

    @property
    def face(self):
        """The number of this person's colour."""
        return (self.pk or 0) % self.FACE_COLOURS if self.colour is None else self.colour

    @property
    def picture_url(self):
        digest = self.picture.rsplit("/", 1)[-1].split(".")[0]
        return reverse("team:picture", args=[self.code, digest]) if self.picture else ""


class Device(models.Model):
    """A browser somebody is signed in with: it can be seen, and signed out from afar."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True)
    agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name

    @property
    def name(self):
        """ "Chrome on macOS", as far as the browser says so."""
        browsers = ("Firefox", "Edg", "OPR", "Chrome", "Safari")
        systems = ("iPhone", "iPad", "Android", "Windows", "Mac OS X", "Linux")
        browser = next((name for name in browsers if name in self.agent), "")
        system = next((name for name in systems if name in self.agent), "")
        browser = {"Edg": "Edge", "OPR": "Opera"}.get(browser, browser) or "A browser"
        system = {"Mac OS X": "macOS"}.get(system, system)
        return f"{browser} on {system}" if system else browser


class StudioEvent(models.Model):
    """What the studio's owner should be able to look up: sign-ins, refusals, who let whom in."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        SIGNIN_FAILED = "signin_failed", "Sign-in refused"
        LOCKED_OUT = "locked_out", "Locked out for a while"
        SIGNED_OUT = "signed_out", "Signed out"
        SESSION_ENDED = "session_ended", "Ended a session"
        PASSWORD_CHANGED = "password_changed", "Changed the password"
        RESET_ASKED = "reset_asked", "Asked for a new password"
        REFUSED = "refused", "Was refused a page"
        JOINED = "joined", "Joined by invitation"
        CLOSED = "closed", "Account closed"
        OPENED = "opened", "Account opened again"
        SECOND_FACTOR_ON = "second_factor_on", "Set up a second factor"
        SECOND_FACTOR_OFF = "second_factor_off", "Second factor turned off"
        SECOND_FACTOR_RULE = "second_factor_rule", "Changed the rule on second factors"
        STUDIO_BUDGET = "studio_budget", "Changed the studio's budget"
        UNBUDGETED = "unbudgeted", "Let a project spend without a budget"
        RESUMED = "resumed", "Let a restored studio go on"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="studio_events"
    )
    email = models.CharField(max_length=254, blank=True)  # as typed, where nobody was recognised
    address = models.GenericIPAddressField(null=True)
    detail = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="studio_events_by_kind")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.user or self.email}"


class SecondFactorRule(models.Model):
    """That all who can spend set up a second factor: the one row there is, while it is so."""

    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    set_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return "A second factor for all who can spend"
