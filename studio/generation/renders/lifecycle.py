"""The life of a take: start it, send it, hear how it went. Design 3 is its contract.

The row is committed before anything is sent; acknowledgement, webhook, poll and "that UUID is
taken" may each come first, twice or never, and all go through one conditional update.
Nothing here talks to the outside world inside a transaction.
"""

import logging
import random
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Min, Q
from django.utils import timezone

from studio.generation.renders import (
    create_takes,
    input_images,
    notify,
    provider_backoff,
    results,
    tokens,
    uploaded_images,
)
from studio.generation.renders.models import Render, in_seconds
from studio.integrations import providers
from studio.integrations.providers.base import Accepted, Later, Refused, Unknown
from studio.integrations.providers.failures import FailureReason
from studio.planning.ledger import ledger, lines
from studio.planning.projects.models import Project
from studio.planning.prompts import history
from studio.runtime import jobs
from studio.runtime.live import events

logger = logging.getLogger(__name__)
State = Render.State

BATCH_LIMIT = 20  # tasks in one array; no limit is documented


# --- a person asks ------------------------------------------------------------------------


def start(*, shot, by, order, parent=None, undo_seconds=None, press="", title=""):
    """Queue takes of a shot and set aside what they may cost, or leave them waiting for a producer.

    Each take is a row, and a task, of its own. Returns them in order.

    Args:
        undo_seconds: how long Undo is free; None for the studio's usual window.
        press: the UUID of the button's press. The same press sent twice orders once.
        title: what the batch is called in the queue; else after its shots.

    Raises:
        taking.Closed: the shot or the project went meanwhile.
    """
    with events.locked(shot.project_id):
        made = start_many(
            [(shot, order)],
            project_id=shot.project_id,
            by=by,
            parent=parent,
            undo_seconds=undo_seconds,
            press=press,
            title=title,
        )
        history.ordered([(shot, order.words)], by=by)
    return made


def start_many(orders, *, project_id, by, parent=None, parents=None, undo_seconds=None, press="", title=""):
    """The same for several shots of a project at once: all of them, or none.

    Args:
        orders: pairs of a shot and its order.
        parents: for each of them the take it comes from; None where `parent` is that of all.
    """
    undo_seconds = settings.UNDO_SECONDS if undo_seconds is None else undo_seconds
    shots = [shot for shot, _ in orders]
    batch = create_takes.batch_of(press)
    with events.locked(project_id) as project:
        before = create_takes.ordered_by(press, shots)
        if before:
            return before
        scenes = create_takes.scenes(project, shots)
        allowance = lines.allowance(
            project, person_id=by and by.pk, sandbox=providers.sandboxed(), ordering=True
        )
        made, waiting = [], []
        for (shot, order), origin in zip(orders, parents or [parent] * len(orders), strict=True):
            common = {"batch": batch, "parent": origin, "created_by": by, "due_at": in_seconds(undo_seconds)}
            for render, passed in create_takes.make(project, shot, scenes[shot.pk], order, allowance, common):
                made.append(render)
                if passed:
                    waiting.append((render, passed))
        create_takes.name_batch(batch, project, shots, by=by, title=title)
        notify.tell_of_waiting(project, waiting, by=by)
        if undo_seconds <= 0:
            transaction.on_commit(
                partial(jobs.soon, "renders.submit", str(batch))
            )  # if lost, the sweep sends it
    return made


def cancel(render, *, by):
    """Take back a take that was never sent, free of charge. False: it is too late for that."""
    with events.locked(render.project_id):
        render.refresh_from_db()
        if not (render.undoable or render.state == State.WAITING):
            return False
        render.move_to(State.CANCELLED, by=by, ended_at=timezone.now())
        ledger.release(render.purchase, reason="taken back, not charged")
    return True


def dismiss(render, *, by):
    """Stop waiting for a take that is being made. Its result is still filed and charged."""
    if render.state not in Render.IN_FLIGHT | {State.QUEUED, State.EXPIRED} or render.dismissed_at:
        return False
    render.touch("render.dismissed", by=by, dismissed_at=timezone.now())
    return True


# --- we send ------------------------------------------------------------------------------


