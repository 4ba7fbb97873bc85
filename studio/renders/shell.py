"""What every page of a project shows around its content."""

from studio.renders import drawing


def around(seat):
    """Context of the chrome. It reads the event number, so call it before reading what the page shows."""
    project = seat.project
    context = {
        "seat": seat,
        "project": project,
        "since": project.last_event,
        "audience": seat.audience,
        "people": [
            m.user for m in project.memberships.select_related("user")[:6] if m.user_id != seat.user_id
        ],
    }
    return {**context, **(drawing.money(project) if seat.spends else {})}
