from django.urls import path

from studio.review.room.consumers import RoomConsumer

websocket_urlpatterns = [path("live/<slug:slug>/room/", RoomConsumer.as_asgi())]
