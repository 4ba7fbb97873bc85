from django.urls import path

from studio.oversight.cost_reports import budget_views, export_views, studio_budget_views, studio_views, views

app_name = "reports"
_project = "projects/<slug:slug>/"

urlpatterns = [
    path(f"{_project}costs", views.costs_page, name="costs"),
    path(f"{_project}costs/ledger", views.ledger_page, name="ledger"),
    path(f"{_project}costs/statement", export_views.statement, name="statement"),
    path(f"{_project}costs.csv", export_views.costs_csv, name="costs_csv"),
    path(f"{_project}costs.json", export_views.costs_json, name="costs_json"),
    path(f"{_project}budget", budget_views.set_budget, name="budget"),
    path(f"{_project}budget/line", budget_views.set_line, name="line"),
    path(f"{_project}budget/none", studio_budget_views.without_budget, name="without_budget"),
    path(f"{_project}budget/waiting", budget_views.admit, name="admit"),
    path("costs/budget", studio_budget_views.set_budget, name="studio_budget"),
    path("costs", studio_views.studio_costs, name="studio_costs"),
    path("costs.csv", studio_views.studio_csv, name="studio_csv"),
]
