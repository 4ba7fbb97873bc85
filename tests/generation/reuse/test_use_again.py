"""What a take was made with is put into the composer again: all, a part, with Undo, whatever the shot is set to."""

import uuid

import pytest
from django.urls import reverse

from studio.generation.composer import undo
from studio.generation.orders import order_again, orders
from studio.generation.orders.orders import Wish
from studio.generation.renders.models import Render
from studio.planning.projects import actions
from studio.planning.projects.models import Picture
from studio.planning.references.models import Reference, ShotReference

CROP = {"left": 100.0, "top": 50.0, "width": 800.0, "for": "1280x720"}


@pytest.fixture
def take(order, frame):
    """A Turbo take of 4 seconds with a cropped frame, a seed and settings of its own; the shot has moved on since."""
    wish = {
        "model": "gen-4-turbo",
        "aspect": "832x1104",
        "seconds": 4,
        "prompt": "A red kite",
        "seed": 77,
        "first_frame": frame,
        "crop": {**CROP, "for": "832x1104"},
        "format": "WEBM",
        "quality": 80,
        "safety": "fast",
        "threshold": "low",
    }
    (take,) = order(**wish)
    Render.objects.update(state="ready", seed=77, sha256="0" * 64)
    take.refresh_from_db()
    return take


@pytest.fixture
def use(client_of, ana):
    """Use something of a take as Ana: `use(take, "all")`. Returns the page it leads to."""

    def use(take, what, *, who=ana):
        address = reverse("composer:use", args=[take.code])
        return client_of(who).post(address, {"what": what}, follow=True)

    return use


def said(page):
    (message,) = page.context["messages"]
    return str(message)


def test_all_of_it_makes_the_very_same_order(use, shot, take):
    page = use(take, "all")

    shot.refresh_from_db()
    now = orders.check(Wish.of(shot), shot.project)
    then = orders.check(order_again.wish_of(take, keep_seed=True), take.project)
    assert now == then
    assert now.seed == 77 and now.box == tuple(take.frames[0]["box"])
    assert page.redirect_chain[-1][0] == f"{take.get_absolute_url()}#id_prompt"
    assert "Everything take 1 was made with is in the composer." in said(page)
    assert "≈ $0.20" in page.text  # the price on the button


def test_undo_puts_the_draft_back(use, shot, take):
    before = undo.draft_of(shot)
    page = use(take, "all")
    (message,) = page.context["messages"]
    page.client.post(message.extra_tags)

    shot.refresh_from_db()
    assert undo.draft_of(shot) == before


def test_remix_is_all_but_the_seed(use, shot, take, frame):
    use(take, "remix")

    shot.refresh_from_db()
    assert shot.seed is None
    assert (shot.model, shot.prompt, shot.first_frame) == ("gen-4-turbo", "A red kite", frame)


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("prompt", {"prompt": "A red kite"}),
        ("seed", {"seed": 77}),
        ("frame", {"first_frame": None, "crop": None}),
    ],
)
def test_a_part_alone_changes_nothing_else(use, shot, take, what, changed):
    before = undo.draft_of(shot)
    use(take, what)

    shot.refresh_from_db()
    now = undo.draft_of(shot)
    assert {name for name in now if now[name] != before[name]} == changed.keys()


@pytest.mark.parametrize("what", ["all", "prompt"])
def test_the_prompt_is_in_the_history_as_one_from_a_take(use, shot, ready, what):
    use(ready(prompt="A red kite"), what)

    newest = shot.prompt_versions.first()
    assert (newest.text, newest.via) == ("A red kite", "taken")


def test_the_frame_comes_with_its_crop(use, shot, take, frame):
    use(take, "frame")

    shot.refresh_from_db()
    assert shot.first_frame == frame
    assert shot.crop == order_again.crop_of(take)


def test_a_seed_of_another_model_is_set_and_said(use, shot, take):
    page = use(take, "seed")

    assert said(page) == (
        "Seed 77 is locked. It was a seed of Gen-4 Turbo: with Gen-4.5 it gives something else."
    )


def test_what_the_model_of_the_shot_cannot_take_waits_with_the_shot(use, ana, shot, take):
    actions.change_shot(shot, by=ana, model="gen-4-image", aspect="1360x768")

    assert "Gen-4 Image takes none; it stays with the shot." in said(use(take, "frame"))
    assert "Gen-4 Image takes none, so it waits" in said(use(take, "seed"))


@pytest.mark.parametrize("what", ["seed", "frame"])
def test_what_a_still_does_not_have_is_said(use, ready, shot, what):
    before = undo.draft_of(shot)
    page = use(ready(kind="still"), what)

    assert ("has no seed" if what == "seed" else "without a first frame") in said(page)
    shot.refresh_from_db()
    assert undo.draft_of(shot) == before


def test_nonsense_is_refused_in_words(use, take):
    assert said(use(take, "kite")) == "There is nothing of that kind to use."


def test_a_frame_that_was_thrown_away_leaves_the_shot_its_own(use, ana, shot, take, frame):
    actions.change_shot(shot, by=ana, first_frame=None)
    frame.trashed_at = take.created_at
    frame.save()
    page = use(take, "all")

    assert "Its first frame is gone; the shot keeps its own." in said(page)
    assert said(use(take, "frame")) == "The first frame of take 1 is gone."


def test_a_take_without_a_frame_takes_the_frame_out(use, ana, shot, ready, frame):
    actions.change_shot(shot, by=ana, first_frame=frame)
    use(ready(), "all")

    shot.refresh_from_db()
    assert shot.first_frame is None


