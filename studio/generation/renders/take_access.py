"""A take that an address names, for whoever may do this with it; a refusal is logged."""

from studio.generation.renders.models import Render
from studio.planning.projects import access
from studio.planning.projects.rights import Right


def take_or_404(user, code, right=Right.LOOK, *, takes=None):
    """The take with this code, with its shot and project.

    Args:
        takes: those to look among; None for all that are not in the trash and on which this person may do this.

    Raises:
        Http404: there is none, or not for this person; it does not say which.
    """
    found = Render.objects.open_to(user, right) if takes is None else takes
    found = found.select_related("shot", "project", "shot__first_frame").filter(code=code)
    among = Render.objects.filter(code=code)
    take = access.first_or_404(found, user, right, what=f"take {code}", among=among)
    take.shot.project = take.project
    return take
