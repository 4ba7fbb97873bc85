"""Template words about takes: their cards, their prices, why none is sent."""

from django import template
from django.utils.safestring import mark_safe

from studio.generation.renders import live_fragments, provider_backoff
from studio.integrations.providers import failures
from studio.planning.ledger import estimate

register = template.Library()


@register.simple_tag
def card(render, audience):
    return mark_safe(live_fragments.card(render, audience))  # noqa: S308 - our own template's output


@register.filter
def estimate_of(shot):
    return estimate.of_shot(shot)


@register.filter
def hold_sentence(hold):
    return provider_backoff.sentence(failures.stored(hold.family))
