from django.urls import path

from studio.projects import views

app_name = "projects"
urlpatterns = [
    path("projects/new", views.new_project, name="new"),
    path("projects/<slug:slug>/settings", views.project_settings, name="settings"),
]
