from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "studio.review"

    def ready(self):
        from studio.renders import heralds
        from studio.review import drawing, retakes

        drawing.register()
        heralds.on_end(retakes.tell_of_end)
