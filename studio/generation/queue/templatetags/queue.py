"""Template words of the queue."""

from uuid import uuid4

from django import template

register = template.Library()


@register.simple_tag
def fresh_code():
    """A code for a press that has not been made yet."""
    return uuid4()
