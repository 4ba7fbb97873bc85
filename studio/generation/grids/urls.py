from django.urls import path

from studio.generation.grids import views

app_name = "grids"
_shot = "projects/<slug:slug>/shots/<str:code>/"

urlpatterns = [
    path(f"{_shot}grid", views.plan_page, name="plan"),
    path(f"{_shot}grid/render", views.carry_out, name="carry_out"),
    path("projects/<slug:slug>/grids/<uuid:code>", views.grid_page, name="page"),
]
