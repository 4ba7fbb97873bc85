from django.urls import include, path
from django.views.generic import RedirectView

from studio.admin import site

urlpatterns = [
    path("admin/", site.urls),
    path("", RedirectView.as_view(pattern_name="dashboard:projects")),
    path("", include("studio.people.accounts.urls")),
    path("", include("studio.bootstrap.urls")),
    path("", include("studio.people.notifications.urls")),
    path("", include("studio.oversight.members.urls")),
    path("", include("studio.generation.shotlist.urls")),
    path("", include("studio.review.dailies.urls")),
    path("", include("studio.generation.queue.urls")),
    path("", include("studio.generation.grids.urls")),
    path("", include("studio.review.cut.urls")),
    path("", include("studio.review.library.urls")),
    path("", include("studio.review.sharing.urls")),
    path("", include("studio.oversight.provider_check.urls")),
    path("", include("studio.oversight.activity.urls")),
    path("", include("studio.oversight.cost_reports.urls")),
    path("", include("studio.oversight.reconciliation.urls")),
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
