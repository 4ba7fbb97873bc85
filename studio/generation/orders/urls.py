from django.urls import path

from studio.generation.orders import plan_views

app_name = "orders"

urlpatterns = [
    path("projects/<slug:slug>/plan", plan_views.plan_page, name="plan"),
    path("projects/<slug:slug>/plan/render", plan_views.carry_out, name="carry_out"),
    path("projects/<slug:slug>/plan/<uuid:batch>/cancel", plan_views.cancel_press, name="cancel_press"),
]
