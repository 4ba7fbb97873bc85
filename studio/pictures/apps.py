from django.apps import AppConfig


class PicturesConfig(AppConfig):
    name = "studio.pictures"

    def ready(self):
        from studio.pictures import drawing

        drawing.register()
