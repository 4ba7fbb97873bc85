"""What one person may press on the card of a take: cards are drawn for many, and hold no button themselves."""

from functools import cache

from django.template.loader import render_to_string

from studio.layout import personal_controls

KINDS = ("take-waiting", "take-held", "take-queued")


def of(seat):
    """The controls of each kind for who sits here, about no take in particular; none for guests."""
    return _drawn(runs=seat.runs) if seat is not None and seat.makes else {}


def put_into(html, seat):
    """Cards, or a page of them, with what this person may press on each."""
    return personal_controls.fill(html, of(seat))


def templates(context):
    """The same for the script of a page, for the cards that arrive later."""
    return personal_controls.templates(of(context.get("seat")))


@cache
def _drawn(*, runs):
    about = {"code": personal_controls.PLACEHOLDER, "runs": runs}
    return {
        kind: render_to_string("generation/renders/_take_controls.html", about | {"kind": kind}).strip()
        for kind in KINDS
    }
