from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "studio.review"

    def ready(self):
        from studio.projects import people
        from studio.renders import heralds, trash
        from studio.review import drawing, lists, retakes

        drawing.register()
        heralds.on_end(retakes.tell_of_end)
        people.on_leaving(lists.forget)
        trash.on_closing(lists.clear)
