from django.apps import AppConfig


class PicturesConfig(AppConfig):
    name = "studio.generation.reference_pages"
    label = "pictures"
