from django.urls import include, path
from django.views.generic import RedirectView

from studio.admin import site

urlpatterns = [
    path("admin/", site.urls),
    path("", RedirectView.as_view(pattern_name="dashboard:projects")),
    path("", include("studio.people.accounts.urls")),
    path("", include("studio.people.notifications.urls")),
    path("", include("studio.team.urls")),
    path("", include("studio.generation.shotlist.urls")),
    path("", include("studio.review.urls")),
    path("", include("studio.generation.queue.urls")),
    path("", include("studio.generation.grids.urls")),
    path("", include("studio.cut.urls")),
    path("", include("studio.library.urls")),
    path("", include("studio.sharing.urls")),
    path("", include("studio.checks.urls")),
    path("", include("studio.reports.urls")),
    path("", include("studio.reconcile.urls")),
    path("", include("studio.generation.reference_pages.urls")),
    path("", include("studio.runtime.live.urls")),
    path("", include("studio.generation.composer.prompt_urls")),
    path("", include("studio.oversight.dashboard.urls")),
    path("", include("studio.generation.trash.urls")),
    path("", include("studio.generation.orders.urls")),
    path("", include("studio.generation.board.urls")),
    path("", include("studio.generation.composer.urls")),
    path("", include("studio.generation.viewer.urls")),
    path("", include("studio.generation.renders.urls")),
]
