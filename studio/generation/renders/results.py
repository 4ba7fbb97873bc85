"""What came back for a take: charge it, file it, or say why there is nothing. Four roads, one row."""

import logging
import uuid
from functools import partial

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from studio.core import sql
from studio.core.money import ZERO
from studio.generation.renders import failure_messages, uploaded_images
from studio.generation.renders.models import Render, in_seconds
from studio.integrations import providers
from studio.integrations.providers.base import Failure, Missing, Result, Running, Unclear
from studio.integrations.providers.failures import FailureReason, our_own
from studio.planning.ledger import estimate, ledger
from studio.planning.ledger.models import LedgerEntry
from studio.planning.projects.models import Shot
from studio.runtime import jobs
from studio.runtime.live import events

logger = logging.getLogger(__name__)
State = Render.State

_UNNAMED = "result"
FAILED_RESULT = "failed"  # what a take that failed and was charged is booked under


def says_nothing(outcome):
    """Whether the provider does not know the task, or has nothing to say about it yet."""
    return isinstance(outcome, Missing) or (
        isinstance(outcome, Failure) and outcome.reason is FailureReason.NOT_FOUND
    )


def receive(outcome, *, asked=False):
    """Take note of how a task stands. Late, repeated and contradicting news do no harm.

    Args:
        asked: we asked for this ourselves with our key; else it is a callback, a hint.
    """
    with transaction.atomic(savepoint=False):
        events.lock(renders__code=outcome.code)
        render = _take(outcome.code)
        if render is None:
            return
        match outcome:
            case Result() as result:
                if _counts(render, result, asked=asked):
                    _file_result(render, result)
                else:
                    _ask_soon(render)
            case Failure() as failure if failure.cost and not asked:
                _ask_soon(render)
            case Failure() as failure if failure.reason.about.is_final or failure.cost:
                _file_failure(render, failure, asked=asked)
            case Unclear() as unclear:
                _puzzle(render, unclear, asked=asked)
            case Running() if render.state == State.SUBMITTING:
                render.move_to(State.RENDERING, accepted_at=timezone.now())


def _take(code):
    """The take of this code with its shot, or None."""
    for render in sql.read(Render, "WHERE code = %s", [sql.uuid(code)]):
        (render.shot,) = sql.read(Shot, "WHERE id = %s", [render.shot_id])
        return render
    return None


def _counts(render, result, *, asked):
    """Whether a result counts as it was told. What does not fit the order is asked again first.

    A callback is a hint: without a usual cost and address it is asked about. A cost far from the estimate
    counts only when it was told twice, by whichever road.
    """
    usual = result.cost is not None and estimate.is_near(result.cost, render.estimate)
    if not asked:
        if not usual and result.cost is not None:
            _told_before(result)
        return usual and providers.get(render.provider).may_fetch(result.url)
    open_to_doubt = render.state in Render.IN_FLIGHT | {State.EXPIRED}
    return usual or result.cost is None or not open_to_doubt or _told_before(result)


def _told_before(outcome):
    """Whether this very cost was told of this result or failure before; from now on it was."""
    of = outcome.uuid if isinstance(outcome, Result) else "failure"
    return not cache.add(f"told:{outcome.code}:{of}:{outcome.cost}", 1, 3600)


def _file_failure(render, failure, *, asked):
    """End the take by what it was told to cost. A callback is a hint: that something was free is asked about too.

    A cost far above the estimate counts only when it was told twice; until then it is not known.
    """
    usual = (
        failure.cost is None
        or failure.cost <= render.estimate
        or estimate.is_near(failure.cost, render.estimate)
    )
    known = asked and failure.cost is not None and (usual or _told_before(failure))
    done = fail(
        render,
        code=theirs(failure.error),
        message=failure.message,
        parameter=failure.parameter,
        cost=failure.cost if known else None,
        may_cost=True,
    )
    if done and not known and not (asked and failure.cost is None):
        _ask_soon(render)  # an answer may say more of money than a callback


def _ask_soon(render):
    logger.info("What was told of %s does not fit its order: asking", render.code)
    due = Render.objects.filter(pk=render.pk, state__in=[*Render.IN_FLIGHT, State.EXPIRED])
    if due.update(check_at=timezone.now()):
        transaction.on_commit(partial(jobs.soon, "renders.ask"))
    elif render.state == State.FAILED:  # nobody looks at it any more: this once
        transaction.on_commit(partial(jobs.soon, "renders.ask_about", str(render.task_code)))


