from django.urls import path

from studio.review.cut import views

app_name = "cut"
urlpatterns = [
    path("projects/<slug:slug>/cut/", views.cut, name="cut"),
    path("projects/<slug:slug>/cut/entries", views.entries_part, name="entries"),
    path("takes/<uuid:code>/trim", views.trim, name="trim"),
]
