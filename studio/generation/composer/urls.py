from django.urls import path

from studio.generation.composer import frame_link_views, frame_views, reference_views, reuse_views

app_name = "composer"
_shot = "projects/<slug:slug>/shots/<str:code>/"
_take = "takes/<uuid:code>/"

urlpatterns = [
    path(f"{_shot}first-frame/choose", frame_views.choose, name="choose_frame"),
    path(f"{_shot}first-frame/place", frame_views.place, name="place_frame"),
    path(f"{_shot}first-frame/turn", frame_views.turn, name="turn_frame"),
    path(f"{_shot}references", reference_views.along_part, name="references"),
    path(f"{_shot}references/change", reference_views.change, name="change_references"),
    path(f"{_shot}refresh-frame", frame_link_views.refresh_frame, name="refresh_frame"),
    path(f"{_shot}put-back/<uuid:key>", frame_link_views.put_back, name="put_back"),
    path(f"{_shot}changes", reuse_views.changes, name="changes"),
    path(f"{_take}continue", frame_link_views.go_on, name="continue"),
    path(f"{_take}use", reuse_views.use, name="use"),
    path(f"{_take}promote", reuse_views.promote, name="promote"),
]
