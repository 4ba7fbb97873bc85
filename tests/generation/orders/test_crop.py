"""The crop of a first frame: kept as chosen, reframed for another shape, frozen on the take."""

import pytest
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from studio.generation.composer.composer import Composer
from studio.generation.orders.crop import Crop
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.planning.projects import actions, framing
from studio.planning.projects.models import Shot

WIDE, TALL, NEARLY_SQUARE = "1280x720", "720x1280", "1104x832"
TURBO = catalogue.get("gen-4-turbo")


@pytest.fixture
def framed(shot, frame):
    """A shot of Turbo at 16:9 that starts from a picture of 1600 × 900."""
    Shot.objects.filter(pk=shot.pk).update(first_frame=frame, model=TURBO.key, aspect=WIDE, seconds=5)
    shot.refresh_from_db()
    return shot


@pytest.fixture
def draft(client_of, ana, framed):
    """Send the composer's choices, with its fields as they stand but for those given; returns the answer."""
    browser = client_of(ana)

    def draft(*, htmx=True, **typed):
        framed.refresh_from_db()
        crop = Composer(framed).crop
        shown = {name: number for name, _, number in crop.fields}
        fields = {
            "part": "settings",
            "crop_for": framed.aspect,
            "crop_of": framed.first_frame.code,
            **shown,
            **typed,
        }
        address = reverse("board:draft", args=[framed.project.slug, framed.code])
        answer = browser.post(address, fields, **({"HTTP_HX_REQUEST": "true"} if htmx else {}))
        framed.refresh_from_db()
        return answer

    return draft


def crop(left, top, width):
    return {"crop_left": str(left), "crop_top": str(top), "crop_width": str(width)}


# --- kept ---------------------------------------------------------------------------------


def test_a_crop_is_kept_as_it_was_drawn(draft, framed):
    answer = draft(**crop(100, 50, 1280))

    assert framed.crop == {"left": 100, "top": 50, "width": 1280, "for": WIDE}
    assert 'value="1280"' in answer.text and '1280 × 720</span><span class="sr"> at' in answer.text


def test_fields_that_nobody_touched_choose_nothing(draft, framed):
    draft(seconds="6")
    assert (framed.crop, framed.seconds) == (None, 6)


def test_a_crop_stays_while_other_choices_are_made(draft, framed):
    draft(**crop(100.25, 50, 640))
    draft(seconds="6")
    assert framed.crop["left"] == 100.25


def test_what_lies_outside_is_moved_in(draft, framed):
    draft(**crop(-40, 5000, 1280))
    assert framed.crop == {"left": 0, "top": 180, "width": 1280, "for": WIDE}


@pytest.mark.parametrize("typed", [crop("", "", ""), crop(0, 0, 1600)])
def test_emptied_or_drawn_to_the_middle_it_is_no_crop_any_more(draft, framed, typed):
    draft(**crop(100, 50, 640))
    draft(**typed)
    assert framed.crop is None


def test_another_picture_begins_in_its_middle(draft, framed, project, pia, picture_bytes):
    import io

    from studio.integrations.media import pictures

    draft(**crop(100, 50, 640))
    other = pictures.read(io.BytesIO(picture_bytes(colour=(1, 2, 3))))
    actions.change_shot(framed, by=pia, first_frame=actions.keep_picture(project, other, by=pia))
    framed.refresh_from_db()
    assert framed.crop is None


def test_numbers_that_were_of_another_picture_choose_nothing(draft, framed):
    draft(**crop(100, 50, 640), crop_of="dc4bd1b0-3c1d-4df3-b03c-d1ab3a5a2a55")
    assert framed.crop is None


def test_the_same_picture_again_keeps_the_crop(draft, framed, pia, frame):
    draft(**crop(100, 50, 640))
    actions.change_shot(framed, by=pia, first_frame=frame)
    framed.refresh_from_db()
    assert framed.crop["width"] == 640


# --- refused ------------------------------------------------------------------------------

NUMBERS = "Left, top and width of the crop are numbers of pixels."


@pytest.mark.parametrize(
    "typed", [crop("a lot", 0, 640), crop(0, "", 640), crop(0, 0, 0), crop(0, 0, -5), crop("nan", 0, "inf")]
)
def test_what_is_no_number_is_refused_in_words_and_stays_in_its_field(draft, framed, typed):
    draft(**crop(100, 50, 640))
    answer = draft(**typed)

    assert NUMBERS in answer.text
    for name, text in typed.items():
        assert f'id="{name}" value="{text}"' in answer.text
    assert framed.crop["left"] == 100


