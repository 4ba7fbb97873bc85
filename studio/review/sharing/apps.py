from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "studio.review.sharing"
