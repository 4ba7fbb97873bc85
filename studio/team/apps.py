from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "studio.team"

    def ready(self):
        from studio.live import hub
        from studio.team import presence

        hub.register_presence(presence.draw)
