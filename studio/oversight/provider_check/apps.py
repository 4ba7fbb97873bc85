from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "studio.oversight.provider_check"
    label = "checks"
