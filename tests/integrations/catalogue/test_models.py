"""The catalogue against the providers' pages (`protocols.md` 2 to 5)."""

from decimal import Decimal

import pytest

from studio.integrations import catalogue
from studio.integrations.catalogue import Kind, Need, utf16_length


@pytest.mark.parametrize(
    ("model", "seconds", "price"),
    [
        ("gen-4.5", 5, "0.605"),
        ("gen-4.5", 8, "0.965"),
        ("gen-4.5", 10, "1.205"),
        ("gen-4-turbo", 2, "0.1042"),
        ("gen-4-turbo", 5, "0.2542"),
        ("gen-4-turbo", 6, "0.3042"),
        ("gen-4-turbo", 8, "0.4042"),
        ("gen-4-turbo", 10, "0.5042"),
        ("gen-4-image", None, "0.08"),
    ],
)
def test_a_price_is_what_was_observed(model, seconds, price):
    assert catalogue.get(model).estimate(seconds) == Decimal(price)


def test_only_turbo_makes_21_9_video():
    assert [m.key for m in catalogue.models_with_aspect("21:9", kind=Kind.VIDEO)] == ["gen-4-turbo"]
    assert (catalogue.get("gen-4-turbo").preset("21:9").width) == 1584


def test_stills_come_in_sixteen_sizes_the_two_documented_first():
    presets = catalogue.get("gen-4-image").presets
    assert len({preset.key for preset in presets}) == 16
    assert {preset.key for preset in presets[:2]} == {"1440x1080", "1360x768"}


def test_4_3_video_is_not_quite_4_3():
    assert catalogue.get("gen-4.5").preset("4:3").exact_ratio == (69, 52)


def test_what_each_model_needs():
    still, turbo, final = catalogue.MODELS
    assert (still.prompt, still.first_frame, still.has_seed) == (Need.NEEDED, Need.REFUSED, False)
    assert (turbo.prompt, turbo.first_frame) == (Need.ALLOWED, Need.NEEDED)
    assert (final.prompt, final.first_frame) == (Need.NEEDED, Need.ALLOWED)
    assert "full" not in still.safety_modes


def test_an_unknown_model_is_named():
    with pytest.raises(catalogue.UnknownModel, match="gen-9"):
        catalogue.get("gen-9")


def test_length_is_in_utf16_units():
    assert [utf16_length(text) for text in ("", "abc", "é", "🎬", "\ud800")] == [0, 3, 1, 2, 1]
