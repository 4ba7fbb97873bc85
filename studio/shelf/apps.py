from django.apps import AppConfig


class ShelfConfig(AppConfig):
    name = "studio.shelf"

    def ready(self):
        from studio.projects import heralds
        from studio.shelf import giving

        heralds.on_copies(giving.copied)