def submit(batch):
    """Send what is due of a batch, in one array.

    SUBMITTING is committed before the call, so a crash or a silent network leaves takes that may
    have been bought, never ones that look unbought.
    """
    project = Project.objects.filter(renders__batch=batch).only("in_flight").first()
    if project is None:
        return
    most = max(0, min(BATCH_LIMIT, _room(project)))  # the rest stays due: the sweep comes round to it
    due = list(Render.objects.to_send().filter(batch=batch).select_related("shot").order_by("pk")[:most])
    if not due or not provider_backoff.may_send(due):
        return
    orders = {}
    provider = providers.get(due[0].provider)
    pictures = uploaded_images.Pictures(provider, sandbox=providers.sandboxed())
    for render in due:
        if render.sandbox != providers.sandboxed():
            if render.undoable:  # else it may be bought: the provider it was sent to will tell
                results.fail(render, code=FailureReason.OTHER_ACCOUNT.code, message="")
            continue
        try:
            orders[render.code] = input_images.order_for(
                render, webhook_url=tokens.address(render.code), sent=pictures
            )
        except input_images.Gone as exc:
            results.fail(render, code=exc.code, message=str(exc), may_cost=render.attempts > 0)
    claimed = [render for render in due if render.code in orders and _claim(render)]
    if not claimed:
        return
    answers = provider.submit([orders[render.code] for render in claimed])
    # what has to wait comes last: what was taken must not lift the hold it brings about
    for render in sorted(claimed, key=lambda render: isinstance(answers[render.code], Later)):
        if pictures.forgotten(orders[render.code], answers[render.code]):
            _send_anew(render)
        else:
            settle(render, answers[render.code])


def _room(project):
    """How many more may be at the provider now: of the whole studio, and of this project."""
    at_provider = Render.objects.filter(state__in=Render.IN_FLIGHT)
    room = settings.IN_FLIGHT_LIMIT - at_provider.count()
    if project.in_flight is None:
        return room
    return min(room, project.in_flight - at_provider.filter(project=project.pk).count())


def _claim(render):
    """Take a queued take to be sent. False: it has gone, is held, or others have taken the room meanwhile."""
    minutes = render.catalogue_model.deadline_minutes
    with events.locked(render.project_id) as project:
        # its pictures may have taken a while: it may be held, put off or in doubt by now
        doubts = Render.objects.to_send().filter(pk=render.pk).values_list("attempts", flat=True).first()
        if doubts is None or _room(project) < 1:
            return False
        return render.move_to(
            State.SUBMITTING,
            sent_at=timezone.now(),
            check_at=in_seconds(settings.PROVIDER_TIMEOUT_SECONDS + 15),
            deadline_at=timezone.now() + timedelta(minutes=minutes),
            attempts=doubts + 1,
            note="",
        )


def settle(render, answer):
    """Do what the provider's answer to an order says."""
    match answer:
        case Accepted(ref=ref, outcome=outcome):
            provider_backoff.lift(render.provider)
            _accept(render, ref)
            if outcome:
                results.receive(outcome, asked=True)
        case Refused() as refused:
            provider_backoff.lift(render.provider)
            results.fail(
                render,
                code=results.theirs(refused.code),
                message=refused.message,
                parameter=refused.parameter,
                cost=refused.cost,
                may_cost=refused.may_cost or render.attempts > 1,  # an earlier try is in doubt
            )
        case Later() as later:
            provider_backoff.place(render.provider, later)
            _requeue(render, later)
        case Unknown(detail=detail, seconds=seconds):
            # it may have been taken: the sweep asks, nobody resends
            logger.warning("No answer for render %s: %s", render.code, detail)
            Render.objects.filter(pk=render.pk, state=State.SUBMITTING).update(check_at=in_seconds(seconds))


def _accept(render, ref):
    with events.locked(render.project_id):
        render.refresh_from_db()
        if render.state == State.SUBMITTING:  # else a webhook was faster: never backwards
            now = timezone.now()
            due = render.check_at <= now  # a webhook was faster, but what it said has to be asked about
            check_at = now if due else next_look(render)
            render.move_to(State.RENDERING, accepted_at=now, provider_ref=ref, check_at=check_at)


def _requeue(render, later):
    """Certainly not taken: back to the queue, free to be cancelled unless an earlier try is in doubt."""
    with events.locked(render.project_id):
        render.refresh_from_db()
        if render.state == State.SUBMITTING:
            doubts = max(0, render.attempts - 1)
            render.move_to(
                State.QUEUED,
                attempts=doubts,
                sent_at=render.sent_at if doubts else None,
                due_at=in_seconds(later.seconds * random.uniform(1.0, 1.3)),  # noqa: S311
                note=provider_backoff.sentence(later.reason),
            )


def next_look(render):
    """When the sweep asks about this take, if no webhook comes first.

    With webhooks polls are a safety net; without them they are the only road.
    """
    if tokens.address(render.code):
        return in_seconds(20)
    waited = (timezone.now() - render.started_at).total_seconds()
    return in_seconds(min(10.0, max(1.0, waited / 4)))


# --- we ask -------------------------------------------------------------------------------


def ask():
    """Ask how every take stands that someone should look at, many in one call."""
    due = list(Render.objects.to_settle().select_related("shot").order_by("check_at")[:50])
    claimed = [
        render
        for render in due
        if Render.objects.filter(pk=render.pk, check_at=render.check_at, state=render.state).update(
            check_at=in_seconds(settings.PROVIDER_TIMEOUT_SECONDS + 15)
        )
    ]
    for name in {render.provider for render in claimed}:
        _ask_provider(name, [render for render in claimed if render.provider == name])


