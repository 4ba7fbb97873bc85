"""What the studio's owner can look up afterwards: who signed in from where, and who was refused."""

from django.core.cache import cache
from django.utils.text import slugify

from studio.people.accounts import addresses
from studio.people.accounts.models import StudioEvent

Kind = StudioEvent.Kind
_QUIET = 600  # seconds in which the same refusal is written down once


def record(kind, *, request=None, user=None, email="", detail=""):
    """Write down one line."""
    StudioEvent.objects.create(
        kind=kind,
        user=user if user is not None and user.is_authenticated else None,
        email=str(email)[:254],
        address=address_of(request),
        detail=str(detail)[:200],
    )


def refused(user, what):
    """Somebody signed in asked for what is not theirs; written down once in a while, not for each try."""
    if cache.add(f"refused:{user.pk}:{slugify(what)}", 1, _QUIET):
        record(Kind.REFUSED, user=user, detail=what)


def address_of(request):
    """Where a request came from, as far as we can tell; None for none."""
    if request is None:
        return None
    return addresses.client(request)
