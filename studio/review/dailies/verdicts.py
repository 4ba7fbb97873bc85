"""Decide: approve, ask for a retake, reject. Verdicts are only added; the latest of a person stands."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from studio.generation.renders.models import Render
from studio.people.notifications import actions as notices
from studio.people.notifications.models import Notice
from studio.planning.projects import access
from studio.planning.projects.models import Approval, Picture
from studio.planning.projects.rights import Right, Role
from studio.review.dailies import reasons as why
from studio.review.dailies import subjects
from studio.review.dailies.models import ListReviewer, Verdict, review_url
from studio.review.dailies.subjects import Problems, Span, Voice
from studio.runtime.live import events

Value = Verdict.Value
LONGEST_REASON = 1000  # characters said with a verdict
AGAINST = {Value.RETAKE, Value.REJECTED}


def give(subject, voice: Voice, *, code: UUID, value: str, span: Span, reasons=(), text=""):
    """Add a verdict and let it count. A code that is kept already changes nothing.

    Raises:
        Gone: the subject went meanwhile.
        Problems: the code is somebody else's.
    """
    text = text.strip()
    if len(text) > LONGEST_REASON:
        raise Problems(text=f"Say it in up to {LONGEST_REASON} characters, or write a note.")
    with events.locked(subject.project_id) as project:
        subjects.still_there(subject, project)
        kept = Verdict.objects.filter(code=code).first()
        if kept is not None:
            if not voice.wrote(kept) or kept.subject != subject:
                raise Problems(value="This verdict was sent by somebody else. Decide again.")
            return kept
        verdict = Verdict.objects.create(
            code=code,
            value=value,
            role=voice.role,
            reasons=why.known(reasons) if value in AGAINST else [],
            text=text,
            **subjects.of(subject),
            **voice.columns(),
            **span.columns(),
        )
        payload = {"value": value, "guest": voice.guest_name} if voice.guest else {"value": value}
        judge(subject, project, by=voice.user, **payload)
        _tell(subject, verdict, project)
    return verdict


def judge(subject, project, *, by=None, **payload):
    """Write what stands now beside the take or the picture. Call it under the project's lock."""
    said = latest(subject)
    stands = _standing(subject, project, said)
    if isinstance(subject, Picture):
        Picture.objects.filter(pk=subject.pk).update(verdict=stands)
        events.record(project.pk, "picture.judged", subject=subject.code, by=by, name=str(subject), **payload)
        subject.verdict = stands
    else:
        facts = _facts(stands, said)
        subject.touch("render.judged", by=by, payload=payload, verdict=stands, **facts)


def _facts(stands: str, said: list[Verdict]) -> dict[str, object]:
    """How much of a take is approved and why it is not, by the word that decided."""
    words = [v for v in said if v.value == stands and not (v.guest and stands == Value.APPROVED)]
    words.sort(key=lambda verdict: verdict.role == Role.PRODUCER)  # the rest stays in order
    word = words[-1] if words else None
    kept = None
    if word and stands == Value.APPROVED and word.frame is not None:
        kept = (word.frame if word.last is None else word.last) - word.frame + 1
    return {
        "kept_frames": kept,
        "reasons": ",".join(word.reasons)[:200] if word and stands in AGAINST else "",
    }


def judge_again(project, renders: Iterable[Render]):
    """The rule, a list or its people changed: what stands may be another.

    The takes are read again under the lock: somebody may have decided since they were found.
    """
    keys = [render.pk for render in renders]
    with events.locked(project.pk) as project:
        for render in Render.objects.filter(pk__in=keys).order_by("pk"):
            if standing(render, project) != render.verdict:
                judge(render, project)


def latest(subject) -> list[Verdict]:
    """What each person says now, in the order they said it; what was taken back is not among it."""
    said: dict[object, Verdict] = {}
    for verdict in subject.verdicts.select_related("by").order_by("pk"):
        speaker = verdict.guest or verdict.by_id or verdict.code
        said.pop(speaker, None)
        said[speaker] = verdict
    return [verdict for verdict in said.values() if verdict.standing]


def standing(subject, project) -> str:
    """What all that was said amounts to, by the project's rule; "" while nothing is decided.

    One producer: the latest word of a producer. Everyone: all reviewers of the lists the take is on.
    Until those who decide have spoken, an objection of anyone stands, so that it is seen.
    """
    return _standing(subject, project, latest(subject))


def _standing(subject, project, said: list[Verdict]) -> str:
    objections = [verdict for verdict in said if verdict.value in AGAINST]
    asked = _asked(subject) if project.approval == Approval.EVERYONE else set()
    if asked:
        theirs = [verdict for verdict in said if verdict.by_id in asked]
        if len(theirs) == len(asked) and all(verdict.value == Value.APPROVED for verdict in theirs):
            return Value.APPROVED
        objections = [verdict for verdict in theirs if verdict.value in AGAINST] or objections
    else:
        producers = [verdict for verdict in said if verdict.role == Role.PRODUCER]
        if producers:
            return producers[-1].value
    return objections[-1].value if objections else ""


def _asked(subject) -> set[int]:
    if isinstance(subject, Picture):
        return set()
    lists = ListReviewer.objects.filter(review_list__items__render=subject)
    return set(lists.values_list("user_id", flat=True))


def approved_spans(render_ids) -> dict[int, Span]:
    """The approved range of each take that has one. One query.

    Of the approvals that stand the latest decides: a producer's before anybody else's, a guest's never.
    """
    said: dict[object, Verdict] = {}
    found = Verdict.objects.filter(render__in=render_ids, render__verdict=Value.APPROVED, guest=None)
    for verdict in found.order_by("pk"):
        speaker = (verdict.render_id, verdict.by_id or verdict.code)
        said.pop(speaker, None)
        said[speaker] = verdict
    spans: dict[int, Span] = {}
    standing = [verdict for verdict in said.values() if verdict.value == Value.APPROVED]
    for verdict in sorted(standing, key=lambda each: each.role == Role.PRODUCER):  # the rest stays in order
        spans[verdict.render_id or 0] = Span(verdict.frame, verdict.last)
    return {pk: span for pk, span in spans.items() if span.frame is not None and span.last is not None}


def _tell(subject, verdict, project):
    """Whoever ordered the take hears what somebody else says of it."""
    maker = subject.created_by
    if maker is None or maker.pk == verdict.by_id or not verdict.standing:
        return
    if not access.may(maker, project, Right.LOOK):
        return
    said = why.said(verdict.reasons)
    notices.tell(
        [maker],
        kind=Notice.Kind.VERDICT,
        project=project.name,
        text=f"{verdict.author}: {verdict.get_value_display().lower()}, {subjects.name_of(subject)}"
        + (f" ({said})" if said else ""),
        path=review_url(subject),
        subject=verdict.code,
    )
