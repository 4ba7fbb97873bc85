from django.urls import path

from studio.oversight.members import invitations, studio_views, views

app_name = "team"
_people = "projects/<slug:slug>/people/"

urlpatterns = [
    path(_people, views.people_page, name="people"),
    path(f"{_people}invite", views.invite, name="invite"),
    path(f"{_people}invitations/<uuid:code>/revoke", views.revoke, name="revoke"),
    path(f"{_people}<uuid:person>/role", views.change_role, name="role"),
    path(f"{_people}<uuid:person>/remove", views.remove, name="remove"),
    path(f"{_people}<uuid:person>/hand-over", views.hand_over, name="hand_over"),
    path(f"{_people}leave", views.leave, name="leave"),
    path("invitations/<str:token>", invitations.invitation, name="invitation"),
    path("people/<uuid:code>/picture/<str:digest>", views.face, name="picture"),
    path("studio/people", studio_views.people, name="studio_people"),
    path("studio/people/second-factor", studio_views.second_factor_rule, name="second_factor_rule"),
    path("studio/people/<uuid:code>/close", studio_views.close_account, name="close_account"),
    path("studio/people/<uuid:code>/open", studio_views.open_account, name="open_account"),
    path("studio/log", studio_views.log, name="studio_log"),
]
