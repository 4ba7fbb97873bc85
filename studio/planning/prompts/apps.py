from django.apps import AppConfig


class PromptsConfig(AppConfig):
    name = "studio.planning.prompts"
