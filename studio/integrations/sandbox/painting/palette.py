"""The colours of a scene, from its words, its seed and a reference picture."""

import colorsys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from PIL import Image

from .colour import Colour, brightness, from_hex, mix
from .words import Brief


@dataclass(frozen=True)
class Palette:
    zenith: Colour
    upper: Colour
    horizon: Colour
    glow: Colour
    sun: Colour
    far: Colour
    near: Colour

    def changed(self, change: Callable[[Colour], Colour]) -> "Palette":
        return Palette(*(change(getattr(self, field.name)) for field in fields(self)))


def _palette(text: str) -> Palette:
    return Palette(*(from_hex(colour) for colour in text.split()))


MOODS = {  #           zenith  upper   horizon glow    sun     far     near
    "dawn": _palette("#1d2450 #5a4a78 #f2ab7c #ffd39a #fff3dc #75618a #15121f"),
    "day": _palette("#2a69b0 #6ba8dc #d9eaf1 #fff4d6 #fffdf2 #8caec4 #15303c"),
    "dusk": _palette("#1f2450 #7a4569 #ff9550 #ffb25c #ffecc0 #8b4d5e #180d16"),
    "night": _palette("#03050d #0a1630 #2b446e #93b4e6 #f4f6ff #22375e #03060d"),
    "storm": _palette("#0d1218 #28323c #7b8a91 #b9c8ca #e8eeee #4b5963 #090d11"),
    "ice": _palette("#4f76a3 #8db0cf #e8f1f6 #ffffff #ffffff #a6bfd4 #1f3448"),
    "fog": _palette("#87949b #a7b2b6 #d9dcd8 #f6f2e6 #ffffff #a4aeb0 #27312f"),
    "desert": _palette("#2f66a0 #a3bcc6 #f8d9a6 #fff0c4 #fffaf0 #d99c68 #4f2415"),
    "lagoon": _palette("#020a15 #05283b #137480 #4fd9c6 #d0fff4 #0c4c58 #010b10"),
    "meadow": _palette("#3b80bd #89bfdf #f5efc9 #fff1bd #fffbe8 #93b496 #112c19"),
    "forest": _palette("#5d8496 #9dbcb6 #e9ead0 #fff2c6 #fffae6 #7f9d8b #0b1a14"),
    "neon": _palette("#090516 #220f4a #a42c8c #ff5ec8 #ffd6f2 #3c206e #06030d"),
    "ember": _palette("#120405 #420d09 #c2461a #ff8b3a #ffd8ac #64200f #0a0304"),
    "noir": _palette("#040404 #141414 #4c4c4c #cccccc #f4f4f4 #343434 #050505"),
}
# How strongly a word pulls the mixture towards a mood.
_PULLS = {
    "dawn": ("dawn", 1.0),
    "day": ("day", 0.9),
    "dusk": ("dusk", 1.0),
    "night": ("night", 2.6),
    "storm": ("storm", 1.0),
    "rain": ("storm", 0.7),
    "snow": ("ice", 0.5),
    "ice": ("ice", 0.8),
    "fog": ("fog", 0.45),
    "desert": ("desert", 0.55),
    "forest": ("forest", 0.4),
    "meadow": ("meadow", 0.4),
    "neon": ("neon", 1.2),
    "teal": ("lagoon", 1.0),
    "ember": ("ember", 1.2),
    "noir": ("noir", 3.0),
    "lamp": ("ember", 0.25),
}
# Of these moods the land counts for more than the sky, whatever the hour.
_OF_THE_LAND = {"desert": 4.0, "meadow": 4.0, "forest": 3.0, "ice": 2.0}
_SEED_PICKS = ("dawn", "dusk", "day", "night", "lagoon", "dawn", "ice", "meadow")
_SEED_PICKS_FOR = {
    "sea": ("dawn", "dusk", "day", "lagoon", "night"),
    "city": ("dusk", "night", "dawn", "neon"),
}


def choose(brief: Brief, reference: Image.Image | None = None) -> Palette:
    """Mix the moods the words name, or let the seed choose one, then nudge the hue so takes differ."""
    dice = brief.dice("palette")
    pulls = [_PULLS[theme] for theme in sorted(brief.themes) if theme in _PULLS]
    if not any(weight > 0.6 for _, weight in pulls):
        picks = next((picks for theme, picks in _SEED_PICKS_FOR.items() if brief.has(theme)), _SEED_PICKS)
        pulls.append((picks[int(dice.random() * len(picks))], 0.5 if pulls else 1.0))
    mixed = _blend(pulls)
    if brief.has("night"):
        dark = MOODS["night"]
        mixed = replace(mixed, far=mix(mixed.far, dark.far, 0.7), near=mix(mixed.near, dark.near, 0.7))
    turn, lift = (dice.random() - 0.5) * 0.05, 0.9 + dice.random() * 0.2
    mixed = mixed.changed(lambda colour: _nudged(colour, turn, lift))
    if brief.has("warm", "lamp"):
        mixed = mixed.changed(lambda colour: _balanced(colour, 1.10, 0.86))
    if brief.has("cold"):
        mixed = mixed.changed(lambda colour: _balanced(colour, 0.88, 1.08))
    if reference is not None:
        mixed = _towards(mixed, reference)
    if brief.has("noir"):
        mixed = mixed.changed(lambda colour: (brightness(colour),) * 3)
    return mixed


def _blend(pulls: list[tuple[str, float]]) -> Palette:
    colours: list[Colour] = []
    for field in fields(Palette):
        land = field.name in {"far", "near"}
        parts = [
            (getattr(MOODS[mood], field.name), weight * (_OF_THE_LAND.get(mood, 1.0) if land else 1.0))
            for mood, weight in pulls
        ]
        total = sum(weight for _, weight in parts)
        r, g, b = (sum(colour[n] * weight for colour, weight in parts) / total for n in range(3))
        colours.append((r, g, b))
    return Palette(*colours)


def _nudged(colour: Colour, turn: float, lift: float) -> Colour:
    hue, light, saturation = colorsys.rgb_to_hls(*colour)
    return colorsys.hls_to_rgb((hue + turn) % 1, min(1.0, light * (lift if light < 0.7 else 1)), saturation)


def _balanced(colour: Colour, red: float, blue: float) -> Colour:
    return min(1.0, colour[0] * red), colour[1], min(1.0, colour[2] * blue)


def _towards(palette: Palette, reference: Image.Image) -> Palette:
    """Take the colours of the reference, each from the height where it belongs, and a little of our own."""
    side = 20
    seen = reference.convert("RGB").resize((side, side), Image.Resampling.BOX).tobytes()
    points = [(seen[n] / 255, seen[n + 1] / 255, seen[n + 2] / 255) for n in range(0, len(seen), 3)]
    rows = [_average(points[n : n + side]) for n in range(0, len(points), side)]
    brightest, darkest = max(points, key=brightness), min(points, key=brightness)
    taken = Palette(
        zenith=rows[1],
        upper=mix(rows[5], rows[7], 0.5),
        horizon=mix(rows[10], brightest, 0.4),
        glow=brightest,
        sun=mix(brightest, (1.0, 1.0, 1.0), 0.5),
        far=mix(rows[13], rows[10], 0.35),
        near=mix(rows[18], darkest, 0.6),
    )
    pairs = ((getattr(palette, field.name), getattr(taken, field.name)) for field in fields(Palette))
    return Palette(*(mix(own, other, 0.9) for own, other in pairs))


def _average(colours: list[Colour]) -> Colour:
    r, g, b = (sum(colour[n] for colour in colours) / len(colours) for n in range(3))
    return r, g, b
