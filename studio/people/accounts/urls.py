from django.contrib.auth.views import LogoutView
from django.urls import path

from studio.people.accounts import reset, second_factor_views, views

app_name = "accounts"
urlpatterns = [
    path("signin", views.Signin.as_view(), name="signin"),
    path("signin/code", second_factor_views.code, name="code"),
    path("signin/<str:uid>/<str:token>", views.signin_by_link, name="link"),
    path("account", views.account, name="account"),
    path("account/devices/<int:pk>/end", views.end_device, name="end_device"),
    path("account/devices/end-others", views.end_other_devices, name="end_other_devices"),
    path("account/second-factor", second_factor_views.set_up, name="second_factor"),
    path("account/second-factor/recovery-codes", second_factor_views.renew_codes, name="recovery_codes"),
    path("account/second-factor/off", second_factor_views.turn_off, name="second_factor_off"),
    path("signout", LogoutView.as_view(), name="signout"),
    path("forgotten", reset.Forgotten.as_view(), name="forgotten"),
    path("reset/<uidb64>/<token>/", reset.SetNew.as_view(), name="reset"),
]
