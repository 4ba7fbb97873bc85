"""The button that opens the queue, in the bar of every page of a project."""

from uuid import uuid4

from django import template

from studio.queue import sections

register = template.Library()


@register.inclusion_tag("queue/_button.html", takes_context=True)
def queue_button(context):
    """How many takes are on their way; one query."""
    project = context["project"]
    return {"project": project, "moving": sections.moving(project.pk)}


@register.simple_tag
def fresh_code():
    """A code for a press that has not been made yet."""
    return uuid4()
