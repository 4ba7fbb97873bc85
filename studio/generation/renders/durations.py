"""How long takes usually take here: elapsed time against our own history, never an invented percentage."""

from statistics import median

from studio.core.release import derived
from studio.generation.renders.models import Render
from studio.integrations import catalogue

_SAMPLE = 20  # the newest finished takes of that model and length
_FEW = 3


def usual_seconds(model_key, seconds, *, sandbox):
    """Median seconds from acceptance to result; None where nothing is known.

    Before there is a history the catalogue's figure serves, but for the sandbox, which has its
    own pace.
    """
    key = f"usual:{model_key}:{seconds}:{sandbox}"
    known = derived.get(key)
    if known is None:
        known = _from_history(model_key, seconds, sandbox)
        if known is None:
            known = 0 if sandbox else catalogue.named(model_key).usual_seconds
        derived.set(key, known, 60)
    return known or None


def _from_history(model_key, seconds, sandbox):
    rows = Render.objects.filter(
        model=model_key,
        seconds=seconds,
        sandbox=sandbox,
        accepted_at__isnull=False,
        answered_at__isnull=False,
    ).order_by("-pk")
    spans = rows.values_list("accepted_at", "answered_at")[:_SAMPLE]
    lasted = [(end - start).total_seconds() for start, end in spans if start and end]
    return max(1, round(median(lasted))) if len(lasted) >= _FEW else None
