"""Template words about takes: their cards, their prices, why none is sent."""

import json

from django import template
from django.utils.safestring import mark_safe

from studio.generation.renders import live_fragments, provider_backoff, take_controls, timing
from studio.integrations.providers import failures
from studio.planning.ledger import estimate

register = template.Library()


@register.simple_tag(takes_context=True)
def card(context, render, audience):
    """The card of a take, with what the reader of the page may press on it."""
    html = take_controls.put_into(live_fragments.card(render, audience), context.get("seat"))
    return mark_safe(html)  # noqa: S308 - our own template's output


@register.filter
def timing_json(take):
    """What a player must know of the frames of a take, for an attribute."""
    return json.dumps(timing.of(take), separators=(",", ":"))


@register.filter
def estimate_of(shot):
    return estimate.of_shot(shot)


@register.filter
def hold_sentence(hold):
    said = provider_backoff.sentence(failures.stored(hold.family))
    return f"{said} {hold.message}" if hold.code in ("notConnected", "wrongAddress") else said
