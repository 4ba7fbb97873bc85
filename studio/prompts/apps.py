from django.apps import AppConfig


class PromptsConfig(AppConfig):
    name = "studio.prompts"

    def ready(self):
        from studio.projects import heralds
        from studio.prompts import history

        heralds.on_prompts(history.heard)
