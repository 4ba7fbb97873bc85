from django.urls import path

from studio.bootstrap import views

app_name = "bootstrap"
urlpatterns = [path("studio/go-on", views.confirm, name="confirm")]
