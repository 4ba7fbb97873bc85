from django.urls import path

from studio.reports import activity_views, views

app_name = "reports"
urlpatterns = [
    path("projects/<slug:slug>/activity", activity_views.activity_page, name="activity"),
    path("projects/<slug:slug>/activity.csv", activity_views.activity_csv, name="activity_csv"),
    path("projects/<slug:slug>/costs", views.costs_page, name="costs"),
    path("projects/<slug:slug>/budget", views.set_budget, name="budget"),
]
