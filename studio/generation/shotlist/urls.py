from django.urls import path

from studio.generation.shotlist import boards_views, import_views, views

app_name = "listing"
_list = "projects/<slug:slug>/list/"

urlpatterns = [
    path(_list, views.list_page, name="list"),
    path(f"{_list}move", views.move, name="move"),
    path(f"{_list}many", views.many, name="many"),
    path(f"{_list}take-back", views.restore_many, name="restore_many"),
    path(f"{_list}import", import_views.import_page, name="import"),
    path(f"{_list}import/apply", import_views.apply, name="apply"),
    path(f"{_list}export.csv", import_views.export, name="export"),
    path(f"{_list}boards", boards_views.boards_page, name="boards"),
    path(f"{_list}boards/match", boards_views.match, name="match"),
    path(f"{_list}boards/place", boards_views.place, name="place"),
]
