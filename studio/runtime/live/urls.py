from django.urls import path

from studio.runtime.live import views

app_name = "live"
urlpatterns = [path("live/<slug:slug>/poll", views.poll, name="poll")]
