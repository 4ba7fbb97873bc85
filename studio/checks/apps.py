from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "studio.checks"
