from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "studio.people.notifications"
    label = "notices"  # its tables were made under this name
