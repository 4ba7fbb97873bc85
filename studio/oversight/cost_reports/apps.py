from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "studio.oversight.cost_reports"
    label = "reports"
