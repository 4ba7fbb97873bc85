"""Review lists: who is asked to look at which takes, who has answered, what was decided."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from studio.core import public_url, versions
from studio.core.versions import Basis
from studio.generation.renders.models import Render
from studio.people.accounts.models import User
from studio.people.mail import outbox
from studio.people.notifications import actions as notices
from studio.people.notifications.models import Notice
from studio.planning.projects import access
from studio.planning.projects.rights import Right
from studio.review.dailies import verdicts
from studio.review.dailies.models import ListItem, ListReviewer, Retake, ReviewList, Verdict
from studio.review.dailies.subjects import Problems
from studio.runtime.live import events

MOST_TAKES = 500


def reviewable(project):
    """Takes and stills that can be put on a list: ready, not thrown away, and not behind a veil."""
    return Render.objects.watchable().filter(project=project, shot__trashed_at=None)


def create(project, *, by, name, takes, people, due_at=None):
    """Put takes on a new list and tell those who are asked.

    Raises:
        Problems: nothing to look at.
    """
    takes = list(takes)[: MOST_TAKES + 1]
    if not takes:
        raise Problems(takes="Choose at least one take.")
    if len(takes) > MOST_TAKES:
        raise Problems(takes=f"A list holds up to {MOST_TAKES} takes.")
    with events.locked(project.pk):
        made = ReviewList.objects.create(project=project, name=name, created_by=by, due_at=due_at)
        ListItem.objects.bulk_create(
            [
                ListItem(review_list=made, render=take, position=place)
                for place, take in enumerate(takes, start=1)
            ]
        )
        _seat(made, people, by=by)
        events.record(project.pk, "list.made", subject=made.code, by=by, name=name)
    verdicts.judge_again(project, takes)
    return made


def add(review_list, takes, *, by):
    """Put more takes at its end; those that are on it stay where they are. Returns how many were new."""
    with events.locked(review_list.project_id):
        here = set(review_list.items.values_list("render_id", flat=True))
        last = review_list.items.aggregate(last=Max("position"))["last"] or 0
        fresh = [take for take in takes if take.pk not in here][: MOST_TAKES - len(here)]
        ListItem.objects.bulk_create(
            [
                ListItem(review_list=review_list, render=take, position=last + place)
                for place, take in enumerate(fresh, start=1)
            ]
        )
        if fresh:
            events.record(review_list.project_id, "list.changed", subject=review_list.code, by=by)
    verdicts.judge_again(review_list.project, fresh)
    return len(fresh)


def take_off(review_list, take, *, by):
    with events.locked(review_list.project_id):
        if review_list.items.filter(render=take).delete()[0]:
            events.record(review_list.project_id, "list.changed", subject=review_list.code, by=by)
    verdicts.judge_again(review_list.project, [take])


def change(review_list, *, by, name, people, due_at, basis: Basis | None = None):
    """Another name, other people, another time.

    Raises:
        versions.Overtaken: somebody changed the name or the time after the page that says so was drawn.
    """
    with events.locked(review_list.project_id):
        was = versions.write(review_list, {"name": name, "due_at": due_at}, basis=basis, by=by.pk)
        review_list.reviewers.exclude(user__in=people).delete()
        _seat(review_list, people, by=by)
        told = versions.replaced(was)
        events.record(review_list.project_id, "list.changed", subject=review_list.code, by=by, **told)
    verdicts.judge_again(review_list.project, _takes(review_list))


def close(review_list, *, by):
    """Say what was decided, and mail it to everyone it concerns. False: it is closed already."""
    with events.locked(review_list.project_id) as project:
        mine = ReviewList.objects.filter(pk=review_list.pk, closed_at=None)
        now = timezone.now()
        if not mine.update(closed_at=now, closed_by=by):
            return False
        events.record(project.pk, "list.closed", subject=review_list.code, by=by, name=review_list.name)
        people = {seat.user for seat in review_list.reviewers.select_related("user")}
        people |= {review_list.created_by} - {None}
        readers = [user for user in people if user.is_active and access.may(user, project, Right.LOOK)]
        notices.tell(
            [user for user in readers if user != by],
            kind=Notice.Kind.CLOSED,
            project=project.name,
            text=f"{review_list.name} is closed: {told(review_list)}",
            path=review_list.get_absolute_url(),
            subject=f"{review_list.code} {now:%Y%m%d%H%M%S%f}",  # it may be opened and closed again
            mailed=True,
        )
        for user in notices.wanting_mail(readers, kind=Notice.Kind.CLOSED):
            outbox.write(
                to=user.email, subject=f"{project.name}: {review_list.name}", body=_letter(review_list)
            )
    return True


def reopen(review_list, *, by):
    with events.locked(review_list.project_id) as project:
        mine = ReviewList.objects.filter(pk=review_list.pk).exclude(closed_at=None)
        if mine.update(closed_at=None, closed_by=None):
            events.record(project.pk, "list.changed", subject=review_list.code, by=by)


# --- answers ------------------------------------------------------------------------------


@dataclass
class Standing:
    """A list as its page shows it: who has answered what."""

    review_list: ReviewList
    items: list[ListItem] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    said: dict[tuple[int | None, int | None], Verdict] = field(default_factory=dict)  # by take and person

    @property
    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for item in self.items:
            verdict = item.render.verdict or "open"
            found[verdict] = found.get(verdict, 0) + 1
        return found

    @property
    def rows(self):
        """Each item with what each person says of it, in the order of the people."""
        return [
            (item, [(user, self.said.get((item.render_id, user.pk))) for user in self.people])
            for item in self.items
        ]

    @property
    def missing(self):
        """Each person who owes verdicts, and how many."""
        takes = [item.render_id for item in self.items]
        owed = [(user, sum((take, user.pk) not in self.said for take in takes)) for user in self.people]
        return [(user, number) for user, number in owed if number]


def standing(review_list) -> Standing:
    """Four queries, however many takes."""
    kept = {"render__trashed_at": None, "render__shot__trashed_at": None}
    items = list(review_list.items.filter(**kept).select_related("render__shot", "render__project"))
    people = [seat.user for seat in review_list.reviewers.select_related("user")]
    found = Verdict.objects.filter(render__in=[item.render_id for item in items], by__in=people)
    said: dict[tuple[int | None, int | None], Verdict] = {}
    for verdict in found.order_by("pk"):
        key = (verdict.render_id, verdict.by_id)
        said.pop(key, None)
        if verdict.standing:
            said[key] = verdict
    return Standing(review_list, items, people, said)


def waiting_for(user, project):
    """Items of open lists that this person is asked about and has not said anything of, or took it back."""
    spoken = Verdict.objects.filter(render=OuterRef("render"), by=user).order_by("-pk")
    last_word = Coalesce(Subquery(spoken.values("value")[:1]), Value(Verdict.Value.NONE))
    return ListItem.objects.alias(last_word=last_word).filter(
        last_word=Verdict.Value.NONE,
        review_list__project=project,
        review_list__closed_at=None,
        review_list__reviewers__user=user,
        render__trashed_at=None,
        render__shot__trashed_at=None,
    )


def left_for(user_id: int, review_list) -> set[int] | None:
    """Items of a list this person still has to say something of; None for whoever was not asked."""
    if not review_list.reviewers.filter(user=user_id).exists():
        return None
    if review_list.closed_at:
        return set()
    owed = waiting_for(user_id, review_list.project).filter(review_list=review_list)
    return set(owed.values_list("pk", flat=True))


def told(review_list) -> str:
    """What was decided, in a line: "3 approved, 1 retake, 1 open"."""
    counts = standing(review_list).counts
    parts = [
        f"{counts[word]} {word}" for word in ("approved", "retake", "rejected", "open") if word in counts
    ]
    return ", ".join(parts) or "nothing on it"


def _letter(review_list):
    now = standing(review_list)
    lines = [f"{review_list.name} is closed: {told(review_list)}.", ""]
    lines += [f"{item.render}: {item.render.verdict or 'open'}" for item in now.items]
    if now.missing:
        lines += ["", "Not answered: " + ", ".join(f"{user} ({number})" for user, number in now.missing)]
    return "\n".join([*lines, "", public_url.absolute(review_list.get_absolute_url())])


def _takes(review_list):
    return Render.objects.filter(list_items__review_list=review_list)


def _seat(review_list, people, *, by):
    """Ask those who are not asked yet, and tell them."""
    here = set(review_list.reviewers.values_list("user_id", flat=True))
    fresh = [user for user in people if user.pk not in here]
    ListReviewer.objects.bulk_create([ListReviewer(review_list=review_list, user=user) for user in fresh])
    due = f", by {review_list.due_at:%b %-d, %H:%M}" if review_list.due_at else ""
    notices.tell(
        [user for user in fresh if user != by],
        kind=Notice.Kind.ASKED,
        project=review_list.project.name,
        text=f"{by} asks you to review {review_list.name}{due}",
        path=review_list.get_absolute_url(),
        subject=review_list.code,
    )


# --- people and projects that go ------------------------------------------------------------


def forget(project, user):
    """Somebody left the project: nobody waits for their word any more."""
    mine = ListReviewer.objects.filter(review_list__project=project, user=user)
    takes = list(Render.objects.filter(list_items__review_list__in=mine.values("review_list")).distinct())
    if mine.delete()[0]:
        verdicts.judge_again(project, takes)


def clear(project):
    """The project is gone for good: its lists, proposals and what was said of its pictures go too."""
    ReviewList.objects.filter(project=project).delete()
    Retake.objects.filter(project=project).delete()
