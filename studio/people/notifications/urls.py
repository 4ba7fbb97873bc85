from django.urls import path

from studio.people.notifications import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notices_page, name="list"),
    path("notices/read", views.read, name="read"),
    path("notices/news", views.news, name="news"),
    path("account/notices", views.switches, name="switches"),
]
