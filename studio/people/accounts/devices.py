"""The browsers a person is signed in with: listed, and ended from afar."""

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from studio.people.accounts import audit, known_browsers
from studio.people.accounts.models import Device

_EVERY = 300  # seconds between notes of when a browser was last seen


def begin(request, user):
    """Somebody signed in: remember with what."""
    key = request.session.session_key
    if not key:
        return
    Device.objects.update_or_create(
        session_key=key,
        defaults={
            "user": user,
            "agent": request.META.get("HTTP_USER_AGENT", "")[:200],
            "address": audit.address_of(request),
        },
    )


def of(user):
    """The browsers this person is signed in with now, the last seen first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return user.devices.filter(session_key__in=alive).order_by("-seen_at", "-pk")


def end(user, pk):
    """Sign one browser out. False: it was not theirs, or is signed out."""
    device = Device.objects.filter(user=user, pk=pk).first()
    if device is None:
        return False
    _forget(Device.objects.filter(pk=device.pk))
    return True


def end_others(user, *, but=None):
    """Sign out every browser of this person, but the one with this session."""
    _forget(Device.objects.filter(user=user).exclude(session_key=but or ""))


def moved(before, request):
    """The session got another key, as it does when a password changes."""
    Device.objects.filter(session_key=before or "").update(session_key=request.session.session_key)


def _forget(devices):
    Session.objects.filter(session_key__in=list(devices.values_list("session_key", flat=True))).delete()
    devices.delete()


def remember(get_response):
    """Note now and then when a browser was last seen. It asks nothing that the page did not ask."""

    def middleware(request):
        response = get_response(request)
        user = getattr(request, "_cached_user", None)
        key = getattr(request, "session", None) and request.session.session_key
        if user is not None and user.is_authenticated and key and cache.add(f"seen:{key}", 1, _EVERY):
            Device.objects.filter(session_key=key).update(seen_at=timezone.now())
            if known_browsers.COOKIE not in response.cookies:
                known_browsers.remember(request, response, user)
        return response

    return middleware
