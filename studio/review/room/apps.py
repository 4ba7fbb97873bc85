from django.apps import AppConfig


class RoomConfig(AppConfig):
    name = "studio.review.room"
