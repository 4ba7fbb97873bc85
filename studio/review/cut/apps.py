from django.apps import AppConfig


class CutConfig(AppConfig):
    name = "studio.review.cut"
