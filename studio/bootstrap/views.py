"""The owner of a restored studio says that the other copy is off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from studio.bootstrap import pause_banner
from studio.people.accounts import audit
from studio.planning.projects import access
from studio.runtime.jobs import pause


@login_required
@require_POST
def confirm(request):
    """Let a restored studio go on. Pressed twice it is done once."""
    access.owner_or_404(request.user, "letting a restored studio go on")
    if pause.confirm(by=request.user):
        audit.record(audit.Kind.RESUMED, request=request, user=request.user)
        messages.success(request, "This studio goes on with what was on its way.")
    else:
        messages.success(request, "This studio goes on already.")
    pause_banner.forget()
    return redirect("dashboard:projects")
