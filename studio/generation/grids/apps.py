from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "studio.generation.grids"
