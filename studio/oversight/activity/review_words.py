"""What people said of takes, as sentences of the history. None quotes a note: it may be taken back."""

from __future__ import annotations

from studio.runtime.live.models import Event

NOUNS = {"note", "retake", "list", "link", "cut"}

_VERDICTS = {
    "approved": "approved",
    "retake": "asked for a retake of",
    "rejected": "rejected",
    "none": "took back what they said of",
}
_OF_TAKE = {
    "note.written": "wrote a note on",
    "note.drawn": "drew on",
    "note.edited": "edited a note on",
    "note.resolved": "resolved a note on",
    "note.reopened": "opened a note again on",
    "note.deleted": "took back a note on",
    "note.still_there": "found still to be done what a note asks of",
    "retake.proposed": "proposed a retake of",
    "retake.sent": "sent a retake of",
    "retake.declined": "declined a retake of",
    "cut.trimmed": "trimmed in the cut",
}
_OF_PROJECT = {
    "list.made": "made the review list {name}",
    "list.closed": "closed the review list {name}",
    "list.changed": "changed a review list",
    "link.made": "made a share link of {what}",
    "link.revoked": "took back a share link of {what}",
}


def take_of(event: Event) -> str:
    """The code of the take that an event is about; "" for none."""
    told = str(event.payload.get("take") or "")
    return told or (event.subject if event.kind.startswith(("render.", "cut.")) else "")


def verdict(event: Event, name: str) -> str:
    """Who speaks is said before it, unless it is a guest, or nobody: another rule, another list."""
    said = _VERDICTS.get(event.payload.get("value", ""))
    return _by(event, f"{said} {name}") if said else f"{name} was judged anew"


def sentence(event: Event, name: str) -> str:
    """Args: name: of the take or picture it is about."""
    if event.kind in _OF_TAKE:
        return _by(event, f"{_OF_TAKE[event.kind]} {name}")
    told = event.payload.get("replaced", {}).get("name")
    if told:
        return f"renamed the review list “{told}”"
    words = {key: event.payload.get(key, "") for key in ("name", "what")}
    return _OF_PROJECT.get(event.kind, event.kind).format(**words)


def _by(event: Event, what: str) -> str:
    guest = event.payload.get("guest")
    return f"{guest} (guest) {what}" if guest else what
