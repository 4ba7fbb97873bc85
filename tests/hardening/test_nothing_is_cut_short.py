"""What somebody typed or chose is kept whole, or refused in words: never a part of it without a word."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from studio.generation.shotlist import boards_views
from studio.planning.projects import actions, shot_order
from studio.planning.projects.models import LONGEST_PROMPT, LONGEST_TITLE, Shot
from tests.conftest import KITE

ROOT = Path(__file__).resolve().parents[2]
PASTED = "A kite. " * 3126  # 25,008 characters
HTMX = {"HX-Request": "true"}


def address(name, shot):
    return reverse(name, args=[shot.project.slug, shot.code])


@pytest.mark.parametrize("part", ["prompt", ""])
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_a_paste_of_25_000_characters_is_not_called_saved(client_of, ana, shot, part, headers):
    sent = {"prompt": PASTED, "part": part}
    answer = client_of(ana).post(address("board:draft", shot), sent, headers=headers)
    said = answer.content.decode()
    if part or not headers:
        assert answer.status_code == 422
        assert "That is 25,008 characters; 20,000 are kept at most. It is not saved" in said
    shot.refresh_from_db()
    assert shot.prompt == KITE
    assert not shot.prompt_versions.filter(text__startswith="A kite. A kite").exists()


def test_a_press_with_it_orders_nothing_and_gives_it_back(client_of, ana, shot):
    answer = client_of(ana).post(address("board:render", shot), {"prompt": PASTED}, headers=HTMX)
    assert answer.status_code == 422
    assert PASTED.strip() in answer.content.decode()  # in its field, all of it
    assert "It is not saved" in answer.content.decode()
    assert not shot.renders.exists()


def test_the_longest_that_is_kept_is_kept_whole(client_of, ana, shot):
    longest = "x" * LONGEST_PROMPT
    sent = {"prompt": longest, "part": "prompt"}
    assert client_of(ana).post(address("board:draft", shot), sent, headers=HTMX).status_code == 200
    shot.refresh_from_db()
    assert shot.prompt == longest


def test_a_thousand_and_five_boards_are_refused_not_five_of_them(client_of, ana, project):
    names = {"name": [f"{number:04d}_board.png" for number in range(boards_views.MOST + 5)]}
    answer = client_of(ana).post(reverse("listing:match", args=[project.slug]), names)
    assert answer.status_code == 422
    assert answer.json()["problem"].startswith("1,005 pictures are more than the 1,000 that go at once")


def test_so_are_they_without_scripts(client_of, ana, project, monkeypatch):
    monkeypatch.setattr(boards_views, "MOST", 3)
    files = [SimpleUploadedFile(f"{number:03d}.png", b"x", "image/png") for number in range(5)]
    answer = client_of(ana).post(reverse("listing:boards", args=[project.slug]), {"boards": files})
    assert answer.status_code == 422
    assert "5 pictures are more than the 3 that go at once" in answer.content.decode()
    assert not Shot.objects.filter(project=project).exists()


def test_hidden_files_of_a_folder_do_not_count(client_of, ana, project):
    names = [f"{number:04d}_board.png" for number in range(boards_views.MOST)] + [".DS_Store", "Thumbs.db"]
    answer = client_of(ana).post(reverse("listing:match", args=[project.slug]), {"name": names})
    assert answer.status_code == 200


def test_a_copy_keeps_a_title_that_leaves_no_room_for_the_word(project, pia):
    title = "T" * LONGEST_TITLE
    shot = actions.create_shot(project, by=pia, title=title)
    (copy,) = shot_order.duplicate(project, [shot], by=pia)
    assert copy.title == title


def test_a_long_list_of_words_is_refused_by_its_line(client_of, pia, project):
    terms = "\n".join(f"word {number} = {'x' * 60}" for number in range(400))
    answer = client_of(pia).post(
        reverse("prompts:change_words", args=[project.slug, "size"]), {"terms": terms}
    )
    assert answer.status_code == 422
    assert "A group holds" in answer.content.decode()
    assert "word 399" in answer.content.decode()  # given back whole


# Pieces of what a browser sends that may be taken of it: each is a search, a token, or nonsense beyond that length.
KNOWN = {
    "studio/generation/composer/prompt_views.py": 1,  # the words of a search
    "studio/generation/composer/frame_views.py": 1,  # the words of a search
    "studio/generation/shotlist/import_views.py": 1,  # the ticket of a preview
    "studio/generation/shotlist/views.py": 1,  # the address of an Undo, which holds no more
    "studio/generation/orders/plan_views.py": 1,  # what a sheet showed: it has no more lines
    "studio/oversight/activity/views.py": 1,  # filters of the activity
    "studio/review/cut/views.py": 2,  # a shot's code
    "studio/review/library/selection.py": 2,  # a search
    "studio/review/library/views.py": 2,  # a search
    "studio/oversight/cost_reports/period.py": 1,  # a filter
    "studio/generation/orders/forms.py": 3,  # keys of models, shapes and settings: longer ones are nonsense
}
SLICED = re.compile(
    r"(?:POST|GET|FILES|sent|data)\b(?:\.get(?:list)?\([^)]*\)|\[[^\]]*\])(?:\.\w+\([^)]*\))*\[:"
)


def test_no_view_takes_a_piece_of_what_was_sent():
    found = {}
    for path in sorted((ROOT / "studio").rglob("*.py")):
        if "sandbox" not in path.parts and (number := len(SLICED.findall(path.read_text()))):
            found[str(path.relative_to(ROOT))] = number
    assert found == KNOWN
