"""Board and shot pages, and what people do on them: write, order, look."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget, trigger_client_event

from studio.core import money, rate_limits, versions
from studio.core.versions import Basis, Overtaken
from studio.generation.board import board, live_fragments
from studio.generation.composer import frame_views
from studio.generation.composer.composer import Composer
from studio.generation.orders import crop, forms, order_context
from studio.generation.renders import create_takes, lifecycle, shot_status, take_controls, waiting
from studio.generation.reuse import first_frame as placing
from studio.generation.viewer import take_views, viewer
from studio.layout import overtaken
from studio.layout.page_context import page_context
from studio.planning.projects import actions
from studio.planning.projects.access import membership_or_404, shot_or_404
from studio.planning.projects.forms import ShotForm
from studio.planning.projects.models import WORDS
from studio.planning.projects.rights import Right
from studio.planning.prompts import history
from studio.planning.references.shelf import Shelf

# --- board --------------------------------------------------------------------------------


@login_required
@require_GET
def board_page(request, slug):
    """The shot list with its takes, 50 shots a page."""
    seat = membership_or_404(request.user, slug)
    context = page_context(seat)  # reads the event number before the rows: nothing is missed in between
    status = shot_status.status_of(request.GET.get("status", ""))
    after = board.key_of(request.GET.get("after", ""))
    shown = live_fragments.board_of(seat.project, audience=seat.audience, status=status, after=after)
    context |= {"board": take_controls.put_into(shown, seat), "status": status}
    return TemplateResponse(request, "generation/board/board.html", context)


@login_required
def new_shot(request, slug):
    """Add a line to the shot list."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    form = ShotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            shot = actions.create_shot(seat.project, by=request.user, **form.cleaned_data)
            return redirect(shot)
        except ValueError as exc:
            form.add_error("code", str(exc))
    context = page_context(seat) | {"form": form, "suggested": actions.next_code(seat.project)}
    return TemplateResponse(
        request, "generation/board/new_shot.html", context, status=422 if request.method == "POST" else 200
    )


# --- shot ---------------------------------------------------------------------------------


@login_required
@require_GET
def shot_page(request, slug, code):
    """Composer beside viewer, and the takes of the shot."""
    seat = membership_or_404(request.user, slug)
    shot = shot_or_404(seat, code)
    context = page_context(seat)
    seen = viewer.seen(shot, request.GET.get("take"))
    context |= {
        "shot": shot,
        "row": board.summaries([shot])[0],
        **viewer.strip(shot, before=request.GET.get("before", "")),
        **viewer.context(seen, shot, seat),
        **viewer.neighbours(shot),
    }
    if seat.makes:
        context["composer"] = Composer(shot, seen=seen, by_id=request.user.pk)
    return TemplateResponse(request, "generation/board/shot.html", context)


@login_required
@require_GET
def viewer_part(request, slug, code):
    """The viewer alone: of the take asked for, or of the one that stands for the shot."""
    seat = membership_or_404(request.user, slug)
    shot = shot_or_404(seat, code)
    seen = viewer.seen(shot, request.GET.get("take"))
    context = page_context(seat) | viewer.context(seen, shot, seat) | {"shot": shot}
    return TemplateResponse(request, "generation/viewer/_viewer.html", context)