def _puzzle(render, unclear, *, asked):
    """They say that it ended, and not how: what was set aside stays so until that is known.

    A callback is a hint: then it is asked about.
    """
    if not asked:
        _ask_soon(render)
        return
    if render.state == State.FAILED:
        _bill_failure(render, unclear.cost)
        return
    cost = render.told_cost if unclear.cost is None else unclear.cost
    known = bool(render.unclear) and cost == render.told_cost
    if render.state not in Render.IN_FLIGHT | {State.EXPIRED} or known:
        return
    logger.warning("What was told of %s is not understood: %s", render.code, unclear.said)
    told = {"unclear": unclear.said, "told_cost": cost, "check_at": in_seconds(60)}
    if render.state == State.EXPIRED:
        render.touch("render.delayed", **told)
    else:
        render.move_to(State.EXPIRED, note="", **told)


def _file_result(render, result):
    name = result.uuid or _UNNAMED
    if render.result_uuid and (render.result_uuid == name or _UNNAMED in (render.result_uuid, name)):
        _freshen(render, result)  # one that was not named at first is the same: a task has one result
    elif not render.result_uuid and render.can_move_to(State.SAVING):
        corrected = render.cost or ZERO  # its bill, before it came
        amount = _bill_result(render, result.cost, name) or ZERO
        render.move_to(State.SAVING, **_answered(result, name, amount + corrected))
        transaction.on_commit(partial(jobs.soon, "renders.save", str(render.code)))
    elif not Render.objects.filter(task_code=render.task_code, result_uuid=name).exists():
        _file_extra(render, result, name)


def _bill_result(render, cost, name):
    """Charge a result. Of one that came after a failure which was charged, only what it costs more, as a correction."""
    failed = {"kind": LedgerEntry.Kind.CHARGE, "result": FAILED_RESULT}
    if not render.cost or not LedgerEntry.objects.filter(render_code=render.code, **failed).exists():
        return ledger.charge(render.purchase, cost, result=name)
    more = max(ZERO, (render.estimate if cost is None else cost) - render.cost)
    source = LedgerEntry.Source.COMPUTED if cost is None else LedgerEntry.Source.PROVIDER
    return ledger.adjust(render.purchase, more, reason="it came after all", source=source, by=None, key=name)


def _answered(result, name, amount):
    return {
        "answered_at": timezone.now(),
        "check_at": timezone.now(),
        "attempts": 0,
        "note": "",
        "failure_code": "",
        "failure": "",
        "failure_parameter": "",
        "result_uuid": name,
        "result_url": result.url,
        "seed": result.seed,
        "cost": amount,
        "cost_source": "provider" if result.cost is not None else "computed",
        "flagged": result.flagged,
        "unclear": "",
        "told_cost": None,
        "charge_unknown": False,
    }


def _freshen(render, result):
    """Told again: keep the address, which may be a new one for an expired file."""
    if render.state == State.SAVING and result.url != render.result_url:
        Render.objects.filter(pk=render.pk).update(result_url=result.url)


def _file_extra(render, result, name):
    """A second result for one task should not come. It was paid, so it becomes an extra take."""
    extra = Render.objects.get(pk=render.pk)
    extra.pk, extra._state.adding = None, True
    extra.code, extra.parent, extra.circled = uuid.uuid4(), render, False
    last = Render.objects.filter(shot=render.shot_id, kind=render.kind).aggregate(last=Max("number"))
    extra.number = last["last"] + 1
    extra.state, extra.revision, extra.ended_at = State.SAVING, 0, None
    for column in ("file", "poster", "last_frame", "filmstrip", "review", "sha256"):
        setattr(extra, column, "")
    extra.review_wanted = False
    extra.verdict = extra.reasons = ""  # nobody has looked at it
    extra.kept_frames, extra.open_notes = None, 0
    extra.dismissed_at = extra.allowed_by = None
    extra.frame_count = extra.fps_num = extra.fps_den = extra.size = None
    extra.unshown = extra.awaits_host = extra.unclear = ""
    extra.told_cost, extra.charge_unknown = None, False
    extra.frame_places = extra.copy_frames = extra.has_sound = None
    extra.unveiled_at = extra.unveiled_by = None
    amount = ledger.charge(extra.purchase, result.cost, result=name)
    for column, value in _answered(result, name, amount).items():
        setattr(extra, column, value)
    extra.save(force_insert=True)
    events.record(
        render.project_id, "render.started", subject=extra.code, state=extra.state, shot=render.shot.code
    )
    transaction.on_commit(partial(jobs.soon, "renders.save", str(extra.code)))


