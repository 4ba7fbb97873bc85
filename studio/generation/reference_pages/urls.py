from django.urls import path

from studio.generation.reference_pages import shelf_views, views

app_name = "pictures"
_shelf = "projects/<slug:slug>/shelf"

urlpatterns = [
    path("projects/<slug:slug>/pictures", views.pictures_page, name="pictures"),
    path(_shelf, shelf_views.shelf_page, name="shelf"),
    path(f"{_shelf}/new", shelf_views.new, name="new"),
    path(f"{_shelf}/<slug:name>/change", shelf_views.change, name="change"),
    path(f"{_shelf}/<slug:name>/remove", shelf_views.remove, name="remove"),
    path(f"{_shelf}/<slug:name>/turn", shelf_views.turn, name="turn"),
    path(f"{_shelf}/<slug:name>/reword", shelf_views.reword, name="reword"),
    path(f"{_shelf}/<slug:name>/used", shelf_views.used, name="used"),
]
