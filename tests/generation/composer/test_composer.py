"""What the composer takes and says: every sentence beside its field, nothing typed lost."""

import io
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from studio.generation.composer.composer import Composer
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.planning.projects.models import Picture, Shot


@pytest.fixture
def press(client_of, ana, shot):
    """Press Render with these fields; returns the answer."""

    def press(**fields):
        return client_of(ana).post(reverse("board:render", args=[shot.project.slug, shot.code]), fields)

    return press


def page(response):
    return response.content.decode()


def test_a_press_orders_what_is_typed(press):
    response = press(prompt="Dunes at dusk", model="gen-4.5", aspect="720x1280", seconds="8", takes="2")

    takes = Render.objects.order_by("number")
    assert response.status_code == 302
    assert [(t.width, t.height, t.seconds, t.prompt) for t in takes] == [(720, 1280, 8, "Dunes at dusk")] * 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"prompt": ""}, "Write a prompt: Gen-4.5 needs one."),
        ({"prompt": "x" * 1001}, "The prompt is 1001 characters long; 1000 is the most."),
        ({"prompt": "🎬" * 501}, "The prompt is 1002 characters long; 1000 is the most."),
        ({"seconds": "7"}, "Gen-4.5 makes 5, 8 or 10 seconds."),
        ({"seconds": "many"}, "Gen-4.5 makes 5, 8 or 10 seconds."),
        ({"aspect": "1584x672"}, "21:9 is not on Gen-4.5; Gen-4 Turbo has it."),
        ({"aspect": "5:4"}, "Gen-4.5 has no aspect 5:4."),
        ({"takes": "5"}, "Ask for 1 to 4 takes at once."),
        ({"takes": "-1"}, "Ask for 1 to 4 takes at once."),
        ({"seed_mode": "lock", "seed": "4294967296"}, "A seed is a whole number from 0 to 4294967295."),
        ({"quality": "19"}, "Quality goes from 20 to 99."),
        ({"quality": "best"}, "Quality goes from 20 to 99."),
        ({"model": "gen-5"}, "There is no model called gen-5."),
        ({"model": "gen-4-turbo"}, "Gen-4 Turbo starts from a picture: give it a first frame."),
        ({"model": "gen-4-image", "aspect": "1024x1024", "safety": "full"}, "checks content none or fast"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_kept(press, shot, fields, sentence):
    response = press(**{"prompt": "Dunes at dusk", "takes": "1", **fields})

    assert response.status_code == 422
    assert sentence in page(response)
    assert Render.objects.count() == 0
    assert fields.get("prompt", "Dunes at dusk") in page(response)


def test_an_empty_prompt_is_legal_on_turbo(press, frame, shot):
    shot.first_frame = frame
    shot.save()
    response = press(prompt="", model="gen-4-turbo", aspect="1280x720", seconds="5")

    assert response.status_code == 302
    assert Render.objects.get().prompt == ""


def test_a_thousand_units_exactly_are_legal(press):
    assert press(prompt="🎬" * 500).status_code == 302


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello, this is text", "not a picture we can read"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "not a picture we can read"),
        (b"", "empty"),
    ],
)
def test_a_bad_upload_is_refused_and_the_rest_is_kept(press, content, sentence):
    upload = SimpleUploadedFile("board.jpg", content, "image/jpeg")
    response = press(prompt="Dunes at dusk", model="gen-4-turbo", first_frame=upload)

    assert response.status_code in (422,)
    assert "Dunes at dusk" in page(response)
    if content:  # a browser that sends an empty file has sent none
        assert sentence in page(response)


def test_a_seventy_megabyte_upload_is_refused(press):
    upload = SimpleUploadedFile("board.png", b"\x89PNG\r\n\x1a\n" + b"\0" * (70 * 1024 * 1024), "image/png")
    response = press(prompt="Dunes", model="gen-4-turbo", first_frame=upload)

    assert response.status_code == 422
    assert "larger than 64 MB" in page(response)


def test_a_two_hundred_megapixel_png_is_refused_before_it_is_decoded(press):
    out = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(out, "PNG")
    upload = SimpleUploadedFile("board.png", out.getvalue(), "image/png")
    response = press(prompt="Dunes", model="gen-4-turbo", first_frame=upload)

    assert "100 is the most we take" in page(response)


def test_a_good_upload_is_kept_although_the_rest_is_refused(press, shot, picture_bytes):
    upload = SimpleUploadedFile("board.jpg", picture_bytes(), "image/jpeg")
    response = press(prompt="x" * 1001, model="gen-4-turbo", first_frame=upload)

    shot.refresh_from_db()
    assert response.status_code == 422
    assert shot.first_frame == Picture.objects.get()


