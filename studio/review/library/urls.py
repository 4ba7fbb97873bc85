from django.urls import path

from studio.review.library import bulk_views, views

app_name = "library"
_library = "projects/<slug:slug>/library/"

urlpatterns = [
    path("projects/<slug:slug>/library", views.library_page, name="library"),
    path(f"{_library}news", views.news, name="news"),
    path(f"{_library}compare", views.compare_page, name="compare"),
    path(f"{_library}circle", bulk_views.circle, name="circle"),
    path(f"{_library}circle/undo", bulk_views.uncircle, name="uncircle"),
    path(f"{_library}throw-away", bulk_views.throw_away, name="throw_away"),
    path(f"{_library}take-back", bulk_views.take_back, name="take_back"),
    path(f"{_library}list", bulk_views.put_on_list, name="put_on_list"),
    path(f"{_library}download", bulk_views.download, name="download"),
    path("takes/<uuid:code>/reel", views.reel, name="reel"),
]
