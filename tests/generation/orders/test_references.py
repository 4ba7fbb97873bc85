"""References of a still: what goes along, what is said beside it, and what the provider receives."""

import json
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from studio.generation.composer.prompt_panel import Desk
from studio.generation.orders import order_again, orders
from studio.generation.orders.orders import Wish
from studio.generation.renders import failure_messages
from studio.generation.renders.models import Render
from studio.integrations.providers.runware import Runware
from studio.planning.ledger.models import Balance
from studio.planning.projects import actions as projects
from studio.planning.references import actions
from studio.planning.references.models import ShotReference
from studio.planning.references.shelf import Shelf
from tests.pages import text

STILL = {"model": "gen-4-image", "aspect": "1360x768", "seconds": None}


@pytest.fixture
def still(shot, pia):
    """The shot, set to make a still."""
    projects.change_shot(shot, by=pia, prompt="@mira at the window", **STILL)
    return shot


@pytest.fixture
def named(project, frame, pia):
    """References by name, all of one picture: `named("mira", "harbour")`."""

    def named(*names, **more):
        made = [actions.add(project, frame, name=name, kind="character", by=pia, **more) for name in names]
        return made[0] if len(made) == 1 else made

    return named


@pytest.fixture
def composer(client_of, ana, still):
    """The composer's part about references, as it answers a draft."""

    def composer(prompt=None, **sent):
        address = reverse("board:draft", args=[still.project.slug, still.code])
        still.refresh_from_db()
        data = {"part": "prompt", "prompt": still.prompt if prompt is None else prompt, **sent}
        data["version"] = still.version
        page = client_of(ana).post(address, data, headers={"HX-Request": "true"}).content.decode()
        return text("<div " + page.split('id="composer-references"')[1].split("<ul hidden")[0])

    return composer


@pytest.fixture
def change(client_of, ana, still):
    def change(headers=None, **sent):
        address = reverse("composer:change_references", args=[still.project.slug, still.code])
        return client_of(ana).post(address, sent, headers=headers or {})

    return change


# --- the composer -------------------------------------------------------------------------


def test_what_goes_along_is_shown_with_why(composer, still, named, pia):
    named("mira")
    actions.give(still, named("harbour"), by=pia)
    named("ink", in_look=True)
    shown = composer()
    assert "3 of 3" in shown
    assert "@mira in the prompt" in shown and "@harbour given" in shown and "@ink from the look" in shown


def test_a_shot_without_the_look_goes_without_its_references(composer, still, named):
    named("mira")
    named("ink", in_look=True)
    projects.change_shot(still, by=None, no_look=True)
    shown = composer()
    assert "1 of 3" in shown and "@ink from the look" not in shown


def test_an_unknown_name_is_said_and_does_not_block(composer, client_of, ana, still, engine):
    assert "There is no @mira on the shelf." in composer()
    client_of(ana).post(reverse("board:render", args=[still.project.slug, still.code]))
    assert Render.objects.get().frames == []


def test_over_three_says_so_beside_them_and_nothing_is_ordered(composer, client_of, ana, still, named):
    named("mira", "harbour", "lamp", "gull")
    sentence = "Gen-4 Image takes 3 references at most; these are 4: @mira, @harbour, @lamp, @gull."
    assert sentence in composer("@mira @harbour @lamp @gull")
    address = reverse("board:render", args=[still.project.slug, still.code])
    response = client_of(ana).post(address, {"prompt": "@mira @harbour @lamp @gull"})
    assert response.status_code == 422
    assert sentence in text(response.content.decode())
    assert not Render.objects.exists()


def test_a_video_model_says_that_it_reads_names_as_words(composer, still, named):
    named("mira")
    projects.change_shot(still, by=None, model="gen-4.5", aspect="1280x720", seconds=5)
    assert "Gen-4.5 takes no references: @mira is read as a word." in composer("@mira and @nobody")
    assert composer("nobody at all").strip() == ""


def test_a_reference_is_given_and_taken_back(change, still, named):
    mira = named("harbour")
    assert "@harbour given" in text(change({"HX-Request": "true"}, give="harbour").content.decode())
    assert ShotReference.objects.get().reference == mira
    assert change(take_back="harbour").url == still.get_absolute_url()
    assert not ShotReference.objects.exists()


def test_another_projects_reference_is_not_there(change, still, frame, pia, project):
    other = projects.create_project(name="Another", by=pia)
    frame.pk, frame.code, frame.project = None, "00000000-0000-4000-8000-000000000001", other
    frame.save()
    actions.add(other, frame, name="theirs", kind="place", by=pia)
    assert change(give="theirs").status_code == 404
    assert change(give="\x00").status_code == 404
    assert not ShotReference.objects.exists()


# --- on the wire --------------------------------------------------------------------------


@pytest.fixture
def tasks(monkeypatch):
    """The orders of takes as they were posted."""
    seen, post = [], Runware.post

    def watched(self, tasks):
        seen.extend(task for task in tasks if "Inference" in task["taskType"])
        return post(self, json.loads(json.dumps(tasks)))

    monkeypatch.setattr(Runware, "post", watched)
    return seen


def test_the_provider_gets_strings_in_their_order(order, engine, still, named, pia, tasks, project):
    named("mira")
    actions.give(still, named("harbour"), by=pia)
    (take,) = order(shot=still, takes=1)
    engine.run()
    take.refresh_from_db()
    assert take.state == "ready"
    assert [(each["name"], each["position"]) for each in take.frames] == [
        ("mira", "reference"),
        ("harbour", "reference"),
    ]
    (task,) = tasks
    assert list(task["inputs"]) == ["referenceImages"]
    assert len(task["inputs"]["referenceImages"]) == 2
    assert all(isinstance(image, str) for image in task["inputs"]["referenceImages"])
    assert task["positivePrompt"] == "The first reference at the window"