def test_the_same_picture_is_held_once(press, picture_bytes):
    for _ in range(2):
        upload = SimpleUploadedFile("board.jpg", picture_bytes(), "image/jpeg")
        press(prompt="Dunes", model="gen-4-turbo", aspect="1280x720", first_frame=upload)

    assert Picture.objects.count() == 1
    assert Render.objects.count() == 2


def test_everything_typed_is_saved_as_it_is_typed(client_of, ana, shot):
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    client_of(ana).post(address, {"prompt": "x" * 1200, "seconds": "7"}, HTTP_HX_REQUEST="true")

    shot.refresh_from_db()
    assert (shot.prompt, shot.seconds) == ("x" * 1200, 7)


def test_the_button_says_its_price_and_why_it_cannot_be_pressed(shot):
    shot.takes = 2
    assert Composer(shot).button == "Render 2 takes"
    assert Composer(shot).total == Decimal("1.21")
    shot.prompt = ""
    assert Composer(shot).reason == "Write a prompt: Gen-4.5 needs one."


@pytest.mark.parametrize("model", catalogue.MODELS, ids=lambda m: m.key)
def test_every_model_can_be_composed(client_of, ana, shot, model):
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    answer = client_of(ana).post(address, {"model": model.key, "part": "settings"}, HTTP_HX_REQUEST="true")

    text = page(answer)
    assert all(f'value="{preset.key}"' in text for preset in model.presets)
    assert ("Seed" in text) is model.has_seed
    for seconds in model.durations:
        assert f'id="seconds-{seconds}"' in text


def test_settings_that_differ_from_the_project_are_shown_as_chips(shot):
    shot.format, shot.safety = "WEBM", "fast"
    assert Composer(shot).chips == ["WEBM", "safety: fast"]


def test_locking_without_a_number_throws_one_and_keeps_it(client_of, ana, shot):
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    for _ in range(2):
        client_of(ana).post(address, {"seed_mode": "lock", "part": "settings"}, HTTP_HX_REQUEST="true")
        kept, shot.seed = shot.seed, type(shot).objects.get().seed

    assert shot.seed is not None
    assert shot.seed == kept


def test_a_seed_can_be_taken_from_a_take(client_of, ana, shot):
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    client_of(ana).post(address, {"seed_mode": "take:1554", "part": "settings"}, HTTP_HX_REQUEST="true")
    shot.refresh_from_db()
    assert shot.seed == 1554


def test_the_seed_of_a_take_stays_chosen_while_another_is_opened(press, order, shot):
    (first,), (fourth,) = order(), order()
    Render.objects.filter(pk=first.pk).update(seed=1)
    Render.objects.filter(pk=fourth.pk).update(seed=4)

    def chosen(seen):
        answer = page(press(prompt="Dunes", seed_mode="take:4", seen=str(seen.code), takes=""))
        return [
            mode for mode in ("new", "lock", "take") if re.search(rf'id="seed-{mode}"[^>]* checked', answer)
        ]

    assert chosen(seen=fourth) == ["take"]
    assert chosen(seen=first) == ["lock"]  # take 4's, in its field: "as take 1" would be another
    shot.refresh_from_db()
    assert shot.seed == 4


def test_a_part_of_the_composer_writes_only_what_it_shows(client_of, ana, shot):
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    stale = {"prompt": "old words of another tab", "seconds": "8", "part": "settings"}
    client_of(ana).post(address, stale, HTTP_HX_REQUEST="true")

    before = shot.prompt
    shot.refresh_from_db()
    assert (shot.prompt, shot.seconds) == (before, 8)


def test_a_press_never_costs_more_than_the_button_said(press):
    response = press(prompt="Dunes", seconds="10", takes="1", shown="0.605")

    assert response.status_code == 422
    assert "The price is $1.21 now. Press again to order." in page(response)
    assert Render.objects.count() == 0
    assert press(prompt="Dunes", seconds="10", takes="1", shown="1.205").status_code == 302


def test_a_press_sent_again_orders_and_writes_nothing_and_says_so(client_of, ana, shot):
    client = client_of(ana)
    address = reverse("board:render", args=[shot.project.slug, shot.code])
    fields = {"prompt": "Dunes", "takes": "1", "press": "7f3a9f0c-83cb-4a4f-8a0b-2b1d6a0c2201"}
    client.post(address, fields)
    response = client.post(address, {**fields, "prompt": "Old words"}, follow=True)

    shot.refresh_from_db()
    assert (Render.objects.count(), shot.prompt) == (1, "Dunes")
    assert "That was ordered already; nothing was ordered twice." in page(response)


