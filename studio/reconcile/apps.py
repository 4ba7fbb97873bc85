from django.apps import AppConfig


class ReconcileConfig(AppConfig):
    name = "studio.reconcile"

    def ready(self):
        from studio.jobs import engine
        from studio.reconcile import books

        engine.register_sweep(books.sweep)