@login_required
def edit_shot(request, slug, code):
    """Change a shot's code, title and scene."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot = shot_or_404(seat, code, row=request.POST.get("row", ""))
    initial = {"code": shot.code, "title": shot.title, "scene": shot.scene, "prompt": shot.prompt}
    form = ShotForm(request.POST or None, initial=initial)
    context = page_context(seat) | {"form": form, "shot": shot, "version": shot.version}
    status = 200
    if request.method == "POST":
        status = 422
        fields = {name: form.cleaned_data[name] for name in ("title", "scene")} if form.is_valid() else {}
        try:
            if fields:
                code = form.cleaned_data["code"] or shot.code
                actions.change_shot(shot, by=request.user, basis=Basis.of(request.POST), code=code, **fields)
                return redirect(shot)
        except ValueError as exc:
            form.add_error("code", str(exc))
        except Overtaken as exc:
            context |= {"overtaken": overtaken.choices(exc, reader=request.user), "version": exc.version}
            status = 409
    return TemplateResponse(request, "generation/board/edit_shot.html", context, status=status)


# --- composer -----------------------------------------------------------------------------


@login_required
@require_POST
def draft(request, slug, code):
    """Keep what is typed, legal or not, and answer with the parts that depend on it."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot = shot_or_404(seat, code, row=request.POST.get("row", ""))
    form = forms.ComposerForm(request.POST, shot=shot, touched_only=True)
    wished = form.draft()
    notes = {}
    model_changed = wished["model"] != shot.model
    if model_changed:
        wished, notes = forms.adapted(shot, wished)
    part = request.POST.get("part", "")
    # only what was touched here: somebody else may be at work on the rest
    written = forms.fields_of(part, model_changed=model_changed)
    kept = {name: value for name, value in forms.storable(wished).items() if name in written}
    shown_elsewhere = {"prompt", "model", "aspect", "seconds"} & kept.keys()
    told = {name: kept[name] for name in shown_elsewhere}
    try:
        actions.change_shot(shot, by=request.user, basis=Basis.of(request.POST), **told)
    except Overtaken as exc:
        return _overtaken(request, seat, shot, exc)
    actions.change_shot(
        shot, by=request.user, quiet=True, **{n: v for n, v in kept.items() if n not in shown_elsewhere}
    )
    errors = _unkept(form, wished)
    too_long = errors.get("prompt", "") if part == "prompt" else ""
    if not request.htmx:
        if not {"crop", "prompt"} & errors.keys():
            return redirect(shot)
        return _composer_answer(request, seat, shot, errors=errors, typed=request.POST, status=422)
    seen = viewer.seen(shot, request.POST.get("seen"))
    typed = {name: request.POST[name] for name in (*errors, *crop.FIELDS) if name in request.POST}
    if too_long:
        errors = {**errors, "price": too_long}  # beside the button, which is what is drawn anew
    composer = Composer(shot, notes=notes, seen=seen, errors=errors, typed=typed, by_id=request.user.pk)
    names = {"settings": "generation/composer/_composer_settings_changed.html"}
    template = names.get(part, "generation/composer/_composer_send_changed.html")
    context = {"composer": composer, "shot": shot, "project": seat.project, "seat": seat}
    answer = TemplateResponse(request, template, context, status=422 if too_long else 200)
    if "prompt" in told:  # the version vouches for what was compared, and for nothing else
        return trigger_client_event(answer, "words-kept", {"version": shot.version})
    return answer


def _overtaken(request, seat, shot, exc):
    """Somebody else has written the prompt meanwhile: nothing is replaced, mine is kept in the history too."""
    if "prompt" in exc.mine:
        history.set_aside(shot, exc.mine["prompt"], by=request.user)
    told = overtaken.choices(exc, reader=request.user)
    if request.htmx:
        context = {"overtaken": told, "shot": shot, "project": seat.project}
        answer = TemplateResponse(request, "generation/composer/_overtaken.html", context, status=409)
        return retarget(reswap(answer, "outerHTML"), "#prompt-overtaken")
    shot.refresh_from_db()
    return _composer_answer(request, seat, shot, typed=request.POST, status=409, told=told)


@login_required
@require_GET
def words(request, slug, code):
    """The words of a shot as they are, with who wrote them last: what an open page takes over."""
    seat = membership_or_404(request.user, slug)
    shot = shot_or_404(seat, code)
    return overtaken.words(shot, WORDS, reader=request.user, choices=order_context.choices(shot))


def _unkept(form, wished):
    """Sentences about what was typed but no column can hold."""
    form.is_valid()
    unkept = {*(wished.keys() - forms.storable(wished).keys()), "crop"}
    return {name: form.errors[name][0] for name in unkept if name in form.errors}


