"""The button that opens the queue, in the bar of every page of a project."""

from uuid import uuid4

from django import template
from django.core.cache import cache

from studio.queue import sections

register = template.Library()


@register.inclusion_tag("queue/_button.html", takes_context=True)
def queue_button(context):
    """How many takes are on their way; one query, and none until the project's next event."""
    project = context["project"]
    key = f"queue:moving:{project.pk}:{project.last_event}"
    return {"project": project, "moving": cache.get_or_set(key, lambda: sections.moving(project.pk), 60)}


@register.simple_tag
def fresh_code():
    """A code for a press that has not been made yet."""
    return uuid4()
