"""What was set aside for a take of which nobody knows whether it was charged, settled: as charged, or as free.

By a producer, who looked at the provider's own page, or by the sum that the account says was used.
"""

from django.utils import timezone

from studio.core.money import ZERO
from studio.generation.renders import results
from studio.generation.renders.models import Render
from studio.integrations.providers.failures import FailureReason
from studio.planning.ledger import ledger
from studio.planning.ledger.models import LedgerEntry
from studio.runtime.live import events

State = Render.State


def write_off(render, *, by):
    """Give up on a take that does not answer, or call one free that failed. False: it is settled.

    A late result, or a late bill, is still taken and charged.
    """
    with events.locked(render.project_id):
        render.refresh_from_db()
        if render.state == State.EXPIRED:
            code = FailureReason.WRITTEN_OFF.code
            render.move_to(State.FAILED, by=by, failure_code=code, ended_at=timezone.now(), note="")
            ledger.release(render.purchase, reason="written off")
            return True
        return free(render, by=by, reason=f"written off by {ledger.full_name(by)}" if by else "written off")


def free(render, *, by=None, reason):
    """Give back what is set aside for a take that failed. False: it is known already what it cost.

    Args:
        reason: how that is known, as the ledger will tell.
    """
    with events.locked(render.project_id):
        render.refresh_from_db()
        if not render.charge_unknown:
            return False
        ledger.release(render.purchase, reason=reason)
        render.touch("render.settled", by=by, charge_unknown=False)
    return True


def book(render, *, by=None):
    """Charge a take of which it was told that it ended, and not at what cost: as told, or as expected.

    A late result is still taken, and costs only what it costs more. False: it is settled.
    """
    with events.locked(render.project_id):
        render.refresh_from_db()
        if not render.is_charge_unknown:
            return False
        amount = ledger.charge(render.purchase, render.told_cost, result=results.FAILED_RESULT)
        source = LedgerEntry.Source.COMPUTED if render.told_cost is None else LedgerEntry.Source.PROVIDER
        booked = {
            "cost": (render.cost or ZERO) + (amount or ZERO),
            "cost_source": str(source),
            "charge_unknown": False,
        }
        if render.state == State.FAILED:
            render.touch("render.settled", by=by, **booked)
            return True
        code = FailureReason.BOOKED_WITHOUT_FILE.code
        render.move_to(State.FAILED, by=by, failure_code=code, ended_at=timezone.now(), note="", **booked)
    return True
