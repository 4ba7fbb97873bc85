from django.apps import AppConfig


class RendersConfig(AppConfig):
    name = "studio.renders"

    def ready(self):
        from studio.jobs import engine
        from studio.live import consumers
        from studio.projects import access
        from studio.renders import chain_drawing, drawing, pipeline, trash

        drawing.register()
        chain_drawing.register()
        consumers.register_door(access.door, access.still_admitted)
        engine.register_sweep(pipeline.sweep)
        engine.register_sweep(trash.sweep)
