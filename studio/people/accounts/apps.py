from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "studio.people.accounts"
