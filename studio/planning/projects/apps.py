from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "studio.planning.projects"
