"""A new take from what was said of an old one: a reviewer proposes it, an artist prices and sends it."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.utils import timezone

from studio.generation.orders import order_again, orders
from studio.generation.orders.orders import Wish
from studio.generation.renders import create_takes, lifecycle
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.people.notifications import actions as notices
from studio.people.notifications.models import Notice
from studio.planning.projects import access
from studio.planning.projects.rights import Right
from studio.review.dailies import strokes, subjects
from studio.review.dailies.models import Note, Retake, review_url
from studio.review.dailies.subjects import Problems, Span
from studio.runtime.live import events

# What a prompt can say against each reason; the words are ours.
_ADVICE = {
    "cause": "Each effect follows its cause, in this order.",
    "vanished": "Everything that is there stays there, also when something passes in front of it.",
    "easy": "The action takes effort and does not simply succeed.",
    "identity": "The same face, build and clothes throughout.",
    "hands": "Hands keep their natural shape.",
    "camera": "The camera moves exactly as described and no other way.",
    "text": "There is no lettering in the picture.",
    "style": "Light, grain and colours stay the same throughout.",
    "morphing": "Solid things keep their shape.",
    "continuity": "Clothes, props and weather match the shots around it.",
}


def models_for(take) -> list[catalogue.Model]:
    """The models a retake can use: those that make the same kind of file."""
    return [model for model in catalogue.MODELS if model.kind == take.kind]


def suggested(take, *, reasons=(), notes=(), text="") -> str:
    """The prompt of the take with what has to change at its end."""
    drawn = [stroke for note in notes for stroke in note.strokes.all() if stroke.deleted_at is None]
    said = [_sentence(note) for note in notes if note.text.strip()]
    parts = [text.strip(), *said, *(_ADVICE[key] for key in reasons if key in _ADVICE)]
    if drawn and (text.strip() or said):
        parts.append(f"This is {strokes.where(drawn)} of the frame.")
    change = " ".join(part for part in parts if part)
    return f"{take.typed.rstrip()}\n\n{change}".strip() if change else take.typed


def _sentence(note: Note) -> str:
    text = " ".join(word for word in note.text.split() if not word.startswith("@"))
    return text if text.endswith((".", "!", "?")) else f"{text}."


def wish(take, *, prompt, model, takes, keep_seed) -> Wish:
    """What is asked for, legal or not: as the take was made, but for what is to change.

    Raises:
        orders.Problems: a picture it was made with is gone; without it that would be another order.
    """
    gone = order_again.missing(take)
    if gone:
        raise orders.Problems({"first_frame": f"{gone} Order it in the composer of its shot."})
    return order_again.wish_of(take, prompt=prompt, model=model, takes=takes, keep_seed=keep_seed)


def propose(
    take, *, by, span: Span, reasons, text, notes, prompt, model, takes, keep_seed, press: UUID | None = None
) -> Retake:
    """Leave it for an artist to price and send, and tell those who can.

    Args:
        press: of the button; the same press proposes once.

    Raises:
        Gone: the take went meanwhile.
    """
    with events.locked(take.project_id) as project:
        subjects.still_there(take, project)
        before = Retake.objects.filter(code=press).first() if press else None
        if before is not None and (before.render_id, before.by_id) == (take.pk, by.pk):
            return before
        proposed = Retake.objects.create(
            code=press if press and before is None else uuid4(),
            project=project,
            render=take,
            by=by,
            reasons=reasons,
            text=text,
            notes=notes,
            prompt=prompt,
            model=model,
            takes=takes,
            keep_seed=keep_seed,
            **span.columns(),
        )
        events.record(project.pk, "retake.proposed", subject=proposed.code, by=by, take=str(take.code))
        _tell_makers(proposed, take, project, by=by)
    return proposed


def send(take, *, by, proposal: Retake | None = None, press="", asked: dict) -> list[Render]:
    """Order it, with the take as parent. Whoever asked for it hears when it is there.

    Args:
        proposal: what it answers; one that is handled already orders nothing.
        press: the UUID of the press; the same press orders once.
        asked: prompt, model, takes and keep_seed, with span, reasons, text and notes to remember.

    Raises:
        orders.Problems: the wish is no legal order.
        Problems: somebody else has handled the proposal.
        taking.Closed: the shot or its project takes no orders.
    """
    how = {name: asked[name] for name in ("prompt", "model", "takes", "keep_seed")}
    order = orders.check(wish(take, **how), take.project)
    with events.locked(take.project_id) as project:
        before = create_takes.ordered_by(press, [take.shot])
        if before:
            return before
        if proposal is not None and not _handle(proposal, Retake.State.SENT, by=by):
            raise Problems(proposal="Somebody else has handled this proposal already.")
        made = lifecycle.start(shot=take.shot, by=by, order=order, parent=take, press=press)
        batch = made[0].batch
        if proposal is not None:
            Retake.objects.filter(pk=proposal.pk).update(batch=batch, **how)
            subject = proposal.code
        else:
            remembered = {name: asked[name] for name in ("reasons", "text", "notes")}
            sent = Retake.objects.create(
                project=project,
                render=take,
                by=by,
                handled_by=by,
                handled_at=timezone.now(),
                state=Retake.State.SENT,
                batch=batch,
                **how,
                **remembered,
                **asked["span"].columns(),
            )
            subject = sent.code
        events.record(project.pk, "retake.sent", subject=subject, by=by, take=str(take.code))
    return made


def decline(proposal, *, by):
    """False: somebody has handled it already."""
    with events.locked(proposal.project_id) as project:
        if not _handle(proposal, Retake.State.DECLINED, by=by):
            return False
        events.record(
            project.pk, "retake.declined", subject=proposal.code, by=by, take=str(proposal.render.code)
        )
        _tell_declined(proposal, project, by=by)
    return True


def tell_of_end(render, state):
    """A take has ended. Whoever asked for it as a retake, and did not order it, hears of it, beside the old one."""
    if str(state) != "ready" or render.parent_id is None or render.trashed_at or render.shot.trashed_at:
        return
    retake = Retake.objects.filter(batch=render.batch).select_related("by", "render__shot__project").first()
    if retake is None or retake.by is None or retake.by_id == render.created_by_id:
        return
    if not access.may(retake.by, render.project, Right.LOOK):
        return
    notices.tell(
        [retake.by],
        kind=Notice.Kind.CAME,
        project=render.project.name,
        text=f"{render} is here, the retake you asked for of {retake.render.label}",
        path=review_url(render, mode="side", compare=retake.render.code),
        subject=render.code,
    )


def notes_named(take, codes) -> list[Note]:
    """Those of these notes that are about the take, with their strokes."""
    found = Note.objects.threads().filter(render=take, code__in=codes)
    return list(found)


def _tell_declined(proposal, project, *, by):
    """Whoever proposed it hears that nobody makes it."""
    asker = proposal.by
    if asker is None or asker.pk == by.pk or not access.may(asker, project, Right.LOOK):
        return
    notices.tell(
        [asker],
        kind=Notice.Kind.CAME,
        project=project.name,
        text=f"{by} declined the retake you proposed of {proposal.render}",
        path=review_url(proposal.render),
        subject=f"declined {proposal.code}",
    )


def _handle(proposal, state, *, by):
    mine = Retake.objects.filter(pk=proposal.pk, state=Retake.State.PROPOSED)
    return mine.update(state=state, handled_by=by, handled_at=timezone.now())


def _tell_makers(proposed, take, project, *, by):
    makers = list(access.people_with(project, Right.MAKE).exclude(pk=by.pk))
    if take.created_by in makers:  # the one who made it is told; all, when they are not here any more
        makers = [take.created_by]
    notices.tell(
        makers,
        kind=Notice.Kind.PROPOSED,
        project=project.name,
        text=f"{by} proposes a retake of {take}",
        path=proposed.get_absolute_url(),
        subject=proposed.code,
    )
