"""Template words of ours: money, clocks, cards, icons, outlines of aspects."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from studio import money
from studio.costs import estimate
from studio.renders import drawing, holds

register = template.Library()

register.filter("dollars", lambda amount: money.dollars(amount))
register.filter("round_dollars", money.round_dollars)
register.filter("plain", money.plain)
register.filter("exact_dollars", lambda amount: "–" if amount is None else f"${money.plain(amount)}")


@register.filter
def clock(seconds):
    """Seconds as minutes: 8 is "0:08"."""
    if seconds is None:
        return ""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


@register.filter
def four_places(amount):
    return "" if amount is None else f"{amount:,.4f}".replace("-", "−")


@register.simple_tag
def card(render, audience):
    return mark_safe(drawing.card(render, audience))  # noqa: S308 - our own template's output


@register.simple_tag
def icon(name):
    return format_html(
        '<svg class="icon" aria-hidden="true" viewBox="0 0 16 16"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.inclusion_tag("components/_outline.html")
def outline(preset, area=450, longest=33):
    """The shape of a preset, drawn."""
    width, height = preset.outline(area=area, longest=longest)
    return {"width": width, "height": height, "box_width": width + 2, "box_height": height + 2}


@register.filter
def kept(mapping, key):
    return mapping.get(key)


@register.filter
def unlocalize_number(number):
    """A number as markup needs it: a point, no separators."""
    return f"{number:f}" if hasattr(number, "as_tuple") else f"{number:g}"


@register.filter
def equals(one, other):
    return one == other


@register.filter
def words(text):
    return text.split()


@register.filter
def estimate_of(shot):
    return estimate.of_shot(shot)


@register.filter
def hold_sentence(hold):
    return holds.sentence(hold.family)


@register.filter
def field_named(form, name):
    return form[name]