def ask_about(code):
    """Ask about a take that has ended, of which something was told since: a late result, or what it cost."""
    render = Render.objects.filter(task_code=code, parent=None).first()
    if render is None or render.sandbox != providers.sandboxed():
        return
    try:
        outcomes = providers.get(render.provider).ask([render.task_code])
    except providers.NoAnswer as exc:
        logger.info("%s could not be asked: %s", render.provider, exc)
        return
    for outcome in outcomes:
        results.receive(outcome, asked=True)


def _ask_provider(name, renders):
    # the sandbox knows nothing of what was bought, nor the provider of what the sandbox made
    codes = [render.task_code for render in renders if render.sandbox == providers.sandboxed()]
    try:
        outcomes = providers.get(name).ask(codes) if codes else []
    except providers.NoAnswer as exc:
        logger.info("%s could not be asked: %s", name, exc)
        outcomes = []
    for outcome in outcomes:
        results.receive(outcome, asked=True)
    said_nothing = {outcome.code for outcome in outcomes if results.says_nothing(outcome)}
    for render in renders:
        _look_again(render, missing=render.code in said_nothing)


def _look_again(render, *, missing):
    """Decide what follows for a take that is still in flight after it was asked about."""
    with events.locked(render.project_id):
        render.refresh_from_db()
        mine = Render.objects.filter(pk=render.pk)
        now = timezone.now()
        if render.state == State.EXPIRED:
            mine.update(check_at=in_seconds(600))
        elif render.state not in Render.IN_FLIGHT:
            return
        elif render.deadline_at and now > render.deadline_at:
            render.move_to(State.EXPIRED, check_at=in_seconds(60))
        elif render.state == State.SUBMITTING and missing and _grace_is_over(render):
            # never taken, as far as they know: the same UUID may go again, and cannot be made twice
            render.move_to(State.QUEUED, due_at=now, note="No answer the first time: sending it again.")
        elif render.state == State.SUBMITTING:
            mine.update(check_at=in_seconds(5))
        else:
            mine.update(check_at=next_look(render))


def _send_anew(render):
    """Refused, so certainly not taken, for a picture the provider no longer has: it goes along this time."""
    note = "The provider no longer had a picture: sending it again."
    with events.locked(render.project_id):
        render.refresh_from_db()
        if render.state == State.SUBMITTING:
            doubts = max(0, render.attempts - 1)
            sent_at = render.sent_at if doubts else None
            render.move_to(State.QUEUED, attempts=doubts, sent_at=sent_at, due_at=timezone.now(), note=note)


def _grace_is_over(render):
    """A task just accepted may not be visible yet: its absence means nothing for a while."""
    grace = timedelta(seconds=settings.RESEND_GRACE_SECONDS)
    return (
        providers.get(render.provider).resends_safely
        and render.sent_at is not None
        and timezone.now() - render.sent_at > grace
    )


# --- the sweep ----------------------------------------------------------------------------


def sweep():
    """Enqueue whatever is due. Lost jobs, lost webhooks and restarts are healed here."""
    for batch in _batches_to_send():
        jobs.soon("renders.submit", str(batch))
    if Render.objects.to_settle().exists():
        jobs.soon("renders.ask")
    for code in Render.objects.to_save().order_by("check_at").values_list("code", flat=True)[:50]:
        jobs.soon("renders.save", str(code))
    for code in Render.objects.to_copy().values_list("code", flat=True)[:10]:
        jobs.soon("renders.copy_for_review", str(code))
    for code in Render.objects.to_measure().order_by("-pk").values_list("code", flat=True)[:10]:
        jobs.soon("renders.measure", str(code))


def _batches_to_send():
    """Up to fifty batches with something due, the oldest first, of projects that have room at the provider.

    A project with a long queue and a low limit of its own must not keep those behind it from being found.
    """
    at_provider = Count("renders", filter=Q(renders__state__in=Render.IN_FLIGHT))
    limited = Project.objects.filter(in_flight__isnull=False).annotate(at_provider=at_provider)
    full = limited.filter(at_provider__gte=F("in_flight")).values("pk")
    due = Render.objects.to_send().exclude(project__in=full)
    return (
        due.values("batch").annotate(first=Min("pk")).order_by("first").values_list("batch", flat=True)[:50]
    )


def wake_all():
    """Look at everything at once after a restart: nobody holds a lease any more."""
    now = timezone.now()
    in_hand = [*Render.IN_FLIGHT, State.SAVING]
    Render.objects.filter(state__in=in_hand, check_at__gt=now).update(check_at=now)
    Render.objects.filter(state=State.READY, review_wanted=True, check_at__gt=now).update(check_at=now)
