"""How news of the shelf look on open pages."""

from django.template.loader import render_to_string
from django.utils.html import format_html

from studio.generation.reference_pages import cards
from studio.planning.projects.models import Project
from studio.planning.references.models import Reference
from studio.runtime.live import frames

# open composers ask again for what goes along
_SIGNAL = '<template id="shelf-changed" data-signal="shelf-changed"></template>'


def register():
    frames.register("shelf", _shelf)


def _shelf(project_id, events):
    project = Project.objects.get(pk=project_id)
    keys = {int(event.subject) for event in events}
    found = Reference.objects.filter(project=project, pk__in=keys).select_related("picture")
    drawn = cards.of(project, list(found.order_by("name")))
    moved = {int(event.subject) for event in events if "kind" in event.payload.get("fields", [])}
    gone = keys - {card.reference.pk for card in drawn} | moved  # of another kind: to another list

    def draw(audience):
        may_edit = audience == "money" and not project.archived_at
        context = {"project": project, "may_edit": may_edit}
        shown = [
            render_to_string("generation/reference_pages/_reference.html", context | {"card": card})
            for card in drawn
        ]
        return "".join([*map(_gone, sorted(gone)), *shown, _SIGNAL])

    return draw


def _gone(key):
    return format_html('<template id="reference-{}" data-gone></template>', key)
