"""Enter, move, present, follow: what tabs do in a room. The row decides, whichever process asks."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from studio.planning.projects import access
from studio.planning.projects.models import Project
from studio.planning.projects.rights import Right
from studio.review.room.models import Room, Tab

GRACE = timedelta(seconds=10)  # a presenter that is cut off for less still presents
SILENT = timedelta(seconds=20)  # a tab that says nothing for so long is not there
MODES = {"single", "side", "wipe", "difference", "flip", "wall"}
SPEEDS = {0.25, 0.5, 1, 2, 4}


class Nonsense(ValueError):
    """No place in a film."""


def place(sent) -> dict:
    """Where a presenter says the playhead is, checked.

    Raises:
        Nonsense: not a place.
    """
    try:
        found = {
            "shot": _short(sent["shot"]),
            "take": str(UUID(sent["take"])),
            "subject": str(UUID(sent.get("subject") or sent["take"])),  # the page's; another may lead
            "frame": _within(sent["frame"], 10**7),
            "playing": bool(sent["playing"]),
            "speed": _one_of(SPEEDS, sent["speed"]),
            "mode": _one_of(MODES, sent["mode"]),
            "compare": str(UUID(sent["compare"])) if sent.get("compare") else "",
            "list": str(UUID(sent["list"])) if sent.get("list") else "",
        }
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise Nonsense from exc
    return found


def _one_of(choices, sent):
    if isinstance(sent, bool) or sent not in choices:  # what cannot be hashed is a TypeError
        raise ValueError
    return sent


def _short(text):
    if not isinstance(text, str) or not 0 < len(text) <= 20 or "\x00" in text:
        raise ValueError
    text.encode()  # half of a character that JSON let through is a ValueError too
    return text


def _within(number, most):
    if type(number) is not int or not 0 <= number <= most:
        raise ValueError
    return number


def enter(project_id, user, tab):
    """A page comes in, or comes back after its connection broke. False: the tab is somebody else's."""
    with _held(project_id):
        Tab.objects.filter(project_id=project_id, seen_at__lt=timezone.now() - timedelta(hours=1)).delete()
        mine, _ = Tab.objects.get_or_create(code=tab, defaults={"project_id": project_id, "user": user})
        if mine.user_id != user.pk or mine.project_id != project_id:
            return False
        Tab.objects.filter(pk=mine.pk).update(seen_at=timezone.now(), gone_at=None)
    return True


def leave(tab):
    """Its socket closed: for good, or for a moment."""
    Tab.objects.filter(code=tab, gone_at=None).update(gone_at=timezone.now(), asks=False)


def here(project_id, tab):
    """A sign of life. True: the others should hear of something.

    The tab had been taken for gone, say because an older connection of it ended late; or whoever presented
    has been gone for too long.
    """
    now = timezone.now()
    gone = Q(gone_at__isnull=False) | Q(seen_at__lte=now - SILENT)
    back = Tab.objects.filter(gone, code=tab).update(seen_at=now, gone_at=None)
    Tab.objects.filter(code=tab).update(seen_at=now)
    return _let_lapse(project_id) or bool(back)


def _let_lapse(project_id):
    """Nobody presents, once whoever did is gone for longer than the grace. Returns whether that is news."""
    room = Room.objects.filter(project_id=project_id).exclude(presenter=None).first()
    if room is None or _holds(room):
        return False
    with _held(project_id) as now:
        if now.presenter != room.presenter or _holds(now):
            return False
        _give(now, None)
    return True


def move(project_id, tab, sent):
    """Move the shared playhead, if this tab presents and still may. Returns whether it did."""
    state = place(sent)
    with _held(project_id) as room:
        if room.presenter != tab or not _may_present(project_id, tab):
            return False
        room.state, room.revision = state, room.revision + 1
        room.save()
    return True


def present(project_id, tab, user):
    """Present, if nobody does; else ask whoever does. Viewers follow."""
    if not access.may(user, Project(pk=project_id), Right.REVIEW):
        return
    with _held(project_id) as room:
        if room.presenter is None or room.presenter == tab or not _holds(room):
            _give(room, tab)
        else:
            Tab.objects.filter(code=tab).update(asks=True)


def hand_over(project_id, tab, to):
    """The presenter gives it to another tab that may present, or with None lets it go. Returns whether it did."""
    with _held(project_id) as room:
        if room.presenter != tab:
            return False
        able = to is None or _may_present(project_id, to)
        if able:
            _give(room, to)
    return able


def follow(tab, following):
    Tab.objects.filter(code=tab).update(following=bool(following))


def picture(project_id) -> dict:
    """The room as everybody in it is told: who is there, who presents, where the playhead is."""
    room = Room.objects.filter(project_id=project_id).first() or Room(project_id=project_id)
    now = timezone.now()
    tabs = Tab.objects.filter(project_id=project_id, gone_at=None, seen_at__gt=now - SILENT)
    return {
        "revision": room.revision,
        "state": room.state,
        "at": _milliseconds(room.moved_at) if room.pk else 0,
        "now": _milliseconds(now),
        "presenter": str(room.presenter) if room.presenter and _holds(room) else None,
        "here": [
            {
                "tab": str(each.code),
                "name": each.user.short_name,
                "following": each.following,
                "asks": each.asks,
            }
            for each in tabs.select_related("user").order_by("pk")
        ],
    }


def _milliseconds(moment):
    return round(moment.timestamp() * 1000)


def _may_present(project_id, tab):
    """Whether the tab is there, and its person may review."""
    there = Tab.objects.filter(project_id=project_id, code=tab, gone_at=None).select_related("user").first()
    return there is not None and access.may(there.user, Project(pk=project_id), Right.REVIEW)


def _holds(room):
    """Whether the presenter is there, or was a moment ago."""
    now = timezone.now()
    tab = Tab.objects.filter(code=room.presenter).first()
    if tab is None:
        return False
    if tab.gone_at:
        return tab.gone_at > now - GRACE
    return tab.seen_at > now - SILENT


def _give(room, tab):
    room.presenter = tab
    room.revision += 1
    room.save(update_fields=["presenter", "revision"])  # the playhead has not moved
    Tab.objects.filter(code=tab).update(asks=False, following=True)


@contextmanager
def _held(project_id):
    """The project's room, its row held until the end."""
    with transaction.atomic():
        Room.objects.get_or_create(project_id=project_id)
        yield Room.objects.select_for_update().get(project_id=project_id)
