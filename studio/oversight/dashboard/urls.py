from django.urls import path

from studio.oversight.dashboard import views

app_name = "dashboard"

urlpatterns = [
    path("projects/", views.projects_page, name="projects"),
    path("projects/new", views.new_project, name="new_project"),
    path("projects/trash", views.projects_trash, name="projects_trash"),
    path("projects/<slug:slug>/archive", views.archive_project, name="archive_project"),
    path("projects/<slug:slug>/reopen", views.reopen_project, name="reopen_project"),
    path("projects/<slug:slug>/settings", views.project_settings, name="settings"),
    path("projects/<slug:slug>/words", views.project_words, name="words"),
]
