"""The grids of a shot, for pages that stand to the left of them."""

from django import template

from studio.generation.grids.models import Grid

register = template.Library()
_SHOWN = 3


@register.inclusion_tag("generation/grids/_links.html")
def grids_of(shot):
    found = list(Grid.objects.filter(shot=shot)[:_SHOWN])
    for grid in found:
        grid.shot, grid.project = shot, shot.project
    return {"grids": found}
