from django.apps import AppConfig


class BootstrapConfig(AppConfig):
    name = "studio.bootstrap"

    def ready(self):
        from studio.bootstrap import wiring

        wiring.connect()
