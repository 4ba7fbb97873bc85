"""Going on from a frame of a take, refreshing a frame that is stale, and taking either back."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from studio.core import rate_limits
from studio.generation.composer import undo as undoing
from studio.generation.renders.models import Render
from studio.generation.renders.take_access import take_or_404
from studio.generation.reuse import continue_from_frame, frame_links
from studio.integrations.catalogue import Need
from studio.layout.page_context import page_context
from studio.planning.projects import actions
from studio.planning.projects.access import membership_or_404, seat_on, shot_or_404
from studio.planning.projects.models import Shot
from studio.planning.projects.rights import Right

OFFERED = 200  # codes to choose another shot from; any other can be typed


class ContinueForm(forms.Form):
    """Which frame, and what it is to be the first frame of: "next", "new", "shot" with a code, or "picture".

    Args:
        take: the take whose frame it is.
    """

    frame = forms.IntegerField(
        error_messages={"required": "Which frame?", "invalid": "A frame is a whole number."}
    )
    to = forms.ChoiceField(
        choices=[("next", ""), ("new", ""), ("shot", ""), ("picture", "")],
        error_messages={"required": "Choose where it goes on.", "invalid_choice": "Choose where it goes on."},
    )
    shot = forms.CharField(required=False, strip=True)

    def __init__(self, data, *, take):
        super().__init__(data)
        self.take = take
        self.onto = None  # the shot that is to start from it

    def clean_frame(self):
        frame, last = self.cleaned_data["frame"], (self.take.frame_count or 1) - 1
        if not 0 <= frame <= last:
            raise forms.ValidationError(f"{self.take.label.capitalize()} has the frames 0 to {last}.")
        return frame

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("to") == "next":
            self.onto = continue_from_frame.next_after(self.take.shot)
            if cleaned.get("shot"):  # Enter behind the code presses the first button there is
                self.add_error("shot", "Press “Use there” for this shot, or empty the field.")
            elif self.onto is None:
                self.add_error("to", "No shot comes after this one.")
        if cleaned.get("to") == "shot":
            self.onto = self._named(cleaned.get("shot", ""))
        return cleaned

    def _named(self, code):
        shots = Shot.objects.kept().filter(project=self.take.project_id).select_related("first_frame")
        found = shots.filter(code__iexact=code.replace("\x00", "")).first() if code else None
        if found is None:
            self.add_error(
                "shot", f"There is no shot {code[:20]}." if code else "Which shot? Write its code."
            )
        return found


@login_required
def go_on(request, code):
    """Ask where a frame is to go on; a POST makes it a picture and lands where it is used."""
    take = _watchable(request, code)
    if request.method != "POST":
        return _ask(request, take, frame=_frame_asked(request, take))
    form = ContinueForm(request.POST, take=take)
    if not form.is_valid():
        return _ask(request, take, frame=request.POST.get("frame", ""), form=form, status=422)
    frame = form.cleaned_data["frame"]  # an error beside it takes it out of there
    if rate_limits.uploaded_too_often(request.user):
        form.add_error(None, rate_limits.TOO_MANY_PICTURES)
        return _ask(request, take, frame=frame, form=form, status=429)
    try:
        picture = continue_from_frame.picture_of(take, frame, by=request.user)
    except continue_from_frame.Gone as exc:
        form.add_error("frame", str(exc))
        return _ask(request, take, frame=frame, form=form, status=422)
    return _place(request, take, picture, form)


def _place(request, take, picture, form):
    """Put the picture where it was wanted, and go there."""
    take_at = frame_links.at(take.project.slug, take.shot.code, take.code, form.cleaned_data["frame"])
    if form.cleaned_data["to"] == "picture":
        messages.success(request, f"A picture {picture.from_label} is kept among the project's pictures.")
        return redirect(take_at)
    if form.cleaned_data["to"] == "new":
        shot = continue_from_frame.new_shot(take, picture, by=request.user)
        undo = undoing.remember_new(request, shot, back=take_at)
        messages.success(request, f"{shot.code} is new and starts {picture.from_label}.", extra_tags=undo)
        return redirect(_composer_of(shot))
    shot = form.onto
    shot.project = take.project
    before = undoing.draft_of(shot)
    actions.change_shot(shot, by=request.user, first_frame=picture)
    model = shot.catalogue_model
    refused = f" {model.name} takes no first frame; it stays with the shot."
    said = f"{shot.code} starts {picture.from_label}."
    said += refused if model.first_frame is Need.REFUSED else ""
    messages.success(request, said, extra_tags=undoing.remember(request, shot, before))
    return redirect(_composer_of(shot))


def _composer_of(shot):
    return f"{shot.get_absolute_url()}#id_prompt"


def _watchable(request, code):
    """A take that can be looked at, of a project this person may change."""
    found = Render.objects.open_to(request.user, Right.MAKE).watchable()
    return take_or_404(request.user, code, Right.MAKE, takes=found)


def _frame_asked(request, take):
    asked = request.GET.get("frame", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 9
    return min(int(asked), (take.frame_count or 1) - 1) if known else 0


def _ask(request, take, *, frame, form=None, status=200):
    codes = Shot.objects.kept().filter(project=take.project_id).exclude(pk=take.shot_id).in_order()
    context = {
        "take": take,
        "shot": take.shot,
        "frame": frame,
        "last": (take.frame_count or 1) - 1,
        "form": form,
        "following": continue_from_frame.next_after(take.shot),
        "others": codes.values_list("code", "title")[:OFFERED],
    }
    if request.htmx:
        return TemplateResponse(request, "generation/composer/_continue.html", context, status=status)
    seat = seat_on(request.user, take.project)
    return TemplateResponse(
        request, "generation/composer/continue.html", page_context(seat) | context, status=status
    )


# --- stale --------------------------------------------------------------------------------


@login_required
@require_POST
def refresh_frame(request, slug, code):
    """Let a stale shot start from the take that is circled now."""
    shot = shot_or_404(membership_or_404(request.user, slug, Right.MAKE), code)
    source = frame_links.source_of(shot)
    if source is None or not source.can_be_refreshed:
        messages.info(request, "There is no newer frame for this shot.")
        return redirect(shot)
    if rate_limits.uploaded_too_often(request.user):
        messages.error(request, rate_limits.TOO_MANY_PICTURES)
        return redirect(shot)
    before = undoing.draft_of(shot)
    try:
        said = continue_from_frame.refresh(shot, source, by=request.user)
        messages.success(request, said, extra_tags=undoing.remember(request, shot, before))
    except continue_from_frame.Gone as exc:
        messages.error(request, str(exc))
    return redirect(_composer_of(shot))


@login_required
@require_POST
def put_back(request, slug, code, key):
    """Undo what a press changed about the draft of a shot."""
    shot = shot_or_404(membership_or_404(request.user, slug, Right.MAKE), code)
    to = shot.get_absolute_url()
    try:
        to = undoing.undo(request, shot, key) or to
        messages.info(request, "Put back as it was.")
    except undoing.TooLate as exc:
        messages.info(request, str(exc))
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)
