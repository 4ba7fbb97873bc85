"""What every page of a project shows around its content."""

from studio.renders import drawing

FACES = 6


def around(seat):
    """Context of the chrome. It reads the event number, so call it before reading what the page shows."""
    project = seat.project
    context = {
        "seat": seat,
        "project": project,
        "since": project.last_event,
        "audience": seat.audience,
        "people": [member.user for member in project.memberships.select_related("user")[:FACES]],
    }
    return {**context, **(drawing.money(project) if seat.sees_money else {})}
