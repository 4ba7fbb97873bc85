"""Retake from the note: one page that proposes, or prices and sends."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from studio.core import money, rate_limits
from studio.generation.orders import orders
from studio.generation.renders import create_takes
from studio.generation.viewer import differences
from studio.layout.page_context import page_context
from studio.planning.projects import access
from studio.planning.projects.rights import Right
from studio.review.dailies import finding, reasons, retakes
from studio.review.dailies.forms import RetakeForm
from studio.review.dailies.models import Retake, review_url
from studio.review.dailies.subjects import Gone, Problems


@login_required
def retake(request, code):
    """Show what would be asked for, changed words marked; a POST proposes it, or sends it."""
    take = finding.take(request.user, code, Right.REVIEW)
    seat = access.seat_on(request.user, take.project)
    proposal = _proposal(take, request.POST.get("proposal") or request.GET.get("proposal"))
    if request.method != "POST":
        return _page(request, seat, take, _filled(request, take, proposal), proposal)
    form = RetakeForm(request.POST, subject=take, models=retakes.models_for(take))
    if not form.is_valid():
        return _page(request, seat, take, form, proposal, status=422)
    act = _send if seat.makes else _propose
    return act(request, seat, take, form, proposal)


@login_required
@require_POST
def price(request, code):
    """The button again, for other choices."""
    take = finding.take(request.user, code, Right.MAKE)
    form = RetakeForm(request.POST, subject=take, models=retakes.models_for(take))
    form.is_valid()
    return TemplateResponse(request, "review/dailies/_retake_send.html", _priced(take, form) | {"take": take})


@login_required
@require_POST
def decline(request, code):
    """An artist will not make it."""
    found = Retake.objects.filter(access.within(request.user, Right.MAKE))
    found = found.select_related("render__shot__project", "project", "by").filter(code=code)
    among = Retake.objects.filter(code=code)
    proposal = access.first_or_404(found, request.user, Right.MAKE, what=f"proposal {code}", among=among)
    if not retakes.decline(proposal, by=request.user):
        messages.info(request, "Somebody has handled this proposal already.")
    return redirect("review:overview", proposal.project.slug)


def _propose(request, seat, take, form, proposal):
    try:
        retakes.propose(take, by=request.user, press=form.cleaned_data["press"], **_asked(form))
    except Gone as exc:
        form.add_error(None, str(exc))
        return _page(request, seat, take, form, None, status=409)
    messages.success(request, "Proposed. An artist prices and sends it; you hear when it is here.")
    return redirect(review_url(take))


def _send(request, seat, take, form, proposal):
    if rate_limits.pressed_too_often(request.user):
        form.add_error(None, rate_limits.TOO_OFTEN)
        return _page(request, seat, take, form, proposal, status=429)
    risen = _price_rise(request, take, form)
    if risen:
        form.add_error(None, risen)
        return _page(request, seat, take, form, proposal, status=422)
    press = str(form.cleaned_data["press"] or uuid.uuid4())
    try:
        made = retakes.send(take, by=request.user, proposal=proposal, press=press, asked=_asked(form))
    except orders.Problems as problems:
        for field, sentence in problems.fields.items():
            form.add_error(field if field in form.fields else None, sentence)
        return _page(request, seat, take, form, proposal, status=422)
    except (Problems, create_takes.Closed) as exc:
        form.add_error(None, str(exc))
        return _page(request, seat, take, form, proposal, status=409)
    number = f"{len(made)} take{'' if len(made) == 1 else 's'}"
    messages.success(request, f"{number} queued. You hear when they are here.")
    return redirect(made[-1])


def _asked(form):
    names = ("span", "reasons", "text", "notes", "prompt", "model", "takes", "keep_seed")
    return {name: form.cleaned_data[name] for name in names}


def _proposal(take, code):
    """The proposal a page is about; None for a retake of one's own."""
    if not code:
        return None
    try:
        return get_object_or_404(Retake.objects.select_related("by"), render=take, code=uuid.UUID(code))
    except ValueError:
        raise Http404 from None


def _filled(request, take, proposal):
    """The form with what the notes, the drawing, the reasons and the range say already in it."""
    models = retakes.models_for(take)
    if proposal is not None:
        initial = {
            "prompt": proposal.prompt,
            "model": proposal.model,
            "takes": proposal.takes,
            "keep_seed": proposal.keep_seed,
            "reasons": proposal.reasons,
            "text": proposal.text,
            "notes": ",".join(proposal.notes),
            "frame": proposal.frame,
            "last": proposal.last,
        }
        return RetakeForm(initial=initial, subject=take, models=models)
    asked = RetakeForm(request.GET, subject=take, models=models)
    asked.is_valid()
    said = asked.cleaned_data
    notes = retakes.notes_named(take, said.get("notes", []))
    why = said.get("reasons", [])
    text = said.get("text", "")
    initial = {
        "prompt": retakes.suggested(take, reasons=why, notes=notes, text=text),
        "model": take.model,
        "takes": 1,
        "keep_seed": False,
        "reasons": why,
        "text": text,
        "notes": ",".join(str(note.code) for note in notes),
        "frame": request.GET.get("frame") if "frame" in said else None,
        "last": request.GET.get("last") if "last" in said else None,
    }
    return RetakeForm(initial=initial, subject=take, models=models)


def _price_rise(request, take, form):
    """A sentence when it costs more than the pressed button said, or that said nothing; else ""."""
    total, shown = _priced(take, form)["total"], request.POST.get("shown")
    if total is None or (shown and not money.risen(total, shown)):
        return ""
    return f"The price is {money.dollars(total)} now. Press again to order."


def _priced(take, form):
    """What the button says: the whole price, or why it cannot be pressed."""
    chosen = {
        name: form[name].value() if not form.is_bound else form.cleaned_data.get(name)
        for name in ("prompt", "model", "takes", "keep_seed")
    }
    if form.is_bound and form.errors:
        return {"total": None, "reason": next(iter(form.sentences.values()))}
    try:
        order = orders.check(retakes.wish(take, **chosen), take.project)
    except orders.Problems as problems:
        return {"total": None, "reason": next(iter(problems.fields.values()))}
    return {"total": order.total, "reason": "", "number": order.takes}


def _page(request, seat, take, form, proposal, *, status=200):
    value = form["notes"].value() or ""
    codes = [code for code in value.split(",") if code] if isinstance(value, str) else value
    kept = [code for code in codes if _is_code(code)]
    notes = retakes.notes_named(take, kept)
    context = page_context(seat) | {
        "take": take,
        "shot": take.shot,
        "form": form,
        "proposal": proposal,
        "press": uuid.uuid4(),
        "answered": notes,
        "shown_frame": _frame_of(form, notes),
        "reasons": reasons.REASONS,
        "why": form["reasons"].value() or [],
        "diff": differences.words(take.prompt, str(form["prompt"].value() or "")),
    }
    if seat.makes:
        context |= _priced(take, form)
    return TemplateResponse(request, "review/dailies/retake.html", context, status=status)


def _frame_of(form, notes):
    """The frame to show: of the first note that is drawn on, else of the range, else of a note."""
    asked = form["frame"].value()
    strokes = [(note, stroke) for note in notes for stroke in note.strokes.all() if note.frame is not None]
    drawn = [note.frame if stroke.frame is None else stroke.frame for note, stroke in strokes]
    noted = [note.frame for note in notes if note.frame is not None]
    given = [int(asked)] if str(asked or "").isdigit() and len(str(asked)) < 8 else []
    return next(iter([*drawn, *given, *noted]), 0)


def _is_code(text):
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
