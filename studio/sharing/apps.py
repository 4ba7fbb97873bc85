from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "studio.sharing"

    def ready(self):
        from studio.renders import trash
        from studio.sharing import bare

        trash.on_gone(bare.forget)
