"""Who has a page of a project open right now, and on which shot."""

from collections import defaultdict

from django.template.loader import render_to_string

from studio.layout.page_context import FACES, Face
from studio.people.accounts.models import User
from studio.planning.projects.models import Project


def draw(project_id, here):
    """The faces in the header: those who are here first, the other members after them.

    Args:
        here: of each open page a person's key, the code of the shot they look at, "" on other pages, and what
            they write in, as "shot-12:prompt", "" for nothing.
    """
    places = defaultdict(set)
    for person, place, _ in here:
        places[person].add(place)
    project = Project.objects.get(pk=project_id)
    present = [Face(user, True, _listed(places[user.pk])) for user in User.objects.filter(pk__in=places)]
    here_by_right = set(project.memberships.filter(user__in=places).values_list("user_id", flat=True))
    for face in present:
        if face.person.pk not in here_by_right:  # the studio's owner: nobody may ask for that picture
            face.person.picture = ""
    members = project.memberships.exclude(user__in=places).select_related("user")[:FACES]
    faces = [*present, *(Face(member.user) for member in members)][: max(FACES, len(present))]
    people = {face.person.pk: face.person for face in present}
    writing = sorted((people[key].pk, field) for key, _, field in here if field and key in people)
    context = {
        "project": project,
        "faces": faces,
        "writing": [(people[key], field) for key, field in writing],
    }
    return render_to_string("layout/_faces.html", context) + render_to_string("layout/_writing.html", context)


def _listed(places):
    return ", ".join(sorted(place for place in places if place))
