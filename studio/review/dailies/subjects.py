"""What can be reviewed: ready takes and stills, and pictures; and who speaks about them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from studio.generation.renders.models import Render
from studio.people.accounts.models import User
from studio.planning.projects.models import Picture


class Problems(ValueError):
    """It cannot be kept as it stands. `fields` maps a field to a sentence for a person."""

    def __init__(self, **fields: str) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class Gone(LookupError):
    """The take, the picture or its project was thrown away or put away meanwhile. Nothing was kept."""

    def __init__(self) -> None:
        super().__init__("This was thrown away, or its project put away, meanwhile. Nothing was kept.")


@dataclass(frozen=True)
class Voice:
    """Who says something: a member in a role, or a guest of a share link."""

    user: User | None = None
    role: str = ""
    guest: UUID | None = None
    guest_name: str = ""
    link: UUID | None = None

    def columns(self) -> dict:
        return {"by": self.user, "guest": self.guest, "guest_name": self.guest_name, "link": self.link}

    def wrote(self, row) -> bool:
        """Whether this voice said that."""
        if self.guest:
            return bool(row.guest == self.guest)
        return self.user is not None and row.by_id == self.user.pk


@dataclass(frozen=True)
class Span:
    """Frames of a take: one, a range with both ends, or all of it (`frame` None)."""

    frame: int | None = None
    last: int | None = None

    def columns(self) -> dict:
        return {"frame": self.frame, "last": self.last}


def frames_of(subject: Render | Picture) -> int:
    """How many frames there are to point at: one of a still or a picture."""
    return getattr(subject, "frame_count", None) or 1


def check_span(subject: Render | Picture, frame: int | None, last: int | None) -> Span:
    """A span inside the subject.

    Raises:
        Problems: before the first frame, after the last, or backwards.
    """
    count = frames_of(subject)
    if frame is None:
        if last is not None:
            raise Problems(frame="A range needs its first frame too.")
        return Span()
    for number in (frame, last):
        if number is not None and not 0 <= number < count:
            raise Problems(frame=f"There is no frame {number}: they go from 0 to {count - 1}.")
    if last is not None and last < frame:
        raise Problems(frame="A range ends after it begins.")
    return Span(frame, last if last != frame else None)


def of(subject: Render | Picture) -> dict:
    """The subject as the columns of what is said about it."""
    if isinstance(subject, Picture):
        return {"project_id": subject.project_id, "picture": subject, "render": None}
    return {"project_id": subject.project_id, "render": subject, "picture": None}


def name_of(subject: Render | Picture) -> str:
    return str(subject) if isinstance(subject, Render) else f"the picture {subject}"


def still_there(subject: Render | Picture, project) -> None:
    """Ask under the project's lock.

    Raises:
        Gone: it is in the trash, or its project takes no changes.
    """
    if isinstance(subject, Render):
        there = Render.objects.kept().filter(pk=subject.pk, shot__trashed_at=None).exists()
    else:
        there = Picture.objects.kept().filter(pk=subject.pk).exists()
    if project.archived_at or project.trashed_at or not there:
        raise Gone
