from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "studio.integrations.sandbox"
