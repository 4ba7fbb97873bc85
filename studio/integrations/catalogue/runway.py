"""Runway's models as Runware sells them. The last one is the default."""

from __future__ import annotations

from decimal import Decimal

from studio.integrations.catalogue.types import Kind, Model, Need, Preset, Price, SafetyMode

_VIDEO_PRESETS = (
    Preset("16:9", 1280, 720),
    Preset("9:16", 720, 1280),
    Preset("4:3", 1104, 832),
    Preset("3:4", 832, 1104),
    Preset("1:1", 960, 960),
)

# The two sizes the model's own page documents come first; the rest are from the
# provider's pages and Runway's own list (`protocols.md` 4, quirk 2).
_STILL_PRESETS = (
    Preset("16:9", 1360, 768),
    Preset("4:3", 1440, 1080),
    Preset("1:1", 1024, 1024),
    Preset("1:1", 1080, 1080),
    Preset("4:3", 1168, 880),
    Preset("3:4", 1080, 1440),
    Preset("21:9", 1808, 768),
    Preset("16:9", 1920, 1080),
    Preset("9:16", 1080, 1920),
    Preset("21:9", 2112, 912),
    Preset("16:9", 1280, 720),
    Preset("9:16", 720, 1280),
    Preset("1:1", 720, 720),
    Preset("4:3", 960, 720),
    Preset("3:4", 720, 960),
    Preset("21:9", 1680, 720),
)

_ALL_SAFETY = (SafetyMode.NONE, SafetyMode.FAST, SafetyMode.FULL)
_VIDEO_FORMATS = ("MP4", "WEBM", "MOV")

GEN_4_IMAGE = Model(
    key="gen-4-image",
    name="Gen-4 Image",
    intent="Still",
    provider_id="runway:4@1",
    kind=Kind.STILL,
    presets=_STILL_PRESETS,
    durations=(),
    default_seconds=None,
    prompt=Need.NEEDED,
    first_frame=Need.REFUSED,
    references=3,
    has_seed=False,
    formats=("JPG", "PNG", "WEBP"),
    safety_modes=(SafetyMode.NONE, SafetyMode.FAST),
    # Observed at the large sizes only; the 720 class may be 0.05. We set aside the larger sum.
    price=Price(flat=Decimal("0.08")),
    usual_seconds=20,
    deadline_minutes=15,
    max_takes=20,
    max_wire_results=20,
)

GEN_4_TURBO = Model(
    key="gen-4-turbo",
    name="Gen-4 Turbo",
    intent="Quick",
    provider_id="runway:1@1",
    kind=Kind.VIDEO,
    presets=(*_VIDEO_PRESETS, Preset("21:9", 1584, 672)),
    durations=tuple(range(2, 11)),
    default_wire_seconds=10,
    prompt=Need.ALLOWED,
    first_frame=Need.NEEDED,
    references=0,
    has_seed=True,
    formats=_VIDEO_FORMATS,
    safety_modes=_ALL_SAFETY,
    price=Price(per_second=Decimal("0.05"), surcharge=Decimal("0.0042")),
    usual_seconds=45,
    deadline_minutes=30,
)

GEN_4_5 = Model(
    key="gen-4.5",
    name="Gen-4.5",
    intent="Final",
    provider_id="runway:1@2",
    kind=Kind.VIDEO,
    presets=_VIDEO_PRESETS,
    durations=(5, 8, 10),
    fractional_seconds=True,
    default_wire_seconds=10,
    size_needed=True,
    prompt=Need.NEEDED,
    prompt_may_be_absent_with_frame=True,
    first_frame=Need.ALLOWED,
    references=0,
    has_seed=True,
    formats=_VIDEO_FORMATS,
    safety_modes=_ALL_SAFETY,
    price=Price(per_second=Decimal("0.12"), surcharge=Decimal("0.005")),
    usual_seconds=90,
    deadline_minutes=30,
)

MODELS: tuple[Model, ...] = (GEN_4_IMAGE, GEN_4_TURBO, GEN_4_5)
