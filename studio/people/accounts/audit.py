"""What the studio's owner can look up afterwards: who signed in from where, and who was refused."""

from hashlib import sha256

from django.core.cache import cache

from studio.core import client_addresses
from studio.people.accounts.models import StudioEvent

Kind = StudioEvent.Kind
_QUIET = 600  # seconds in which the same refusal is written down once
MOST_REFUSALS = 20  # lines of one person in that time


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
    """Somebody signed in asked for what is not theirs; written down once in a while, not for each try.

    Whoever tries address after address leaves so many lines, one more that says so, and then none for a while.
    """
    word = sha256(what.encode()).hexdigest()[:16]
    if not cache.add(f"refused:{user.pk}:{word}", 1, _QUIET):
        return
    counter = f"refusals:{user.pk}"
    cache.add(counter, 0, _QUIET)
    number = cache.incr(counter)
    if number <= MOST_REFUSALS:
        record(Kind.REFUSED, user=user, detail=what)
    elif number == MOST_REFUSALS + 1:
        record(Kind.REFUSED, user=user, detail="many more things; these are not written down one by one")


def address_of(request):
    """Where a request came from, as far as we can tell; None for none."""
    if request is None:
        return None
    return client_addresses.client(request)
