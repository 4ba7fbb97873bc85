"""What every page of a project shows around its content."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from studio.core.release import derived
from studio.layout import money_header
from studio.people.accounts.models import User

FACES = 6


@dataclass(frozen=True)
class Face:
    """Somebody in the header."""

    person: User
    here: bool = False  # with a page of the project open
    places: str = ""  # the shots they look at


def page_context(seat):
    """Context of the chrome. It reads the event number, so call it before reading what the page shows."""
    project = seat.project
    context = {
        "seat": seat,
        "project": project,
        "since": project.last_event,
        "audience": seat.audience,
        "faces_html": _faces(project),
    }
    return {**context, **(money_header.context(project) if seat.sees_money else {})}


def _faces(project):
    """The members, until the socket tells who is here. Kept a while, and no longer than they are members."""
    key = f"faces:{project.pk}:{project.last_event}"
    html = derived.get(key)
    if html is None:
        faces = [Face(member.user) for member in project.memberships.select_related("user")[:FACES]]
        html = render_to_string("layout/_faces.html", {"project": project, "faces": faces})
        derived.set(key, html, 60)
    return html
