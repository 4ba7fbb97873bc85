from django.urls import path

from studio.renders import frame_views, media, overview, plan_views, take_views, trash_views, views, webhooks

app_name = "renders"
_shot = "projects/<slug:slug>/shots/<str:code>/"
_take = "takes/<uuid:code>/"

urlpatterns = [
    path("projects/", overview.projects_page, name="projects"),
    path("projects/new", overview.new_project, name="new_project"),
    path("projects/trash", overview.projects_trash, name="projects_trash"),
    path("projects/<slug:slug>/archive", overview.archive_project, name="archive_project"),
    path("projects/<slug:slug>/reopen", overview.reopen_project, name="reopen_project"),
    path("projects/<slug:slug>/trash", trash_views.trash_page, name="trash"),
    path("projects/<slug:slug>/pictures", trash_views.pictures_page, name="pictures"),
    path("projects/<slug:slug>/throw-away", trash_views.trash_project, name="trash_project"),
    path("projects/<slug:slug>/take-back", trash_views.restore_project, name="restore_project"),
    path("projects/<slug:slug>/shots/<int:pk>/take-back", trash_views.restore_shot, name="restore_shot"),
    path(f"{_shot}throw-away", trash_views.trash_shot, name="trash_shot"),
    path(f"{_take}throw-away", trash_views.trash_take, name="trash_take"),
    path(f"{_take}take-back", trash_views.restore_take, name="restore_take"),
    path("pictures/<uuid:code>/throw-away", trash_views.trash_picture, name="trash_picture"),
    path("pictures/<uuid:code>/take-back", trash_views.restore_picture, name="restore_picture"),
    path("projects/<slug:slug>/settings", overview.project_settings, name="settings"),
    path("projects/<slug:slug>/", views.board_page, name="board"),
    path("projects/<slug:slug>/plan", plan_views.plan_page, name="plan"),
    path("projects/<slug:slug>/plan/render", plan_views.carry_out, name="carry_out"),
    path("projects/<slug:slug>/plan/<uuid:batch>/cancel", plan_views.cancel_press, name="cancel_press"),
    path("projects/<slug:slug>/new-shot", views.new_shot, name="new_shot"),
    path(_shot, views.shot_page, name="shot"),
    path(f"{_shot}viewer", views.viewer_part, name="viewer"),
    path(f"{_shot}edit", views.edit_shot, name="edit_shot"),
    path(f"{_shot}draft", views.draft, name="draft"),
    path(f"{_shot}render", views.render, name="render"),
    path(f"{_shot}first-frame", views.first_frame, name="first_frame"),
    path(f"{_shot}first-frame/choose", frame_views.choose, name="choose_frame"),
    path(f"{_shot}first-frame/place", frame_views.place, name="place_frame"),
    path(f"{_shot}takes/<uuid:batch>/cancel", views.cancel_batch, name="cancel_batch"),
    path(f"{_take}card", take_views.take_card, name="card"),
    path(f"{_take}cancel", take_views.cancel, name="cancel"),
    path(f"{_take}dismiss", take_views.dismiss, name="dismiss"),
    path(f"{_take}allow", take_views.allow, name="allow"),
    path(f"{_take}write-off", take_views.write_off, name="write_off"),
    path(f"{_take}circle", take_views.circle, name="circle"),
    path(f"{_take}circled", take_views.circle_part, name="circle_part"),
    path(f"{_take}unveil", take_views.unveil, name="unveil"),
    path(f"{_take}first-frame", take_views.use_as_first_frame, name="use_as_first_frame"),
    path("media/pictures/<uuid:code>/<str:kind>/<str:digest>", media.picture_file, name="picture"),
    path("media/<uuid:code>/<str:kind>/<str:digest>", media.take_file, name="media"),
    path("hooks/runware/<str:token>", webhooks.runware_hook, name="hook"),
]
