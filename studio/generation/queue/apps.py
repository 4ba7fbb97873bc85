from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "studio.generation.queue"
