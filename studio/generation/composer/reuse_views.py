"""What a take was made with, used again, taken to another model, or laid beside another take's."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from studio.core import rate_limits
from studio.generation.composer import undo
from studio.generation.renders.models import Render
from studio.generation.renders.take_access import take_or_404
from studio.generation.reuse import continue_from_frame, reuse
from studio.generation.viewer import differences, viewer
from studio.layout.page_context import page_context
from studio.planning.projects.access import membership_or_404, shot_or_404
from studio.planning.projects.rights import Right

TAKES = 100  # to choose from, the newest


@login_required
@require_POST
def use(request, code):
    """Put all, or a part, of what a take was made with into the composer of its shot."""
    take = _take(request, code)
    part = request.POST.get("what", "")
    if part not in reuse.PARTS:
        messages.error(request, "There is nothing of that kind to use.")
        return _to_composer(take)
    return _into_composer(request, take, lambda: reuse.use(take, part, by=request.user))


@login_required
@require_POST
def promote(request, code):
    """Put what a take was made with into the composer for another model."""
    take = _take(request, code)
    if take.state != Render.State.READY or take.veiled:
        raise Http404
    if take.is_still and rate_limits.uploaded_too_often(request.user):  # it becomes a picture
        messages.error(request, rate_limits.TOO_MANY_PICTURES)
        return _to_composer(take)
    model = request.POST.get("model", "")
    return _into_composer(request, take, lambda: reuse.promote(take, model, by=request.user))


def _take(request, code):
    found = Render.objects.open_to(request.user, Right.MAKE).exclude(state=Render.State.CANCELLED)
    return take_or_404(request.user, code, Right.MAKE, takes=found)


def _into_composer(request, take, change):
    before = undo.draft_of(take.shot)
    try:
        said = change()
    except (reuse.Cannot, continue_from_frame.Gone) as exc:
        messages.error(request, str(exc))
        return _to_composer(take)
    messages.success(request, said, extra_tags=undo.remember(request, take.shot, before))
    return _to_composer(take)


def _to_composer(take):
    return redirect(f"{take.get_absolute_url()}#id_prompt")


# --- what changed -------------------------------------------------------------------------


@login_required
@require_GET
def changes(request, slug, code):
    """What is different between two takes of a shot."""
    seat = membership_or_404(request.user, slug)
    shot = shot_or_404(seat, code)
    takes = _to_compare(shot)
    after = _of(takes, request.GET.get("b")) or viewer.seen(shot)
    before = _of(takes, request.GET.get("a")) or _one_before(after, takes)
    context = {"shot": shot, "project": seat.project, "takes": takes, "before": before, "after": after}
    if before and after:
        context |= {
            "chips": differences.chips(before, after, money=seat.sees_money),
            "words": differences.words(before.typed, after.typed),
            "look": differences.words(before.look, after.look) if before.look or after.look else None,
        }
    if request.htmx:
        return TemplateResponse(request, "generation/composer/_changes.html", context)
    return TemplateResponse(request, "generation/composer/changes.html", page_context(seat) | context)


def _to_compare(shot):
    """The newest takes of a shot, oldest first."""
    found = list(shot.renders.kept().exclude(state=Render.State.CANCELLED).order_by("-pk")[:TAKES])[::-1]
    for take in found:
        take.shot, take.project = shot, shot.project
    return found


def _of(takes, code):
    """The take of this code among these."""
    try:
        wanted = UUID(str(code))
    except ValueError:
        return None
    return next((take for take in takes if take.code == wanted), None)


def _one_before(take, takes):
    """The take to compare with: its parent, else the one before it of its kind, else any other."""
    if take is None:
        return None
    others = [each for each in takes if each.pk != take.pk]
    parent = [each for each in others if each.pk == take.parent_id]
    alike = [each for each in others if each.pk < take.pk and each.kind == take.kind][-1:]
    return next(iter([*parent, *alike, *others]), None)
