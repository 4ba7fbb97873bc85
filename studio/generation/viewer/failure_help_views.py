"""What people press about a take that failed: change what was wrong, or have it again as it was."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from studio.core import rate_limits
from studio.generation.orders import failure_help, queue_actions
from studio.generation.renders import create_takes
from studio.generation.renders.take_access import take_or_404
from studio.generation.viewer import take_views
from studio.planning.projects.rights import Right


@login_required
@require_POST
def remedy(request, code):
    """Change the draft of the shot, and land in the composer, where it is ordered."""
    take = take_or_404(request.user, code, Right.MAKE)
    try:
        said = failure_help.apply(take, request.POST.get("do", ""), by=request.user)
    except LookupError:
        messages.info(request, "That does not fit this take any more.")
        return redirect(take)
    messages.success(request, f"{said} Nothing is ordered yet: press Render.")
    return redirect(take)


@login_required
@require_POST
def again(request, code):
    """Order it as it was, at the price the button showed; the same press orders once.

    The queue shows what nobody has ordered again: pressed there by two people it is ordered once.
    """
    take = take_or_404(request.user, code, Right.MAKE)
    if rate_limits.pressed_too_often(request.user):
        return take_views.after(request, take, rate_limits.TOO_OFTEN)
    try:
        done = queue_actions.retry(
            [take],
            project_id=take.project_id,
            by=request.user,
            press=request.POST.get("press", ""),
            shown=request.POST.get("shown"),
            once="once" in request.POST,
        )
    except (queue_actions.Dearer, create_takes.Closed) as exc:
        return take_views.after(request, take, str(exc))
    said = queue_actions.said(done)
    return take_views.after(request, done.made[-1] if done.made else take, said)
