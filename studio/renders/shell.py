"""What every page of a project shows around its content."""

from dataclasses import dataclass

from studio.accounts.models import User
from studio.renders import drawing

FACES = 6


@dataclass(frozen=True)
class Face:
    """Somebody in the header."""

    person: User
    here: bool = False  # with a page of the project open
    places: str = ""  # the shots they look at


def around(seat):
    """Context of the chrome. It reads the event number, so call it before reading what the page shows."""
    project = seat.project
    context = {
        "seat": seat,
        "project": project,
        "since": project.last_event,
        "audience": seat.audience,
        "faces": [Face(member.user) for member in project.memberships.select_related("user")[:FACES]],
    }
    return {**context, **(drawing.money(project) if seat.sees_money else {})}
