from django.urls import path

from studio.generation.viewer import failure_help_views, take_views

app_name = "viewer"
_take = "takes/<uuid:code>/"

urlpatterns = [
    path(f"{_take}card", take_views.take_card, name="card"),
    path(f"{_take}cancel", take_views.cancel, name="cancel"),
    path(f"{_take}dismiss", take_views.dismiss, name="dismiss"),
    path(f"{_take}hold", take_views.hold, name="hold"),
    path(f"{_take}go-on", take_views.release, name="release"),
    path(f"{_take}again", failure_help_views.again, name="again"),
    path(f"{_take}remedy", failure_help_views.remedy, name="remedy"),
    path(f"{_take}allow", take_views.allow, name="allow"),
    path(f"{_take}write-off", take_views.write_off, name="write_off"),
    path(f"{_take}book", take_views.book_without_file, name="book_without_file"),
    path(f"{_take}fetch-again", take_views.fetch_again, name="fetch_again"),
    path(f"{_take}circle", take_views.circle, name="circle"),
    path(f"{_take}circled", take_views.circle_part, name="circle_part"),
    path(f"{_take}unveil", take_views.unveil, name="unveil"),
    path(f"{_take}first-frame", take_views.use_as_first_frame, name="use_as_first_frame"),
]
