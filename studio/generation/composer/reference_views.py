"""The references of a shot in its composer: what goes along, giving one, taking one back."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from studio.generation.composer.composer import Composer
from studio.planning.projects.access import membership_or_404, shot_or_404
from studio.planning.projects.rights import Right
from studio.planning.references import actions
from studio.planning.references.models import NAME, Reference


def _reference(seat, name):
    """The reference of this name; None where none was named at all."""
    shelf = Reference.objects.filter(project=seat.project, picture__trashed_at=None)
    if name and not NAME.fullmatch(name):
        raise Http404
    return get_object_or_404(shelf, name=name) if name else None


@login_required
@require_GET
def along_part(request, slug, code):
    """What goes along, asked for again when the shelf changed."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    return _answer(request, seat, shot_or_404(seat, code))


@login_required
@require_POST
def change(request, slug, code):
    """Give the shot a reference of the shelf, or take one back from it."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot = shot_or_404(seat, code)
    verb = "take_back" if "take_back" in request.POST else "give"
    reference = _reference(seat, request.POST.get(verb, ""))
    if reference is not None:
        (actions.give if verb == "give" else actions.take_back)(shot, reference, by=request.user)
    return _answer(request, seat, shot) if request.htmx else redirect(shot)


def _answer(request, seat, shot):
    context = {
        "composer": Composer(shot, by_id=request.user.pk),
        "shot": shot,
        "project": seat.project,
        "seat": seat,
    }
    return TemplateResponse(request, "generation/composer/_composer_along_changed.html", context)
