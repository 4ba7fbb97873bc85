"""Notes and verdicts as a browser sends them: by a form, or again and again by a script until we answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import escape
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget

from studio.core import rate_limits
from studio.layout.page_context import page_context
from studio.planning.projects import access
from studio.planning.projects.models import Picture
from studio.planning.projects.rights import Right
from studio.review.dailies import drawing, finding, notes, stage, verdicts
from studio.review.dailies.forms import NoteForm, VerdictForm
from studio.review.dailies.models import Note, review_url
from studio.review.dailies.strokes import points_of
from studio.review.dailies.subjects import Gone, Problems, Voice


def voice_of(user, project):
    """This person as they speak here."""
    return Voice(user=user, role=access.seat_on(user, project).role)


# --- notes --------------------------------------------------------------------------------


@login_required
@require_POST
def note_on_take(request, code):
    """Keep a note on a take, with its strokes."""
    return _write(request, finding.take(request.user, code, Right.REVIEW))


@login_required
@require_POST
def note_on_picture(request, code):
    """Keep a note on a picture, with its strokes."""
    return _write(request, finding.picture(request.user, code, Right.REVIEW))


@login_required
@require_POST
def reply(request, code):
    """Answer a note."""
    thread = finding.note(request.user, code).thread
    thread.project = thread.subject.project
    text = request.POST.get(f"reply-{thread.code}", request.POST.get("text", ""))
    return _write(request, thread.subject, reply_to=thread, text=text)


def _write(request, subject, *, reply_to=None, text=None):
    beside = f"error-{reply_to.code}" if reply_to else ""
    sent = request.POST.copy()
    if text is not None:
        sent["text"] = text
    form = NoteForm(sent, subject=subject)
    if form.is_valid() and rate_limits.noted_too_often(
        f"by {request.user.pk}", points_of(form.cleaned_data["strokes"])
    ):
        form.add_error(None, rate_limits.TOO_OFTEN)
        return _refused(request, subject, form, status=429, beside=beside)
    if not form.is_valid():
        return _refused(request, subject, form, beside=beside)
    said = form.cleaned_data
    try:
        note = notes.write(
            subject,
            voice_of(request.user, subject.project),
            code=said["code"],
            text=said["text"],
            span=said["span"],
            strokes=said["strokes"],
            reply_to=reply_to,
        )
    except (Problems, Gone) as exc:
        form.add_error(None, str(exc))
        status = 409 if isinstance(exc, Gone) else 422
        return _refused(request, subject, form, status=status, beside=beside)
    return _kept(request, note)


@login_required
@require_POST
def edit(request, code):
    """Other words in a note of one's own."""
    note = _mine(request, code)
    try:
        drawn = note.strokes.filter(deleted_at=None).exists()
        text = notes.check_text(request.POST.get(f"edit-{note.code}", ""), drawn=drawn)
    except Problems as problems:
        if request.htmx:
            return _beside(f"error-edit-{note.code}", str(problems))
        messages.error(request, str(problems))
        return redirect(note.get_absolute_url())
    notes.edit(note, Voice(user=request.user), text=text)
    return _kept(request, note)


@login_required
@require_POST
def resolve(request, code):
    """It is done; with `?open` it is not after all."""
    note = finding.note(request.user, code)
    notes.resolve(note.thread, by=request.user, resolved="open" not in request.GET)
    return _kept(request, note)


@login_required
@require_POST
def delete(request, code):
    """Take back a note of one's own; a producer, anybody's."""
    note = finding.note(request.user, code)
    producer = access.may(request.user, note.project, Right.PRODUCE)
    if note.by_id != request.user.pk and not producer:
        raise access.refusal(request.user, f"delete note {code}")
    notes.delete(note, Voice(user=request.user))
    return _kept(request, note)


@login_required
@require_GET
def strokes_of(request, code):
    """The strokes of a note with all their points, for a page that is about to show them."""
    note = finding.note(request.user, code, Right.LOOK)
    drawn = Note.objects.threads().filter(pk=note.pk).first()
    return HttpResponse(drawing.all_strokes(drawn) if drawn else "[]", content_type="application/json")


