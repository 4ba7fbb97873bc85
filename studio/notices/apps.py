from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "studio.notices"

    def ready(self):
        from studio.jobs import engine
        from studio.notices import mail

        engine.register_sweep(mail.sweep)
