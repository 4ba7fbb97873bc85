from django.apps import AppConfig


class ShelfConfig(AppConfig):
    name = "studio.planning.references"
    label = "shelf"  # its tables were made under this name
