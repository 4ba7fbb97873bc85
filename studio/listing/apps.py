from django.apps import AppConfig


class ListingConfig(AppConfig):
    name = "studio.listing"
