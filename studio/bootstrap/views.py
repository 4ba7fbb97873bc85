"""The owner of a restored studio says that the other copy is off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from studio.accounts import audit
from studio.bootstrap import context
from studio.jobs import pause


@login_required
@require_POST
def confirm(request):
    """Let a restored studio go on. Pressed twice it is done once."""
    if not request.user.is_superuser:
        audit.refused(request.user, "letting a restored studio go on")
        raise Http404
    if pause.confirm(by=request.user):
        audit.record(audit.Kind.RESUMED, request=request, user=request.user)
        messages.success(request, "This studio goes on with what was on its way.")
    else:
        messages.success(request, "This studio goes on already.")
    context.forget()
    return redirect("renders:projects")
