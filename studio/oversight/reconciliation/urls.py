from django.urls import path

from studio.oversight.reconciliation import views

app_name = "reconcile"
urlpatterns = [
    path("costs/reconciliation", views.page, name="page"),
    path("costs/reconciliation/compare", views.compare, name="compare"),
    path("costs/differences/<uuid:code>/settle", views.settle, name="settle"),
]
