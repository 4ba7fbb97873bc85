"""Every prompt a shot ever had. Rows are only added, but for one that is still being typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from django.db.models import Max, QuerySet
from django.utils import timezone

from studio.people.accounts.models import User
from studio.planning.projects.heralds import Reworded
from studio.planning.projects.models import Project, Shot
from studio.planning.prompts.models import PromptVersion

PAUSE = timedelta(minutes=2)  # after it somebody types a new version
MOST_TAKEN_OUT = 20  # characters: who takes out more of a version, at once or little by little, replaces it
MOST_PUT_IN = 200  # characters: who puts in more at once did not type them
_BATCH = 500
Via = PromptVersion.Via


def heard(changes: Sequence[Reworded], by: User | None, via: str) -> None:
    """Prompts changed: remember them. Call it in the transaction that changes them."""
    if len(changes) == 1:
        ((shot, was),) = changes
        record(shot, shot.prompt, by=by, via=via, was=was)
    else:
        _record_many(changes, by=by, via=via)


def record(shot: Shot, text: str, *, by: User | None, via: str = Via.TYPED, was: str = "") -> None:
    """Remember a prompt of a shot.

    What one person types in one go is one version, updated in place as long as it goes on from that version
    (`goes_on`). So a text that was selected and typed over, or pasted over, stays; and one put back from the
    history is never typed over: it is known, and what follows is a version of its own.

    Args:
        was: the prompt before; it is remembered too where nothing is known of it.
    """
    text, was = text.strip(), was.strip()
    newest = shot.prompt_versions.first()
    if was and (newest is None or newest.text != was) and not _known(shot, was):
        newest = _add(shot, was, by=None, via=Via.TYPED)
    if not text or (newest is not None and newest.text == text):
        return
    if via == Via.TYPED and _known(shot, text):
        # an older one was put back, so the newest was left: whoever comes back to it types another
        if newest is not None:
            PromptVersion.objects.filter(pk=newest.pk).update(taken_out=MOST_TAKEN_OUT + 1)
        return
    open_one = newest if newest is not None and newest.text == was and _is_open(newest, by) else None
    if via == Via.TYPED and open_one and goes_on(was, text, taken_out=open_one.taken_out):
        taken_out = open_one.taken_out + difference(was, text)[0]
        typed_on = {"text": text, "changed_at": timezone.now(), "taken_out": taken_out}
        PromptVersion.objects.filter(pk=open_one.pk).update(**typed_on)
        return
    _add(shot, text, by=by, via=via)


def set_aside(shot: Shot, text: str, *, by: User) -> None:
    """Remember what somebody wrote while another's words came first: whatever is chosen, it is not gone."""
    text = text.strip()
    if text and not _known(shot, text):
        _add(shot, text, by=by, via=Via.TYPED)


def goes_on(before: str, after: str, *, taken_out: int = 0) -> bool:
    """Whether a text goes on from another as typing does: at one place, a little taken out, not too much put in.

    Whatever else happened, by hand, by a paste or by another tab, the text before would be gone with it. A little
    is also little of it: no more than half.

    Args:
        taken_out: characters that were taken out of this version before.
    """
    out, put_in = difference(before, after)
    out += taken_out
    return out <= MOST_TAKEN_OUT and out * 2 <= len(before) + taken_out and put_in <= MOST_PUT_IN


def difference(before: str, after: str) -> tuple[int, int]:
    """How many characters were taken out at the one place where the texts differ, and how many put in."""
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)
    return len(before) - head - tail, len(after) - head - tail


def ordered(prompts: Sequence[tuple[Shot, str]], *, by: User | None) -> None:
    """Mark these prompts of shots as rendered, adding those that are not known; a constant number of queries."""
    wanted = {(shot.pk, text.strip()): shot for shot, text in prompts if text.strip()}
    if not wanted:
        return
    found = PromptVersion.objects.filter(
        shot__in={pk for pk, _ in wanted}, text__in={text for _, text in wanted}
    )
    newest = {
        (shot, text): pk
        for shot, text, pk in found.values_list("shot", "text").annotate(newest=Max("pk")).order_by()
    }
    PromptVersion.objects.filter(pk__in=[newest[key] for key in wanted if key in newest]).update(
        via=Via.ORDERED
    )
    PromptVersion.objects.bulk_create(
        _version(shot, key[1], by=by, via=Via.ORDERED) for key, shot in wanted.items() if key not in newest
    )


def of_shot(shot: Shot) -> QuerySet[PromptVersion]:
    """Its versions, the newest first, with who wrote them."""
    return shot.prompt_versions.select_related("by")


def search(project: Project, words: str) -> QuerySet[PromptVersion]:
    """All versions of the project's shots that hold these words, the newest first, with their shots."""
    found = PromptVersion.objects.filter(project=project, shot__trashed_at=None).select_related("by", "shot")
    for word in words.split()[:10]:
        found = found.filter(text__icontains=word)
    return found


def _known(shot: Shot, text: str) -> bool:
    return shot.prompt_versions.filter(text=text).exists()


def _is_open(version: PromptVersion, by: User | None) -> bool:
    """Whether this person is still typing it."""
    mine = by is not None and version.by_id == by.pk and version.via == Via.TYPED
    return mine and version.changed_at > timezone.now() - PAUSE


def _record_many(changes: Sequence[Reworded], *, by: User | None, via: str) -> None:
    """A shot list came in: a version a shot, and one of what stood before where nothing is known of it."""
    rest = iter(changes)
    while batch := list(islice(rest, _BATCH)):
        keys = {shot.pk for shot, was in batch if was.strip()}
        known = set(PromptVersion.objects.filter(shot__in=keys).values_list("shot", flat=True).distinct())
        made = []
        for shot, was in batch:
            if was.strip() and shot.pk not in known:
                made.append(_version(shot, was.strip(), by=None, via=Via.TYPED))
            if shot.prompt.strip():
                made.append(_version(shot, shot.prompt.strip(), by=by, via=via))
        PromptVersion.objects.bulk_create(made, batch_size=_BATCH)


def _add(shot: Shot, text: str, *, by: User | None, via: str) -> PromptVersion:
    version = _version(shot, text, by=by, via=via)
    version.save()
    return version


def _version(shot: Shot, text: str, *, by: User | None, via: str) -> PromptVersion:
    return PromptVersion(project_id=shot.project_id, shot=shot, text=text, by=by, via=via)
