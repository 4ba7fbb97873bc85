"""Template words about takes: their cards, their prices, why none is sent."""

import json

from django import template
from django.utils.safestring import mark_safe

from studio.core.money import dollars
from studio.generation.renders import (
    credentials,
    failure_messages,
    live_fragments,
    provider_backoff,
    take_controls,
    timing,
)
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
def charge_of(take):
    """Whether a take that has no file was charged, in words."""
    if take.is_charge_unknown:
        return "charge not known yet"
    if not take.was_charged:
        return "not charged"
    apart = f", not the estimated {dollars(take.estimate)}" if take.is_billed_unlike_estimate else ""
    return f"charged {dollars(take.cost)}{apart}"


@register.filter
def credentials_of(take):
    """What the copies of a take carry."""
    return credentials.for_team(take)


@register.filter
def end_of(take):
    """What became of a take that gave no file, in a few words."""
    return (
        failure_messages.of_failure(take).title if take.state == "failed" else "the answer is not understood"
    )


@register.filter
def estimate_of(shot):
    return estimate.of_shot(shot)


@register.filter
def hold_sentence(hold):
    said = provider_backoff.sentence(failures.stored(hold.family))
    return f"{said} {hold.message}" if hold.code in ("notConnected", "wrongAddress") else said