def test_without_scripts_it_is_refused_on_the_page(draft):
    assert draft(htmx=False, **crop(100, 50, 640)).status_code == 302
    answer = draft(htmx=False, **crop("a lot", 50, 640))
    assert answer.status_code == 422
    assert NUMBERS in answer.text and 'value="a lot"' in answer.text


def test_a_press_with_no_numbers_orders_nothing(client_of, ana, framed):
    address = reverse("board:render", args=[framed.project.slug, framed.code])
    fields = {"prompt": "Dunes", "crop_for": WIDE, **crop("half", 0, 640)}
    answer = client_of(ana).post(address, fields)
    assert answer.status_code == 422
    assert NUMBERS in answer.text and 'value="half"' in answer.text
    assert not Render.objects.exists()


# --- reframed -----------------------------------------------------------------------------


def test_another_shape_reframes_by_itself_says_so_and_back_it_is_as_it_was(draft, framed):
    draft(**crop(800, 90, 640))
    answer = draft(aspect=TALL)
    box = Composer(framed).crop.box
    assert "Reframed for 9:16; your crop for 16:9 is kept." in answer.text
    assert box.left + box.width / 2 == pytest.approx(1120)
    assert box.width / box.height == pytest.approx(9 / 16)

    answer = draft(aspect=WIDE)
    assert "Reframed" not in answer.text
    assert framed.crop == {"left": 800, "top": 90, "width": 640, "for": WIDE}


def test_drawn_and_reshaped_before_an_answer_came_the_drawn_one_is_kept(draft, framed):
    draft(aspect=TALL, **crop(800, 90, 640))
    assert (framed.aspect, framed.crop["for"], framed.crop["left"]) == (TALL, WIDE, 800)


def test_drawn_anew_for_the_other_shape_it_is_of_that_shape(draft, framed):
    draft(**crop(800, 90, 640))
    draft(aspect=TALL)
    answer = draft(**crop(10, 20, 400))
    assert framed.crop["for"] == TALL
    assert "Reframed" not in answer.text


def test_a_size_of_the_same_ratio_is_not_called_reframed(frame):
    still = catalogue.get("gen-4-image")
    same = [preset for preset in still.presets if preset.exact_ratio == (16, 9)]
    chosen = {"left": 0, "top": 0, "width": 800, "for": same[0].key}
    assert Crop(frame, same[-1], chosen).reframed == ""


# --- too small ----------------------------------------------------------------------------


def test_too_small_a_part_is_named_with_its_scale(draft):
    answer = draft(**crop(0, 0, 640))
    words = "<span data-crop-part>640 × 360</span> pixels, enlarged <span data-crop-scale>2.0</span>× to"
    assert f"{words} 1280 × 720." in answer.text
    assert 'id="crop_small" hidden' not in answer.text
    assert 'id="crop_small" hidden' in draft(**crop(0, 0, 1280)).text


# --- frozen -------------------------------------------------------------------------------


def test_a_press_freezes_the_box_on_the_take(client_of, ana, framed):
    address = reverse("board:render", args=[framed.project.slug, framed.code])
    fields = {"prompt": "Dunes", "aspect": NEARLY_SQUARE, "crop_for": WIDE, **crop(100, 50, 1280)}
    assert client_of(ana).post(address, fields).status_code == 302

    framed.refresh_from_db()
    expected = framing.of(1600, 900, framed.crop, TURBO.preset(NEARLY_SQUARE)).edges
    Shot.objects.filter(pk=framed.pk).update(crop=None)
    assert Render.objects.get().frames[0]["box"] == pytest.approx(expected)
    assert framed.crop["left"] == 100


# --- whatever is typed --------------------------------------------------------------------

ANY = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.integers(), st.text(max_size=8))


@given(
    typed=st.tuples(ANY, ANY, ANY),
    size=st.tuples(st.integers(1, 12_000), st.integers(1, 12_000)),
    preset=st.sampled_from([preset for model in catalogue.MODELS for preset in model.presets]),
)
@example(typed=(1e308, -1e308, 1e-300), size=(1, 12_000), preset=TURBO.presets[0])
def test_any_typed_numbers_give_a_box_in_the_picture_with_the_presets_ratio(typed, size, preset):
    try:
        chosen = framing.read([str(each) for each in typed], preset, size=size)
    except ValueError as exc:
        assert str(exc) == NUMBERS
        return
    box = framing.of(*size, chosen, preset)
    assert 0 <= box.left < box.right <= size[0] + 1e-6
    assert 0 <= box.top < box.bottom <= size[1] + 1e-6
    assert box.width / box.height == pytest.approx(preset.width / preset.height)
