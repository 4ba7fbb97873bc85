from django.urls import path

from studio.costs import views

app_name = "costs"
urlpatterns = [
    path("projects/<slug:slug>/costs", views.costs_page, name="page"),
    path("projects/<slug:slug>/budget", views.set_budget, name="budget"),
]
