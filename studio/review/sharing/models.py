"""Share links: what somebody without an account may see, and who looked."""

import uuid

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.utils import timezone

from studio.planning.projects.models import Project
from studio.review.dailies.models import ReviewList


class ShareLink(models.Model):
    """Lets guests see a review list, or the cut, until the end of a day.

    The address holds the code and a signature; this row alone opens nothing.
    """

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="share_links")
    review_list = models.ForeignKey(
        ReviewList, null=True, blank=True, on_delete=models.CASCADE, related_name="share_links"
    )  # none: the cut
    label = models.CharField("for whom", max_length=80, blank=True)
    expires_on = models.DateField("good until the end of")
    password = models.CharField(max_length=200, blank=True)  # hashed
    may_note = models.BooleanField("may write notes", default=True)
    may_approve = models.BooleanField("may approve and ask for retakes", default=False)
    may_download = models.BooleanField("may download", default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="links_of_project")]

    def __str__(self):
        return self.label or str(self.what)

    @property
    def what(self):
        return self.review_list.name if self.review_list else "the cut"

    @property
    def is_open(self):
        return self.revoked_at is None and timezone.localdate() <= self.expires_on

    @property
    def standing(self):
        if self.revoked_at:
            return "revoked"
        return "open" if self.is_open else "expired"

    @property
    def watch_only(self):
        """Nothing but looking: the guest's name stands over the picture."""
        return not (self.may_note or self.may_approve or self.may_download)

    @property
    def rights(self):
        """What it allows, in words."""
        may = [
            word
            for word, given in (
                ("note", self.may_note),
                ("approve", self.may_approve),
                ("download", self.may_download),
            )
            if given
        ]
        return ", ".join(["watch", *may])

    def set_password(self, text):
        self.password = make_password(text) if text else ""

    def accepts(self, text):
        return check_password(text, self.password)


class Guest(models.Model):
    """Somebody who came by a link and said a name."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="guests")
    name = models.CharField(max_length=60)
    came_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name


class View(models.Model):
    """A guest looked at something. One row for each look."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="views")
    guest = models.ForeignKey(Guest, on_delete=models.CASCADE, related_name="views")
    what = models.CharField(max_length=80, blank=True)  # "010 take 2", "the cut", "the list"
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["link", "-id"], name="views_of_link")]

    def __str__(self):
        return f"{self.guest} · {self.what}"
