from django.contrib.auth.views import LogoutView
from django.urls import path

from studio.accounts import views

app_name = "accounts"
urlpatterns = [
    path("signin", views.Signin.as_view(), name="signin"),
    path("signin/<str:uid>/<str:token>", views.signin_by_link, name="link"),
    path("account", views.account, name="account"),
    path("signout", LogoutView.as_view(), name="signout"),
]
