"""When a provider is busy, out of money or does not know our key: one hold, one banner, no error per take."""

from django.db.models import F
from django.utils import timezone

from studio.core.release import derived
from studio.generation.renders.models import ProviderHold, Render, in_seconds
from studio.integrations.providers import failures
from studio.runtime.live import events

_KEPT, _NONE = "holds:current", ()


def sentence(reason):
    """Why nothing is sent, in words for everyone."""
    return reason.about.waiting or "The provider asks us to wait."


def may_send(renders):
    """Whether the provider of these takes may be tried now.

    While a hold lasts they are put off to its end. When it is over, one batch is let through to
    try; its success lifts the hold for all.
    """
    hold = ProviderHold.objects.filter(provider=renders[0].provider).first()
    if hold is None:
        return True
    now = timezone.now()
    if hold.until > now:
        put_off = Render.objects.filter(pk__in=[r.pk for r in renders], state="queued")
        put_off.update(
            due_at=hold.until, note=sentence(failures.stored(hold.family)), revision=F("revision") + 1
        )
        return False
    trial = ProviderHold.objects.filter(pk=hold.pk, until=hold.until)
    return bool(trial.update(until=in_seconds(30)))


def place(provider, later):
    """Remember why the provider would not take anything, and until when nothing is sent."""
    _, new = ProviderHold.objects.update_or_create(
        provider=provider,
        defaults={
            "code": later.code,
            "family": later.reason.code,
            "message": later.message,
            "until": in_seconds(later.seconds),
        },
        create_defaults={
            "code": later.code,
            "family": later.reason.code,
            "message": later.message,
            "until": in_seconds(later.seconds),
            "since": timezone.now(),
        },
    )
    if new:
        _tell(provider)


def lift(provider):
    """The provider takes orders again: send everything that was put off."""
    hold = ProviderHold.objects.filter(provider=provider)
    if not hold.exists() or not hold.delete()[0]:
        return
    Render.objects.filter(provider=provider, state="queued", note__gt="").update(due_at=timezone.now())
    _tell(provider)


def try_now():
    """Somebody has topped up, or will not wait: the next batch may try at once, whatever was put off."""
    waiting = list(ProviderHold.objects.values_list("provider", flat=True))
    now = timezone.now()
    ProviderHold.objects.filter(provider__in=waiting).update(until=now)
    Render.objects.filter(provider__in=waiting, state="queued", note__gt="").update(due_at=now)
    for provider in waiting:
        _tell(provider)
    return bool(waiting)


def current():
    """The hold people should know of, or None; at most five seconds old."""
    return (
        derived.get_or_set(_KEPT, lambda: ProviderHold.objects.order_by("since").first() or _NONE, 5) or None
    )


def _tell(provider):
    derived.delete(_KEPT)
    queued = Render.objects.filter(provider=provider, state__in=["queued", "submitting"])
    for project_id in set(queued.values_list("project_id", flat=True)):
        with events.locked(project_id):
            events.record(project_id, "provider.held", subject=provider)
