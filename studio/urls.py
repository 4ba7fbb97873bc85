from django.urls import include, path
from django.views.generic import RedirectView

from studio.admin import site

urlpatterns = [
    path("admin/", site.urls),
    path("", RedirectView.as_view(pattern_name="renders:projects")),
    path("", include("studio.accounts.urls")),
    path("", include("studio.bootstrap.urls")),
    path("", include("studio.notices.urls")),
    path("", include("studio.team.urls")),
    path("", include("studio.listing.urls")),
    path("", include("studio.review.urls")),
    path("", include("studio.queue.urls")),
    path("", include("studio.grids.urls")),
    path("", include("studio.cut.urls")),
    path("", include("studio.library.urls")),
    path("", include("studio.sharing.urls")),
    path("", include("studio.checks.urls")),
    path("", include("studio.reports.urls")),
    path("", include("studio.reconcile.urls")),
    path("", include("studio.pictures.urls")),
    path("", include("studio.live.urls")),
    path("", include("studio.renders.prompt_urls")),
    path("", include("studio.renders.urls")),
]
