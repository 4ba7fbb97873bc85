"""The pictures a project holds."""

from django.contrib.auth.decorators import login_required
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from studio.core import paging
from studio.layout.page_context import page_context
from studio.planning.projects.access import membership_or_404

PAGE = 100


@login_required
@require_GET
def pictures_page(request, slug):
    """The pictures the project holds, the newest first."""
    seat = membership_or_404(request.user, slug)
    found = seat.project.pictures.kept().prefetch_related("first_frame_of", "references").order_by("-pk")
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows, more = paging.page(found, PAGE)
    context = page_context(seat) | {
        "pictures": rows,
        "next": rows[-1].pk if more else "",
    }
    return TemplateResponse(request, "generation/reference_pages/pictures.html", context)