def test_undo_puts_no_crop_on_a_picture_chosen_since(use, project, ana, shot, take, frame):
    other = Picture.objects.get(pk=frame.pk)
    other.pk, other.code, other.sha256, other._state.adding = None, uuid.uuid4(), "1" * 64, True
    other.save()
    actions.change_shot(shot, by=ana, first_frame=frame, crop=CROP)
    uncropped = take.frames[0] | {"box": None}
    Render.objects.update(frames=[uncropped])
    page = use(take, "frame")
    (message,) = page.context["messages"]
    shot.refresh_from_db()
    assert shot.crop is None
    actions.change_shot(shot, by=ana, first_frame=other)
    page.client.post(message.extra_tags)

    shot.refresh_from_db()
    assert (shot.first_frame, shot.crop) == (other, None)


def test_undo_does_not_take_the_frame_out_when_the_one_before_was_thrown_away(use, ana, shot, take, frame):
    before = Picture.objects.get(pk=frame.pk)
    before.pk, before.code, before.sha256, before._state.adding = None, uuid.uuid4(), "1" * 64, True
    before.save()
    actions.change_shot(shot, by=ana, first_frame=before)
    page = use(take, "frame")
    (message,) = page.context["messages"]
    Picture.objects.filter(pk=before.pk).update(trashed_at=take.created_at)
    page.client.post(message.extra_tags)

    shot.refresh_from_db()
    assert (shot.first_frame, shot.crop) == (frame, order_again.crop_of(take))


def test_a_still_made_without_references_is_made_without_again(use, project, shot, ready, frame):
    sea = Reference.objects.create(project=project, name="sea", picture=frame)
    ShotReference.objects.create(shot=shot, reference=sea)
    use(ready(kind="still", model="gen-4-image", aspect="16:9", width=1360, height=768), "all")

    assert not shot.shot_references.exists()


@pytest.mark.parametrize(
    ("look", "project_look", "words"),
    [
        ("35 mm, grain", "35 mm, grain", ""),
        ("", "", ""),
        ("35 mm, grain", "16 mm", "The project's look is another than take 1 was made with."),
        ("35 mm, grain", "", "Take 1 was made with a look the project does not have now."),
        ("", "16 mm", "Take 1 was made without the project's look."),
    ],
)
def test_another_look_of_the_project_is_said(use, project, pia, shot, ready, look, project_look, words):
    actions.change_project(project, by=pia, look=project_look)
    take = ready(look=look, words="A kite", prompt=f"A kite {look}".strip())
    for what in ("all", "prompt"):
        page = use(take, what)
        assert words in said(page) and ("look" in said(page)) == bool(words)

    shot.refresh_from_db()
    assert shot.prompt == "A kite"
    assert shot.no_look is (not look and bool(project_look))


def test_references_come_along_unless_the_prompt_names_them(use, project, ana, shot, ready, frame):
    _, lamp, sea = (
        Reference.objects.create(project=project, name=name, picture=frame)
        for name in ("mira", "lamp", "sea")
    )
    ShotReference.objects.create(shot=shot, reference=sea)
    frames = [
        {
            "picture": str(frame.code),
            "sha256": frame.sha256,
            "position": "reference",
            "name": name,
            "from": "",
        }
        for name in ("mira", "lamp", "gone")
    ]
    take = ready(
        kind="still", prompt="@mira by the window", frames=frames, aspect="16:9", width=1360, height=768
    )
    page = use(take, "all")

    assert [each.reference for each in shot.shot_references.all()] == [lamp]
    assert "Not on the shelf any more: @gone." in said(page)
    shot.refresh_from_db()
    assert {each.name for each in orders.check(Wish.of(shot), project).references} == {"mira", "lamp"}
    (message,) = page.context["messages"]
    page.client.post(message.extra_tags)
    assert [each.reference for each in shot.shot_references.all()] == [sea]


def test_a_failed_take_can_be_used_too(use, shot, take):
    Render.objects.update(state="failed", seed=None)
    use(take, "prompt")

    shot.refresh_from_db()
    assert shot.prompt == "A red kite"


def test_it_is_for_those_who_make(use, rae, bo, cid, take, shot):
    for who in (rae, bo, cid):
        assert use(take, "all", who=who).status_code == 404
    Render.objects.update(trashed_at=take.created_at)
    assert use(take, "all").status_code == 404


def test_the_viewer_offers_what_there_is(client_of, ana, bo, take):
    for who, offered in ((ana, True), (bo, False)):
        page = client_of(who).get(take.get_absolute_url()).text
        for what in ("all", "remix", "prompt", "seed", "frame"):
            assert (f'name="what" value="{what}"' in page) is offered, (who, what)


@pytest.mark.parametrize("told", [None, 77])
def test_a_seed_that_was_not_told_is_the_one_that_was_sent(use, client_of, ana, shot, take, told):
    """Case 20: the result's seed is missing, or beyond what anybody can hold."""
    Render.objects.filter(pk=take.pk).update(seed=told, seed_asked=77)
    page = client_of(ana).get(take.get_absolute_url()).text
    assert '<span class="mono">77</span>' in page
    assert "Seed 77 is locked." in said(use(take, "seed"))
    shot.refresh_from_db()
    assert shot.seed == 77
    use(take, "all")
    shot.refresh_from_db()
    assert shot.seed == 77
