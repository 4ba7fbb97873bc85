from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "studio.oversight.members"
    label = "team"
