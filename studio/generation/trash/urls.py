from django.urls import path

from studio.generation.trash import views

app_name = "trash"
_shot = "projects/<slug:slug>/shots/<str:code>/"
_take = "takes/<uuid:code>/"

urlpatterns = [
    path("projects/<slug:slug>/trash", views.trash_page, name="trash"),
    path("projects/<slug:slug>/throw-away", views.trash_project, name="trash_project"),
    path("projects/<slug:slug>/take-back", views.restore_project, name="restore_project"),
    path("projects/<slug:slug>/shots/<int:pk>/take-back", views.restore_shot, name="restore_shot"),
    path(f"{_shot}throw-away", views.trash_shot, name="trash_shot"),
    path(f"{_take}throw-away", views.trash_take, name="trash_take"),
    path(f"{_take}take-back", views.restore_take, name="restore_take"),
    path("pictures/<uuid:code>/throw-away", views.trash_picture, name="trash_picture"),
    path("pictures/<uuid:code>/take-back", views.restore_picture, name="restore_picture"),
]