def theirs(code):
    """A provider's code, so that it is not taken for one of ours."""
    return f"their {code}" if our_own(code) else code


def fail(render, *, code, message, parameter="", cost=None, may_cost=False):
    """End a take that will have no result, and settle what was set aside by what is known of its cost.

    False: it had ended, or has a result, already.

    Args:
        parameter: what the provider did not like, in its words, where it named something.
        cost: what it was told to cost; zero where it was told to be free.
        may_cost: the provider had it, so that without a figure nobody knows: what was set aside stays so.
    """
    with events.locked(render.project_id):
        render.refresh_from_db()
        if render.state == State.FAILED:
            return _bill_failure(render, cost)
        cost = render.told_cost if cost is None else cost
        if not render.can_move_to(State.FAILED) or render.state == State.SAVING:
            return False
        why = {"failure_code": code, "failure": message, "failure_parameter": parameter[:200]}
        amount = ledger.charge(render.purchase, cost, result=FAILED_RESULT) if cost else None
        if amount is not None:
            why |= {"cost": (render.cost or ZERO) + amount, "cost_source": str(LedgerEntry.Source.PROVIDER)}
        why["charge_unknown"] = may_cost and cost is None
        render.move_to(State.FAILED, **why, ended_at=timezone.now(), note="")
        uploaded_images.distrust(render, code, parameter)
        if amount is None and not render.charge_unknown:
            said = failure_messages.of_failure(render).title
            ledger.release(render.purchase, reason=f"{said[0].lower()}{said[1:]}, not charged")
        elif render.charge_unknown:
            logger.warning("Nothing was said of what %s cost, which failed: %s", render.code, code)
    return True


def _bill_failure(render, cost):
    """What a take that failed cost is told after all. False: that is booked already, or is known to be nothing."""
    if render.charge_unknown and cost == ZERO:
        ledger.release(render.purchase, reason="the provider says it was not charged")
        render.touch("render.settled", charge_unknown=False)
        return True
    if cost is None or render.cost == cost or render.result_uuid:
        return False
    if render.cost is not None:
        if render.cost_source != LedgerEntry.Source.COMPUTED:
            return False  # two answers differ: reconciliation lists it, a person settles it
        return bill_again(render, cost - render.cost, reason="the bill came late", key=f"failed {cost}"[:64])
    amount = ledger.charge(render.purchase, cost, result=FAILED_RESULT) if cost else None
    if amount is None:
        return False
    source = str(LedgerEntry.Source.PROVIDER)
    render.touch("render.billed", cost=amount, cost_source=source, charge_unknown=False)
    return True


def bill_again(render, amount, *, reason, by=None, key):
    """The bill of a take is corrected by so much: in the ledger and on the take. False: it was before.

    Args:
        by: the person who decided it; None where the provider told its figure late.
        key: makes this correction one of its kind.
    """
    source = LedgerEntry.Source.PERSON if by else LedgerEntry.Source.PROVIDER
    with events.locked(render.project_id):
        render.refresh_from_db()
        booked = ledger.adjust(render.purchase, amount, reason=reason, source=source, by=by, key=key)
        if booked is None:
            return False
        if render.charge_unknown:
            ledger.release(render.purchase, reason=reason)
        cost = (render.cost or ZERO) + booked
        render.touch("render.billed", by=by, cost=cost, cost_source=str(source), charge_unknown=False)
    return True


def lost(render, *, reason, note):
    """The file of a paid result cannot be had; `note` says in our words what stood in the way."""
    return render.move_to(
        State.FAILED,
        failure_code=reason.code,
        failure="",
        note=note,
        ended_at=timezone.now(),
        check_at=in_seconds(0),
    )
