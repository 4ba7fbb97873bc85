from django.urls import path

from studio.review.sharing import guest_views, views

app_name = "sharing"
_links = "projects/<slug:slug>/links/"
_door = "s/<str:token>/"

urlpatterns = [
    path(_links, views.links_page, name="links"),
    path(f"{_links}<uuid:code>/", views.link_page, name="link"),
    path(f"{_links}<uuid:code>/revoke", views.revoke, name="revoke"),
    path(f"{_links}<uuid:code>/see", views.see_as_guest, name="see"),
    path(_door, guest_views.enter, name="enter"),
    path(f"{_door}leave", guest_views.leave, name="leave"),
    path(f"{_door}takes/<uuid:code>/", guest_views.take_page, name="take"),
    path(f"{_door}takes/<uuid:code>/notes", guest_views.note, name="note"),
    path(f"{_door}takes/<uuid:code>/notes-now", guest_views.notes_part, name="notes"),
    path(f"{_door}notes/<uuid:code>/strokes", guest_views.strokes, name="strokes"),
    path(f"{_door}takes/<uuid:code>/verdicts", guest_views.verdict, name="verdict"),
    path(f"{_door}media/<uuid:code>/<str:kind>/<str:digest>", guest_views.media, name="media"),
    path(f"{_door}pictures/<uuid:code>", guest_views.picture, name="picture"),
]
