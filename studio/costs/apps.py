from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CostsConfig(AppConfig):
    name = "studio.costs"

    def ready(self) -> None:
        from studio.costs import purse, seal
        from studio.jobs import engine

        post_migrate.connect(seal.close, sender=self, dispatch_uid="seal of the ledger")
        engine.register_sweep(purse.sweep)
