from django.urls import path

from studio.generation.renders import files, webhooks

app_name = "renders"

urlpatterns = [
    path("media/pictures/<uuid:code>/<str:kind>/<str:digest>", files.picture_file, name="picture"),
    path("media/<uuid:code>/<str:kind>/<str:digest>", files.take_file, name="media"),
    path("hooks/runware/<str:token>", webhooks.runware_hook, name="hook"),
]
