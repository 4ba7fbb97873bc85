"""Template words of ours: money, clocks, icons, outlines of aspects, and places that packages above fill."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from studio.core import money
from studio.layout import slots

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


@register.simple_tag(takes_context=True)
def slot(context, name):
    """What a package above shows in this place."""
    return mark_safe(slots.draw(name, context))  # noqa: S308 - our own templates' output


@register.simple_tag
def icon(name):
    return format_html(
        '<svg class="icon" aria-hidden="true" viewBox="0 0 16 16"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.inclusion_tag("layout/_outline.html")
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
def field_named(form, name):
    return form[name]
