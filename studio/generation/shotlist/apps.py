from django.apps import AppConfig


class ListingConfig(AppConfig):
    name = "studio.generation.shotlist"
    label = "listing"
