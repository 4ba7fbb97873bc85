from django.urls import path

from studio.oversight.provider_check import webhooks

app_name = "checks"

urlpatterns = [path("hooks/check/<str:token>", webhooks.check_hook, name="hook")]
