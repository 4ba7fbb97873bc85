"""Template words of the costs pages: addresses of other periods, seconds, shares."""

from django import template

register = template.Library()


@register.filter
def in_range(period, key):
    """The address of the same figures in one of the usual ranges."""
    return period.address(**{"range": key, "from": None, "to": None})


@register.filter
def without(period, name):
    """The address of the same figures without one of the filters."""
    return period.address(**{name: None})


@register.filter
def grouped(period, by):
    """The address of the same figures with another table."""
    return period.address(by=by)


@register.simple_tag
def days(period, first, last):
    """The address of the same figures of these days alone."""
    return period.on(first, last).address(by=None)


@register.simple_tag
def only(period, by, key):
    """The address of the figures of one line of a table alone."""
    return period.address(**{by: key})


@register.filter
def seconds(fraction):
    """ "8 s", and "4.9 s" where it is not whole."""
    value = float(fraction)
    return f"{value:.0f} s" if abs(value - round(value)) < 0.05 else f"{value:.1f} s"


@register.filter
def percent(share):
    return f"{100 * share:.0f} %"


@register.filter
def signed_percent(share):
    """ "+10.0 %"; a dash where there is none."""
    return "–" if share is None else f"{100 * share:+.1f} %".replace("-", "−")


@register.filter
def plus(number, more):
    """A place in a drawing, a little further on."""
    return f"{number + more:g}"
