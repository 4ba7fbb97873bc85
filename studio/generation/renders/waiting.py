"""Takes that wait for somebody's word: allowed one by one, or let through where they fit after a line was moved."""

from functools import partial

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from studio.generation.renders import notify
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.people.accounts.models import User
from studio.planning.ledger import alarms, ledger, lines
from studio.planning.projects.models import Project
from studio.runtime import jobs
from studio.runtime.live import events

State = Render.State

MOST_ADMITTED = 200  # takes that are let through at once when a budget is raised


def told(takes):
    """Say how many of these wait for somebody's word, and why; "" for none."""
    left = [take for take in takes if take.state == State.WAITING]
    reasons = " and ".join(dict.fromkeys(take.note or "over the budget" for take in left))
    return f"{len(left)} wait{'s' if len(left) == 1 else ''} to be allowed: {reasons}." if left else ""


class NeedsOwner(Exception):
    """A producer's word does not do for this take: it would pass `line`, which is the studio owner's."""

    def __init__(self, line):
        super().__init__(f"It waits for the studio's owner: {line.note}.")
        self.line = line


def allow(render, *, by):
    """Let a waiting take through, over the budget. False: it no longer waits.

    Raises:
        NeedsOwner: it goes on waiting; the owner is told.
    """
    with events.locked(render.project_id) as project:
        render.refresh_from_db()
        if render.state != State.WAITING:
            return False
        mine = lines.allowance(project, person_id=render.created_by_id, sandbox=render.sandbox, ordering=True)
        passed = None if by.is_superuser else mine.owners_refuse(render.estimate)
        if passed is None:
            _let_through(render, by=by, allowed_by=by)
        else:
            _wait_for(project, [(render, passed)], by=by)
    if passed is not None:
        raise NeedsOwner(passed)
    return True


def admit(project, *, by):
    """A line was moved: let through what waits and fits now, the oldest first. How many that were.

    So many at once; what is left then goes a moment later, and others' orders between.
    """
    through, left = 0, []
    with events.locked(project.pk) as project:
        sandbox = providers.sandboxed()
        waiting = waiting_takes(sandbox=sandbox).filter(project=project).select_related("shot").order_by("pk")
        allowances = lines.Allowances(project, sandbox=sandbox, ordering=True)
        for render in _by_and_by(waiting):
            allowance, scene = allowances.of(render.created_by_id), render.shot.scene
            passed = allowance.refuses(render.estimate, scene=scene)
            if passed is None:
                _let_through(render, by=by)
                allowance.use(render.estimate, scene=scene)
                through += 1
                if through == MOST_ADMITTED:
                    transaction.on_commit(partial(jobs.soon, "renders.admit", project.pk, by and by.pk))
                    break
            else:
                left.append((render, passed))
        _wait_for(project, left, by=by)
    return through


def _by_and_by(waiting):
    """All of these, so many at a time: in the order of their keys."""
    last = 0
    while found := list(waiting.filter(pk__gt=last)[:MOST_ADMITTED]):
        yield from found
        last = found[-1].pk


def admit_more(project_id, by_id):
    """The same for what was left of a project, as a job."""
    project = Project.objects.filter(pk=project_id, archived_at=None, trashed_at=None).first()
    if project:
        admit(project, by=User.objects.filter(pk=by_id).first())


def admit_everywhere(by_id):
    """A line of the studio was moved: the same for all projects where something waits."""
    by = User.objects.filter(pk=by_id).first()
    waiting = waiting_takes(sandbox=providers.sandboxed()).filter(project__archived_at=None)
    oldest_first = waiting.values("project").annotate(first=Min("pk")).order_by("first")
    for row in list(oldest_first):
        admit(Project(pk=row["project"]), by=by)


def waiting_takes(*, sandbox):
    """Takes that wait for somebody's word and can still be let through."""
    found = Render.objects.kept().filter(state=State.WAITING, sandbox=sandbox)
    return found.filter(shot__trashed_at=None, project__trashed_at=None)


def _wait_for(project, left, *, by):
    """Takes go on waiting, for other lines than before perhaps: whoever may let those through is told."""
    new = [(render, line) for render, line in left if render.note != line.note]
    for render, line in new:
        render.touch("render.waits", by=by, note=line.note[:200])
    notify.tell_of_waiting(project, new, by=by)


def budget_moved(project, *, by):
    """A budget was set: warn if what is used is near it or behind it, and let through what fits now.

    Returns how many takes that waited go out.
    """
    with events.locked(project.pk) as now:
        alarms.look_again(now, sandbox=providers.sandboxed())
        return 0 if now.archived_at else admit(now, by=by)


def _let_through(render, *, by, **fields):
    """From waiting into the queue. Call it under the project's lock."""
    now = timezone.now()
    render.move_to(State.QUEUED, by=by, queued_at=now, due_at=now, note="", **fields)
    ledger.hold(render.purchase)
    transaction.on_commit(partial(jobs.soon, "renders.submit", str(render.batch)))