def test_twenty_stills_of_one_press(order, engine, still, named, tasks):
    named("mira")
    takes = order(shot=still, takes=20)
    engine.run(seconds=40)
    assert [take.label for take in takes][:2] == ["still 1", "still 2"]
    assert len(tasks) == 20 and set(Render.objects.values_list("state", flat=True)) == {"ready"}


@pytest.mark.parametrize("what", ["removed", "renamed", "thrown away"])
def test_what_happens_to_the_shelf_does_not_change_a_queued_take(
    order, engine, still, named, pia, tasks, what
):
    mira = named("mira")
    (take,) = order(shot=still, takes=1)
    if what == "renamed":
        actions.change(mira, by=pia, name="keeper")
        actions.reword(still.project, "mira", "keeper", by=pia)
    else:
        actions.remove(mira, by=pia)
    if what == "thrown away":
        mira.picture.trashed_at = take.created_at
        mira.picture.save()
    engine.run()
    take.refresh_from_db()
    assert (take.state, take.prompt, take.frames[0]["name"]) == (
        "ready",
        "The first reference at the window",
        "mira",
    )
    assert len(tasks[0]["inputs"]["referenceImages"]) == 1


def test_a_take_whose_reference_is_gone_fails_in_words_and_costs_nothing(
    order, engine, still, named, tasks, project, client_of, ana
):
    mira = named("mira")
    (take,) = order(shot=still, takes=1)
    default_storage.delete(mira.picture.file)
    engine.run()
    take.refresh_from_db()
    assert (take.state, take.failure_code, take.cost) == ("failed", "referenceGone", None)
    assert "@mira" in take.failure and "reference" in failure_messages.of_failure(take).title.lower()
    assert not tasks
    balance = Balance.objects.get(project=project)
    assert (balance.held, balance.spent) == (Decimal(0), Decimal(0))
    page = client_of(ana).get(f"{still.get_absolute_url()}?take={take.code}").content.decode()
    assert "Not charged" in page


def test_a_take_says_what_it_was_made_with(order, engine, still, named, client_of, bo):
    mira = named("mira")
    (take,) = order(shot=still, takes=1)
    engine.run()
    actions.remove(mira, by=None)
    page = client_of(bo).get(f"{still.get_absolute_url()}?take={take.code}").content.decode()
    assert "Reference @mira · board.jpg" in text(page)
    assert "First frame board.jpg" not in text(page)


def test_what_the_look_names_goes_along_too(order, still, named, pia):
    named("mira", "harbour")
    projects.change_project(still.project, by=pia, look="The light of @harbour.")
    (take,) = order(shot=still, takes=1)
    assert [frame["name"] for frame in take.frames] == ["mira", "harbour"]


@pytest.mark.parametrize(
    ("prompt", "look", "sent"),
    [
        ("@mira by @harbour", "", "The first reference by the second reference"),
        ("@harbour, then @mira", "", "The first reference, then the second reference"),
        ("A gull", "as in @mira", "A gull as in the first reference"),
        ("@harbour", "light of @mira", "The first reference light of the second reference"),
        (r"\{@mira\}", "", "{the first reference}"),
        ("@nobody at the window", "", "@nobody at the window"),
    ],
)
def test_what_is_sent_names_references_by_their_place(still, named, ana, pia, prompt, look, sent):
    named("mira", "harbour")
    projects.change_project(still.project, by=pia, look=look)
    projects.change_shot(still, by=ana, prompt=prompt)
    still.refresh_from_db()
    order = orders.check(Wish.of(still), still.project)
    assert (order.prompt, order.words) == (sent, prompt)


def test_the_composer_and_the_take_show_what_is_sent(still, named, composer, order, engine, client_of, ana):
    named("mira", "harbour")
    said = "Sent as: The first reference by the second reference"
    assert said in composer("@mira by @harbour").replace("“", "").replace("”", "")
    assert "Sent as" not in composer("A gull")
    composer("@mira by @harbour")
    still.refresh_from_db()
    (take,) = order(shot=still, takes=1)
    engine.run()
    address = reverse("board:viewer", args=[still.project.slug, still.code])
    page = text(client_of(ana).get(address, {"take": take.code}).content.decode())
    assert "Sent as The first reference by the second reference" in page
    assert "Prompt @mira by @harbour" in page


def test_its_length_counts_as_it_is_sent(still, named, ana, pia):
    named("mira")
    words = "x" * 976 + " @mira"  # 981 as typed, 995 as sent; with the second name 1,018
    projects.change_shot(still, by=ana, prompt=words)
    still.refresh_from_db()
    assert len(orders.check(Wish.of(still), still.project).prompt) == 996
    projects.change_shot(still, by=ana, prompt=words + " @mira")
    still.refresh_from_db()
    with pytest.raises(orders.Problems, match="1016 characters long"):
        orders.check(Wish.of(still), still.project)


def test_again_with_a_look_that_names_one_since_reads_it_as_a_word(still, named, order, engine, ana, pia):
    named("mira")
    projects.change_project(still.project, by=pia, look="soft light")
    (take,) = order(shot=still, takes=1)
    engine.run()
    named("ink")
    projects.change_project(still.project, by=pia, look="in the ink of @ink")
    take = Render.objects.get(pk=take.pk)
    again = orders.check(order_again.wish_of(take), take.project)
    assert again.prompt == "The first reference at the window in the ink of ink"


def test_the_counter_counts_the_choice_that_is_longest_as_it_is_sent(still, named):
    named("mira")
    desk = Desk(still, "x" * 970 + " {@mira|somebody}", Shelf(still.project))
    assert desk.units == 970 + 1 + len("the first reference")
