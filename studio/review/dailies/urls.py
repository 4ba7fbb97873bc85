from django.urls import path

from studio.review.dailies import list_views, retake_views, say_views, views

app_name = "review"
_review = "projects/<slug:slug>/review/"
_list = f"{_review}lists/<uuid:code>/"
_note = "notes/<uuid:code>/"

urlpatterns = [
    path(_review, views.overview, name="overview"),
    path(f"{_review}waiting", views.waiting, name="waiting"),
    path(f"{_review}rules", views.rules, name="rules"),
    path(f"{_review}shots/<str:code>/", views.shot_page, name="shot"),
    path(f"{_review}pictures/<uuid:code>/", views.picture_page, name="picture"),
    path(f"{_review}lists/new", list_views.new_list, name="new_list"),
    path(_list, list_views.list_page, name="list"),
    path(f"{_list}words", list_views.list_words, name="list_words"),
    path(f"{_list}change", list_views.change_list, name="change_list"),
    path(f"{_list}add", list_views.add_takes, name="add_takes"),
    path(f"{_list}close", list_views.close_list, name="close_list"),
    path(f"{_list}reopen", list_views.reopen_list, name="reopen_list"),
    path(f"{_list}take-off", list_views.take_off, name="take_off"),
    path("takes/<uuid:code>/notes", say_views.note_on_take, name="note_take"),
    path("pictures/<uuid:code>/notes", say_views.note_on_picture, name="note_picture"),
    path("takes/<uuid:code>/verdicts", say_views.decide_take, name="decide_take"),
    path("pictures/<uuid:code>/verdicts", say_views.decide_picture, name="decide_picture"),
    path("reviewed/<uuid:code>/decisions", say_views.decisions, name="decisions"),
    path("takes/<uuid:code>/carried/<uuid:note>", say_views.answer_carried, name="carried"),
    path(f"{_note}reply", say_views.reply, name="reply"),
    path(f"{_note}edit", say_views.edit, name="edit_note"),
    path(f"{_note}resolve", say_views.resolve, name="resolve"),
    path(f"{_note}delete", say_views.delete, name="delete_note"),
    path(f"{_note}strokes", say_views.strokes_of, name="strokes"),
    path(f"{_note}strokes/<uuid:stroke>/erase", say_views.erase_stroke, name="erase_stroke"),
    path("takes/<uuid:code>/retake", retake_views.retake, name="retake"),
    path("takes/<uuid:code>/retake/price", retake_views.price, name="retake_price"),
    path("proposals/<uuid:code>/decline", retake_views.decline, name="decline"),
]
