from django.apps import AppConfig


class CostsConfig(AppConfig):
    name = "studio.planning.ledger"
    label = "costs"  # its tables were made under this name