@pytest.mark.parametrize("digits", ["9" * 19, "9" * 5000])
@pytest.mark.parametrize("field", ["takes", "seconds", "quality", "seed"])
def test_endless_numbers_are_refused(press, field, digits):
    assert press(prompt="Dunes", seed_mode="lock", **{field: digits}).status_code == 422


def test_what_was_typed_as_a_number_stays_in_its_field(press):
    response = press(prompt="Dunes", seed_mode="lock", seed="abc", takes="")
    assert 'value="abc"' in page(response)
    assert "A seed is a whole number" in page(response)
    assert "Ask for 1 to 4 takes" in page(response)


def test_one_undo_takes_a_whole_press_back(client_of, ana, shot, settings):
    settings.UNDO_SECONDS = 60
    client = client_of(ana)
    client.post(
        reverse("board:render", args=[shot.project.slug, shot.code]), {"prompt": "Dunes", "takes": "4"}
    )
    batch = Render.objects.first().batch
    client.post(reverse("board:cancel_batch", args=[shot.project.slug, shot.code, batch]))

    assert set(Render.objects.values_list("state", flat=True)) == {"cancelled"}


def test_scripts_are_told_when_nobody_is_signed_in(client, shot):
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    assert client.post(address, HTTP_HX_REQUEST="true").status_code == 401
    assert (
        client.get(reverse("live:poll", args=[shot.project.slug]), HTTP_ACCEPT="application/json").status_code
        == 401
    )


def test_pages_are_never_shown_from_a_cache(client_of, ana, shot):
    assert client_of(ana).get(shot.get_absolute_url())["Cache-Control"] == "no-store"


def test_a_renamed_shot_keeps_its_takes(client_of, ana, shot, order, engine):
    order()
    engine.run()
    client = client_of(ana)
    board = reverse("board:board", args=[shot.project.slug])
    assert "shots/010/?take=" in page(client.get(board))
    edit = reverse("board:edit_shot", args=[shot.project.slug, "010"])
    assert client.post(edit, {"code": "015", "title": "Kite"}).url.endswith("shots/015/")
    assert "shots/015/?take=" in page(client.get(board))
    assert "shots/010/" not in page(client.get(board))


def test_every_take_of_a_long_row_can_be_reached(client_of, ana, shot, order, monkeypatch):
    from studio.generation.viewer import viewer

    monkeypatch.setattr(viewer, "STRIP", 6)
    for _ in range(5):
        order(takes=2)
        order(model="gen-4-image", takes=2)
    seen, before = set(), ""
    while True:
        shown = viewer.strip(shot, before=str(before))
        seen |= {take.pk for take in shown["takes"]}
        before = shown["earlier"]
        if not before:
            break
    assert seen == set(shot.renders.values_list("pk", flat=True))


def test_no_more_takes_are_sent_than_may_be_in_flight(order, engine, runware, settings):
    settings.IN_FLIGHT_LIMIT = 3
    runware.faults("never_ends", times=None)
    order(takes=4)
    engine.step()
    assert Render.objects.filter(state="rendering").count() == 3
    assert Render.objects.filter(state="queued").count() == 1


def test_a_viewer_does_not_read_what_the_provider_said(client_of, bo, ana, shot, order):
    (_take,) = order()
    Render.objects.update(state="failed", failure_code="weird", failure="balance $3.20 left")
    assert "$3.20" in page(client_of(ana).get(shot.get_absolute_url()))
    assert "$3.20" not in page(client_of(bo).get(shot.get_absolute_url()))


def test_a_change_of_the_length_leaves_what_somebody_else_set_under_more(client_of, ana, shot):
    """The page of the one is older than what the other has chosen; only a change of model brings settings with it."""
    stale = {"prompt": shot.prompt, "model": shot.model, "aspect": shot.aspect, "seconds": "8", "takes": "1"}
    stale |= {"format": "", "quality": "", "safety": "", "threshold": "", "part": "settings"}
    Shot.objects.filter(pk=shot.pk).update(quality=80, threshold="low", safety="fast", format="MOV")
    client_of(ana).post(f"{shot.get_absolute_url()}draft", stale)
    shot.refresh_from_db()
    assert (shot.seconds, shot.quality, shot.threshold, shot.safety, shot.format) == (
        8,
        80,
        "low",
        "fast",
        "MOV",
    )
