"""The slow road for pages whose sockets are blocked: the same frames by polling."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from studio.core import paging
from studio.runtime.live import consumers, frames


@login_required
@require_GET
def poll(request, slug):
    """Everything after `?since=N`, as the socket would have sent it; 409 for a page of another role than `?as=`."""
    seat = consumers.admitted(request.user, slug)
    if seat is None:
        raise Http404
    project_id, audience, role = seat
    if request.GET.get("as", role) not in (role, ""):
        return HttpResponse(status=409)
    since = paging.number(request.GET.get("since", "")) or 0
    frame = frames.draw(project_id, since, {audience})
    return HttpResponse(frame.texts[audience], content_type="application/json")