@login_required
@require_POST
def erase_stroke(request, code, stroke):
    """Take a stroke of a note of one's own off again."""
    note = _mine(request, code)
    notes.erase_stroke(note, Voice(user=request.user), code=stroke)
    return _kept(request, note)


@login_required
@require_POST
def answer_carried(request, code, note):
    """Whether this take has what a note on an older one asks for: `fixed=yes` or `no`."""
    take = finding.take(request.user, code, Right.REVIEW)
    older = notes.carried(take).filter(code=note).first()
    if older is None:  # answered by somebody else meanwhile, or nobody's
        if not Note.objects.filter(code=note, render__shot=take.shot_id).exists():
            raise Http404
        return _back(request, take)
    older.render.shot, older.render.project = take.shot, take.project
    said = request.POST.get("fixed", "")
    if said not in ("yes", "no"):
        return HttpResponse("Say whether it is fixed: yes or no.", status=422)
    notes.answer(older, take, by=request.user, fixed=said == "yes")
    return _back(request, take)


def _mine(request, code):
    note = finding.note(request.user, code)
    if note.by_id != request.user.pk:
        raise access.refusal(request.user, f"change note {code}")
    return note


# --- verdicts -----------------------------------------------------------------------------


@login_required
@require_POST
def decide_take(request, code):
    """Approve a take, ask for another, reject it, or take that back."""
    return _decide(request, finding.take(request.user, code, Right.REVIEW))


@login_required
@require_POST
def decide_picture(request, code):
    return _decide(request, finding.picture(request.user, code, Right.REVIEW))


def _decide(request, subject):
    form = VerdictForm(request.POST, subject=subject)
    if rate_limits.judged_too_often(f"by {request.user.pk}"):
        form.add_error(None, rate_limits.TOO_OFTEN)
        return _refused(request, subject, form, status=429)
    if not form.is_valid():
        return _refused(request, subject, form)
    said = form.cleaned_data
    try:
        verdicts.give(
            subject,
            voice_of(request.user, subject.project),
            code=said["code"],
            value=said["value"],
            span=said["span"],
            reasons=said["reasons"],
            text=said["text"],
        )
    except (Problems, Gone) as exc:
        form.add_error(None, str(exc))
        return _refused(request, subject, form, status=409 if isinstance(exc, Gone) else 422)
    if _by_script(request):
        return HttpResponse(drawing.decisions(subject, request.user))
    return _back(request, subject)


@login_required
@require_GET
def decisions(request, code):
    """What each person says of a take, or a picture, now."""
    find = finding.picture if Picture.objects.filter(code=code).exists() else finding.take
    subject = find(request.user, code)
    return HttpResponse(drawing.decisions(subject, request.user))


# --- answers ------------------------------------------------------------------------------


def _by_script(request):
    return request.htmx or request.headers.get("X-Rushes") == "script"


def _kept(request, note):
    """The note as everybody sees it now; or the page it stands on."""
    if _by_script(request):
        return HttpResponse(drawing.note(note.thread))
    return redirect(f"{review_url(note.subject)}#note-{note.thread.code}")


def _back(request, subject):
    if _by_script(request):
        return HttpResponse()
    return redirect(review_url(subject))


def _beside(element, sentence):
    """A sentence into an element of the page, which stays as it is."""
    answer = HttpResponse(escape(sentence), status=422)
    return reswap(retarget(answer, f"#{element}"), "innerHTML")


def _refused(request, subject, form, *, status=422, beside=""):
    """Say what is wrong beside the field; what was typed is still there."""
    if request.htmx and beside:
        return _beside(beside, next(iter(form.sentences.values())))
    if request.headers.get("X-Rushes") == "script":
        return JsonResponse({"errors": form.sentences}, status=status)
    seat = access.seat_on(request.user, subject.project)
    context = page_context(seat)
    if hasattr(subject, "shot"):
        context |= stage.of_take(subject.shot, subject, seat=seat)
    else:
        context |= stage.of_picture(subject, seat=seat)
    context["form"] = form
    return TemplateResponse(request, "review/dailies/shot.html", context, status=status)
