from django.urls import path

from studio.generation.composer import prompt_views

app_name = "prompts"
_project = "projects/<slug:slug>/"
_shot = f"{_project}shots/<str:code>/"

urlpatterns = [
    path(f"{_project}prompts", prompt_views.search_page, name="search"),
    path(f"{_project}vocabulary", prompt_views.vocabulary_page, name="vocabulary"),
    path(f"{_project}vocabulary/<str:group>", prompt_views.change_words, name="change_words"),
    path(f"{_project}look", prompt_views.look_page, name="look"),
    path(f"{_shot}prompts", prompt_views.of_shot, name="of_shot"),
    path(f"{_shot}prompts/<int:pk>/use", prompt_views.use, name="use"),
]
