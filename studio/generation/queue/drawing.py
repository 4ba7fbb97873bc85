"""The queue on open pages: the number in the bar, and a sign that the open drawer should be read again."""

from django.template.loader import render_to_string

from studio.generation.queue import sections
from studio.generation.renders import live_fragments
from studio.planning.projects.models import Project
from studio.runtime.live import frames

_SIGN = '<template id="queue-sign" data-signal="queue-moved"></template>'


def register():
    for noun in ("render", "provider"):
        frames.register(noun, _moved)
    frames.register("shot", _gone)


def _gone(project_id, events):
    """What a shot in the trash still has on its way is not counted any more."""
    thrown_away = any(event.kind == "shot.trashed" for event in events)
    return _number(project_id) if thrown_away else lambda audience: ""


def _moved(project_id, events):
    if all(live_fragments.stays_on_its_way(event) for event in events):
        return lambda audience: _SIGN
    return _number(project_id)


def _number(project_id):
    html = _button(Project.objects.only("slug").get(pk=project_id))
    return lambda audience: html + _SIGN


def button(context):
    """The button that opens the queue, with how many takes are on their way; one query."""
    return _button(context["project"])


def _button(project):
    return render_to_string(
        "generation/queue/_button.html", {"project": project, "moving": sections.moving(project.pk)}
    )
