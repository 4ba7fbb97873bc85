from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "studio.sharing"

    def ready(self):
        from studio.renders import trash
        from studio.sharing import bare, links

        trash.on_closing(links.clear)
        trash.on_gone(bare.forget)
