from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "studio.library"

    def ready(self):
        from studio.library import drawing

        drawing.register()
