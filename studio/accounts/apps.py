from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "studio.accounts"

    def ready(self):
        from studio.accounts import signin  # noqa: F401 - its receivers