@login_required
@require_POST
def render(request, slug, code):
    """Order the takes the composer describes. The one press that spends money."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot = shot_or_404(seat, code, row=request.POST.get("row", ""))
    press = request.POST.get("press", "")
    repeated = create_takes.ordered_by(press, [shot])
    if repeated:
        messages.info(request, "That was ordered already; nothing was ordered twice.")
        return _ordered(request, seat, shot, repeated)
    form = forms.ComposerForm(request.POST, shot=shot)
    refused = _too_often(request)
    try:
        return _pressed(request, seat, shot, form, press, refused=refused)
    except Overtaken as exc:
        return _overtaken(request, seat, shot, exc)


def _pressed(request, seat, shot, form, press, *, refused):
    basis = Basis.of(request.POST)
    if refused:
        actions.change_shot(shot, by=request.user, basis=basis, **forms.storable(form.draft()))
        return _composer_answer(request, seat, shot, errors=refused, typed=request.POST, status=429)
    typed = {name: value for name, value in forms.storable(form.draft()).items() if name in WORDS}
    versions.settled(shot, typed, basis=basis, by=request.user.pk)  # before a picture is taken in
    now = order_context.of(shot, Shelf(seat.project))
    upload_error = _take_upload(request, shot)
    actions.change_shot(shot, by=request.user, basis=basis, **forms.storable(form.draft()))
    valid = form.is_valid()
    if valid and form.lines and not upload_error:
        return _to_its_plan(request, shot)
    if not valid or upload_error:
        errors = {name: found[0] for name, found in form.errors.items()}
        if upload_error:
            errors["first_frame"] = upload_error
        elif "first_frame" not in errors and "__all__" in errors:
            errors["first_frame"] = errors["__all__"]
        return _composer_answer(request, seat, shot, errors=errors, typed=request.POST, status=422)
    other = _made_with_another(request, shot, form.order, now) or _price_rise(request, form.order)
    if other:
        return _composer_answer(request, seat, shot, errors={"price": other}, status=422)
    try:
        takes = lifecycle.start(shot=shot, by=request.user, order=form.order, press=press)
    except create_takes.Closed as exc:
        return _composer_answer(request, seat, shot, errors={"price": str(exc)}, status=422)
    messages.success(request, _said(takes), extra_tags=_undo(shot, takes))
    return _ordered(request, seat, shot, takes)


def _to_its_plan(request, shot):
    """A prompt with variables is many: nothing is ordered before its plan was looked at."""
    to = reverse("grids:plan", args=[shot.project.slug, shot.code])
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)


def _ordered(request, seat, shot, takes):
    if not request.htmx:
        return redirect(takes[-1])
    return trigger_client_event(_composer_answer(request, seat, shot), "live:now")


def _too_often(request):
    """Sentences by field where this person presses, or sends pictures, faster than hands can."""
    if rate_limits.pressed_too_often(request.user):
        return {"price": rate_limits.TOO_OFTEN}
    if request.FILES.get("first_frame") and rate_limits.uploaded_too_often(request.user):
        return {"first_frame": rate_limits.TOO_MANY_PICTURES}
    return {}


def _made_with_another(request, shot, order, now):
    """A sentence when somebody changed what the page showed beside its form; "" when nobody did."""
    own_frame = "first_frame" in request.FILES  # sent along, so it is no other one
    with_look = not shot.no_look
    return order_context.changed(order, now, request.POST, with_frame=not own_frame, with_look=with_look)


def _price_rise(request, order):
    """A sentence when the order costs more than the pressed button said; "" when it does not."""
    if not money.risen(order.total, request.POST.get("shown")):
        return ""
    return f"The price is {money.dollars(order.total)} now. Press again to order."


def _undo(shot, takes):
    """Where all of a press can still be taken back as one, or ""."""
    if not takes or not all(take.undoable for take in takes):
        return ""
    return reverse("board:cancel_batch", args=[shot.project.slug, shot.code, takes[0].batch])


def _said(takes):
    number = f"{len(takes)} take{'' if len(takes) == 1 else 's'}"
    left = waiting.told(takes)
    if left:
        return f"{number} ordered, {left}"
    free = max((take.free_undo_seconds for take in takes), default=0)
    return f"{number} queued. Undo is free for {free} s." if free else f"{number} queued."


def _composer_answer(request, seat, shot, *, errors=None, typed=None, status=200, told=None):
    seen = viewer.seen(shot, request.POST.get("seen"))
    composer = Composer(shot, errors=errors or {}, typed=typed or {}, seen=seen, by_id=request.user.pk)
    context = {"composer": composer, "shot": shot, "project": seat.project, "seat": seat, "overtaken": told}
    context |= viewer.neighbours(shot) | {"row": board.summaries([shot])[0]}
    if request.htmx:
        return TemplateResponse(request, "generation/composer/_composer.html", context, status=status)
    context |= page_context(seat) | viewer.strip(shot) | viewer.context(seen, shot, seat)
    return TemplateResponse(request, "generation/board/shot.html", context, status=status)


def _take_upload(request, shot):
    """Keep a first frame sent along with the form. Returns what is wrong with it, or ""."""
    upload = request.FILES.get("first_frame")
    if not upload:
        return ""
    try:
        remark = placing.from_file(shot, upload, by=request.user, name=upload.name)
    except placing.Refused as exc:
        return str(exc)
    if remark:
        messages.info(request, remark)
    return ""


@login_required
@require_POST
def first_frame(request, slug, code):
    """Put a picture in as the shot's first frame, or take it out again."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot = shot_or_404(seat, code, row=request.POST.get("row", ""))
    error = ""
    if "take_out" in request.POST:
        actions.change_shot(shot, by=request.user, first_frame=None)
    elif not request.FILES.get("first_frame"):
        error = "Choose a picture first."
    elif rate_limits.uploaded_too_often(request.user):
        errors = {"first_frame": rate_limits.TOO_MANY_PICTURES}
        return _composer_answer(request, seat, shot, errors=errors, typed=request.POST, status=429)
    else:
        error = _take_upload(request, shot)
    if error and not request.htmx:
        return _composer_answer(request, seat, shot, errors={"first_frame": error}, status=422)
    return frame_views.placed(request, seat, shot, refused=error)


@login_required
@require_POST
def cancel_batch(request, slug, code, batch):
    """Take back everything of one press that was not sent yet."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot = shot_or_404(seat, code)
    takes = list(shot.renders.filter(batch=batch))
    done = sum(lifecycle.cancel(take, by=request.user) for take in takes)
    if not takes:
        raise Http404
    said = f"{done} of {len(takes)} taken back, nothing charged for them." if done else "Too late: sent."
    return take_views.after(request, takes[0], "Taken back, nothing charged." if done == len(takes) else said)
