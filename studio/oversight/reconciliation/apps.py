from django.apps import AppConfig


class ReconcileConfig(AppConfig):
    name = "studio.oversight.reconciliation"
    label = "reconcile"
