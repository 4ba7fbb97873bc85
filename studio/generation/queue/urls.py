from django.urls import path

from studio.generation.queue import views

app_name = "queue"
_queue = "projects/<slug:slug>/queue"

urlpatterns = [
    path(_queue, views.queue_page, name="queue"),
    path(f"{_queue}/try-now", views.try_now, name="try_now"),
    path(f"{_queue}/<uuid:batch>/hold", views.hold, name="hold"),
    path(f"{_queue}/<uuid:batch>/go-on", views.release, name="release"),
    path(f"{_queue}/<uuid:batch>/stop-waiting", views.dismiss, name="dismiss"),
    path(f"{_queue}/<uuid:batch>/retry", views.retry, name="retry"),
]
