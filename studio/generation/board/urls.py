from django.urls import path

from studio.generation.board import views

app_name = "board"
_shot = "projects/<slug:slug>/shots/<str:code>/"

urlpatterns = [
    path("projects/<slug:slug>/", views.board_page, name="board"),
    path("projects/<slug:slug>/new-shot", views.new_shot, name="new_shot"),
    path(_shot, views.shot_page, name="shot"),
    path(f"{_shot}viewer", views.viewer_part, name="viewer"),
    path(f"{_shot}edit", views.edit_shot, name="edit_shot"),
    path(f"{_shot}words", views.words, name="words"),
    path(f"{_shot}draft", views.draft, name="draft"),
    path(f"{_shot}render", views.render, name="render"),
    path(f"{_shot}first-frame", views.first_frame, name="first_frame"),
    path(f"{_shot}takes/<uuid:batch>/cancel", views.cancel_batch, name="cancel_batch"),
]
