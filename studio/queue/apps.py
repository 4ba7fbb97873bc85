from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "studio.queue"

    def ready(self):
        from studio.queue import drawing

        drawing.register()
