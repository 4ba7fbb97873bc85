"""No place forgets a setting: one walk over the fields of the dataclass, through everything that derives from it."""

from dataclasses import fields, replace

import pytest

from studio.generation.composer import undo
from studio.generation.composer.composer import Composer
from studio.generation.grids import wishes
from studio.generation.grids.models import Grid
from studio.generation.orders import order_again, orders, plan
from studio.generation.orders.forms import ComposerForm, fields_of
from studio.generation.orders.orders import TakeOrder, Wish
from studio.generation.renders import create_takes, input_images
from studio.generation.renders.models import Render
from studio.integrations import catalogue, providers
from studio.integrations.catalogue import render_settings
from studio.integrations.catalogue.render_settings import FINISH, NAMES, Finish, RenderSettings
from studio.integrations.providers.base import Order
from studio.planning.projects.forms import ProjectForm
from studio.planning.projects.models import Project, Shot

# Another legal value of each for a shot on Gen-4.5; a new setting needs a line here and nowhere else in the tests.
ANOTHER = {
    "model": "gen-4-turbo",
    "aspect": "720x1280",
    "seconds": 8,
    "seed": 7,
    "format": "WEBM",
    "quality": 60,
    "safety": "full",
    "threshold": "low",
}
IN_A_TAKE = {"seed": "seed_asked"}  # a column of another name
NOT_SENT_AS_SUCH = {"aspect": "width"}  # what goes to the provider instead


@pytest.fixture
def wish(shot, frame):
    return replace(Wish.of(shot), first_frame=frame)


@pytest.fixture
def other(wish):
    """The same wish with one setting changed."""
    return lambda name: replace(wish, **{name: ANOTHER[name]} | _with(name))


def _with(name):
    """A model of another kind has other shapes and lengths."""
    turbo = catalogue.get("gen-4-turbo")
    return {"aspect": turbo.presets[0].key, "seconds": turbo.durations[0]} if name == "model" else {}


def test_the_walk_knows_every_setting():
    assert set(NAMES) == set(ANOTHER)
    assert tuple(each.name for each in fields(RenderSettings)) == NAMES
    assert tuple(each.name for each in fields(Finish)) == tuple(FINISH)


def test_the_wish_the_order_and_the_provider_s_order_have_them():
    assert issubclass(Wish, RenderSettings)
    assert issubclass(TakeOrder, Finish)
    assert issubclass(Order, Finish)


@pytest.mark.parametrize("name", NAMES)
def test_a_shot_keeps_it_and_is_asked_for_it(name, shot):
    setattr(shot, name, ANOTHER[name])
    shot.save()
    assert getattr(Wish.of(Shot.objects.get(pk=shot.pk)), name) == ANOTHER[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_take_keeps_it(name, other, project):
    order = orders.check(other(name), project)
    columns = create_takes.frozen(order)
    column = IN_A_TAKE.get(name, name)
    assert column in {field.name for field in Render._meta.get_fields()}
    if name == "seed":
        assert order.seeds() == [ANOTHER[name]]
    elif name == "aspect":
        assert (columns["width"], columns["height"]) == (720, 1280)
    else:
        assert columns[column] == ANOTHER[name]


@pytest.mark.parametrize("name", NAMES)
def test_two_takes_that_differ_in_it_are_two_orders_but_for_the_seed(name, wish, other, project):
    words = [
        create_takes.fingerprint(create_takes.frozen(orders.check(each, project)))
        for each in (wish, other(name))
    ]
    assert (words[0] == words[1]) == (name == "seed")


@pytest.mark.parametrize("name", NAMES)
def test_a_grid_remembers_it(name, other, project, shot):
    kept = wishes.kept(other(name))
    grid = Grid(project=project, shot=shot, prompt="Dunes", wish=kept)
    assert getattr(wishes.of_grid(grid), name) == getattr(other(name), name)


@pytest.mark.parametrize("name", NAMES)
def test_undo_puts_it_back(name, shot):
    before = undo.draft_of(shot)
    setattr(shot, name, ANOTHER[name])
    assert undo.draft_of(shot)[name] != before[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_that_differs_in_it_is_another_plan(name, wish, other, shot, project):
    lines = [plan.PlanLine(shot, orders.check(each, project)) for each in (wish, other(name))]
    assert lines[0].seen != lines[1].seen


@pytest.mark.parametrize("name", NAMES)
def test_the_same_again_has_it(name, other, shot, ana, project, order):
    wished = other(name)
    sent = {each: getattr(wished, each) for each in NAMES}
    (take,) = order(**sent, first_frame=wished.first_frame, takes=1)
    take.seed = take.seed_asked  # as the provider answers
    again = order_again.wish_of(take, keep_seed=True)
    assert getattr(again, name) == getattr(wished, name)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "model"])
def test_the_composer_reads_it_from_its_form(name, shot):
    sent = {name: str(ANOTHER[name])} | ({"seed_mode": "lock"} if name == "seed" else {})
    assert ComposerForm(sent, shot=shot).draft()[name] == ANOTHER[name]
    assert any(name in fields_of(part) for part in ("settings", "more"))


@pytest.mark.parametrize("name", FINISH)
def test_the_composer_shows_its_field_and_a_chip_where_it_differs(name, client_of, ana, shot):
    setattr(shot, name, ANOTHER[name])
    shot.save()
    composer = Composer(Shot.objects.get(pk=shot.pk))
    assert name in {field.name for field in composer.more}
    assert any(str(ANOTHER[name]) in chip for chip in composer.chips)
    page = client_of(ana).get(shot.get_absolute_url()).content.decode()
    assert f'name="{name}"' in page and f'for="id_{name}"' in page


@pytest.mark.parametrize("name", FINISH)
def test_a_project_says_it_for_its_shots(name, project):
    columns = {"format": ["video_format", "still_format"]}.get(name, [name])
    assert set(columns) <= set(ProjectForm.base_fields)
    assert {field.name for field in Project._meta.get_fields()} >= set(columns)
    setattr(project, columns[0], ANOTHER[name])
    assert getattr(project.finish_for(catalogue.default()), name) == ANOTHER[name]


@pytest.mark.parametrize("name", NAMES)
def test_the_provider_is_sent_it(name, wish, other, shot, ana, order, runware):
    def task(wished):
        sent = {each: getattr(wished, each) for each in NAMES}
        (take,) = order(**sent, takes=1, first_frame=wished.first_frame)
        client = providers.get(take.provider)
        pictures = type("Pictures", (), {"image": lambda self, jpeg: "an id"})()
        said = client.task(input_images.order_for(take, webhook_url="", sent=pictures))
        del said["taskUUID"]
        return said

    one, two = (
        task(replace(wish, seed=1)),
        task(replace(other(name), seed=ANOTHER["seed"] if name == "seed" else 1)),
    )
    assert one != two
    assert len([key for key in one if one[key] != two.get(key)]) >= 1


def test_what_a_model_cannot_do_is_as_the_project_says():
    still = catalogue.get("gen-4-image")
    moved = render_settings.carried_over({name: ANOTHER[name] for name in FINISH}, still)
    assert moved == {"format": "", "quality": 60, "safety": "", "threshold": "low"}
