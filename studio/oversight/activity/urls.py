from django.urls import path

from studio.oversight.activity import views

app_name = "activity"

urlpatterns = [
    path("projects/<slug:slug>/activity", views.activity_page, name="activity"),
    path("projects/<slug:slug>/activity.csv", views.activity_csv, name="activity_csv"),
]
