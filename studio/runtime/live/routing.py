from django.urls import path

from studio.runtime.live.consumers import ProjectConsumer

websocket_urlpatterns = [path("live/<slug:slug>/", ProjectConsumer.as_asgi())]
