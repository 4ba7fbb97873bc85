"""The history of a project in sentences: who did what, when. No sentence tells a price."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from studio.generation.renders.models import Render
from studio.oversight.activity import review_words
from studio.planning.projects.models import Project, Shot
from studio.planning.projects.rights import Role
from studio.runtime.live.models import Event

PAGE = 100

GROUPS = {
    "takes": ("Takes", ["render."]),
    "shots": ("Shots", ["shot.", "picture.", "shelf."]),
    "review": (
        "Review",
        ["render.judged", "picture.judged", *sorted(f"{noun}." for noun in review_words.NOUNS)],
    ),
    "people": ("People", ["member."]),
    "project": ("Project", ["project.", "provider."]),
}

_STATES = {
    "queued": "goes out",
    "submitting": "is being sent",
    "rendering": "is rendering",
    "saving": "came back and is being saved",
    "ready": "is ready",
    "kept": "came and is kept, and cannot be shown",
    "failed": "failed",
    "cancelled": "was taken back",
    "expired": "got no answer in time",
}
_FIELDS = {
    "prompt": "the prompt",
    "model": "the model",
    "aspect": "the aspect",
    "seconds": "the length",
    "first_frame": "the first frame",
    "title": "the title",
    "scene": "the scene",
    "code": "the code",
    "position": "its place",
    "name": "the name",
    "budget": "the budget",
    "unbudgeted_needs_owner": "whether it may spend without a budget",
    "look": "the look",
    "vocabulary": "the vocabulary",
}


@dataclass(frozen=True)
class Entry:
    """A line of the history."""

    event: Event
    what: str
    path: str = ""  # of what it is about, while that is there


def page(project: Project, *, before: int | None = None, group: str = "", person: str = "", shot: str = ""):
    """Up to PAGE entries, the newest first, and the number to go on from (None at the end)."""
    found = list(events(project, before=before, group=group, person=person, shot=shot)[: PAGE + 1])
    following = found[PAGE - 1].seq if len(found) > PAGE else None
    return told(project, found[:PAGE]), following


def events(project: Project, *, before: int | None = None, group: str = "", person: str = "", shot: str = ""):
    """The events that match, the newest first."""
    found = Event.objects.filter(project=project).select_related("by").order_by("-seq")
    if before is not None:
        found = found.filter(seq__lt=before)
    if group in GROUPS:
        kinds = Q()
        for beginning in GROUPS[group][1]:
            kinds |= Q(kind__startswith=beginning)
        found = found.filter(kinds)
    if person:
        found = found.filter(by__code=person)
    if shot:
        takes = Render.objects.filter(shot__project=project, shot__code=shot).values_list("code", flat=True)
        codes = [str(code) for code in takes]
        found = found.filter(
            Q(kind__startswith="shot.", subject=shot)
            | Q(kind__startswith="render.", subject__in=codes)
            | Q(kind__startswith="cut.", subject__in=codes)
            | Q(payload__take__in=codes)
        )
    # what a take goes through on its way is for the machine; people read how it began and ended
    return found.exclude(kind="render.moved", payload__state__in=["submitting", "rendering", "saving"])


def told(project: Project, found: list[Event]) -> list[Entry]:
    """These events in words; two queries, however many."""
    codes = {code_of(review_words.take_of(event)) for event in found} - {None}
    takes = {
        str(take.code): take
        for take in Render.objects.filter(code__in=codes).select_related("shot", "shot__project")
    }
    shots = (
        set(Shot.objects.kept().filter(project=project).values_list("code", flat=True)) if found else set()
    )
    _hide_faces(project, found)
    return [_entry(project, event, takes, shots) for event in found]


def _hide_faces(project: Project, found: list[Event]) -> None:
    """Pictures of people are for those who share a project with them: of the others initials are shown."""
    here = set(project.memberships.values_list("user_id", flat=True))
    for event in found:
        if event.by and event.by_id not in here:
            event.by.picture = ""


def _entry(project: Project, event: Event, takes: dict[str, Render], shots: set[str]) -> Entry:
    noun = event.kind.partition(".")[0]
    take = takes.get(review_words.take_of(event))
    name = str(take) if take else "a picture" if event.payload.get("picture") else "a take that is gone"
    here = take is not None and take.trashed_at is None and take.shot.trashed_at is None
    path = take.get_absolute_url() if take and here else ""
    if event.kind.endswith(".judged"):
        name = name if noun == "render" else f"the picture {event.payload.get('name')}"
        return Entry(event, review_words.verdict(event, name), path)
    if noun in review_words.NOUNS:
        return Entry(event, review_words.sentence(event, name), path)
    if noun == "render":
        return Entry(event, _of_take(event, name), path)
    if noun == "shot":
        there = event.subject in shots
        path = Shot(project=project, code=event.subject).get_absolute_url() if there else ""
        return Entry(event, _of_shot(event), path)
    return Entry(event, _of_others(event))


def _of_take(event: Event, name: str) -> str:
    kind, state = event.kind, event.payload.get("state", "")
    if kind == "render.started":
        return f"ordered {name}" + (", which waits to be allowed" if state == "waiting" else "")
    if kind == "render.moved" and event.by_id and state == "queued":
        return f"allowed {name}"
    if kind == "render.moved" and event.by_id and state == "cancelled":
        return f"took {name} back"
    if kind == "render.moved" and event.by_id and state == "saving":
        return f"had the file of {name} fetched again"
    if kind == "render.moved" and event.by_id and state == "failed":
        return f"wrote {name} off"
    if kind == "render.moved":
        return f"{name} {_STATES.get(state, state)}"
    verbs = {
        "render.circled": "circled",
        "render.uncircled": "uncircled",
        "render.unveiled": "lifted the veil of",
        "render.dismissed": "stopped waiting for",
        "render.trashed": "threw away",
        "render.held": "holds",
        "render.released": "let go on",
        "render.restored": "took back out of the trash",
        "render.billed": "corrected the bill of",
        "render.settled": "settled what was set aside for",
        "render.waits": "left waiting",
        "render.delayed": "still waits for the file of",
    }
    if kind == "render.billed" and not event.by_id:
        return f"the bill of {name} came late"
    if kind == "render.settled" and not event.by_id:
        return f"it is known now what {name} cost"
    return f"{verbs.get(kind, kind)} {name}"


def _of_shot(event: Event) -> str:
    payload, name = (
        event.payload,
        f"shot {event.subject}" if event.subject else f"{event.payload.get('number', 0)} shots",
    )
    verbs = {
        "shot.created": f"added {name}",
        "shot.trashed": f"threw away {name}",
        "shot.restored": f"took {name} back out of the trash",
        "shot.moved": f"moved {name}",
        "shot.duplicated": f"duplicated {name}",
        "shot.imported": f"imported a shot list: {payload.get('new', 0)} new, {payload.get('changed', 0)} changed"
        + replaced(event),
    }
    if event.kind in verbs:
        return verbs[event.kind]
    fields = [_FIELDS.get(field, field.replace("_", " ")) for field in payload.get("fields", [])]
    return f"changed {', '.join(fields) or 'something'} of {name}{replaced(event)}"


def replaced(event: Event) -> str:
    """What stood where other words stand now: "; the title was “Kite”"."""
    told = event.payload.get("replaced", {})
    return "".join(f"; the {_FIELDS.get(name, name)} was “{text}”" for name, text in told.items())


def _of_others(event: Event) -> str:
    payload = event.payload
    role = Role(payload["role"]).label.lower() if payload.get("role") in Role.values else ""
    fields = [_FIELDS.get(field, "defaults") for field in payload.get("fields", [])]
    sentences = {
        "member.invited": f"invited a {role}",
        "member.uninvited": f"took the invitation of a {role} back",
        "member.joined": f"joined as {role}",
        "member.changed": f"made {payload.get('who')} {role}",
        "member.removed": f"took {payload.get('who')} off the project",
        "member.left": "left the project",
        "project.created": "made the project",
        "project.changed": f"changed {', '.join(dict.fromkeys(fields)) or 'settings'} of the project{replaced(event)}",
        "project.archived": "archived the project",
        "project.reopened": "opened the project again",
        "project.trashed": "threw the project away",
        "project.restored": "took the project back out of the trash",
        "project.adjusted": "corrected the ledger",
        "project.handed_over": f"handed the project over to {payload.get('who')}",
        "picture.trashed": f"threw away the picture {payload.get('name')}",
        "picture.restored": f"took the picture {payload.get('name')} back out of the trash",
        "shelf.added": f"put @{payload.get('name')} on the shelf",
        "shelf.removed": f"took @{payload.get('name')} off the shelf",
        "shelf.changed": _of_shelf(payload),
        "provider.held": "the provider took no orders for a while",
    }
    return sentences.get(event.kind, event.kind)


def _of_shelf(payload: dict[str, Any]) -> str:
    was, now = payload.get("was"), payload.get("name")
    return f"renamed @{was} to @{now} on the shelf" if was != now else f"changed @{now} on the shelf"


def code_of(text: str) -> Any:
    """The UUID written here; None for none."""
    try:
        return UUID(text)
    except ValueError:
        return None
