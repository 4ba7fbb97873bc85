from django.urls import path

from studio.reports import views

app_name = "reports"
urlpatterns = [
    path("projects/<slug:slug>/costs", views.costs_page, name="costs"),
    path("projects/<slug:slug>/budget", views.set_budget, name="budget"),
]
