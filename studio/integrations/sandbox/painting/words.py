"""What a prompt asks for, as far as a painter of landscapes can tell."""

import hashlib
import random
import re
from dataclasses import dataclass

# Each theme answers to the beginnings of words; a closing "$" asks for the whole word.
THEMES = {
    "dawn": "dawn sunrise daybreak morning first.light",
    "day": "day$ daylight noon midday sunny afternoon sunlit blue.sky bright$",
    "dusk": "dusk sunset golden evening twilight magic.hour amber",
    "night": "night midnight moon$ moonlit moonlight stars$ starry starlit nocturnal galaxy milky.way",
    "storm": "storm thunder lightning tempest gale squall overcast brooding",
    "rain": "rain$ rains rainy raining rainfall downpour drizzl monsoon",
    "snow": "snow blizzard flurr",
    "ice": "ice$ icy iceberg arctic antarctic glacier glacial frozen frost polar tundra winter",
    "fog": "fog mist$ misty mists haze$ hazy smoke smoky steam vapour vapor",
    "desert": "desert dune sahara sand$ sandy sands arid",
    "sea": "sea$ seas ocean water$ waters lake tide tidal lagoon coast shore beach harbour harbor bay$ river wave$ "
    "waves causeway island boat ship$ sail fjord lighthouse",
    "forest": "forest wood$ woods woodland pine$ pines tree$ trees jungle spruce cedar orchard grove",
    "meadow": "meadow field$ fields green$ grass hill$ hills hillside pasture prairie spring$ countryside valley "
    "garden flower farm",
    "city": "city cities street skyline urban downtown skyscraper rooftop tower block metropolis tokyo york$",
    "neon": "neon cyberpunk synthwave vaporwave club$ arcade magenta",
    "noir": "noir black.and.white monochrome monochromatic b&w grayscale greyscale silver.gelatin",
    "teal": "teal turquoise cyan aqua underwater emerald aurora",
    "ember": "ember fire$ fires fiery flame lava volcan burning furnace forge molten inferno red$ crimson",
    "warm": "warm cosy cozy sepia honey candle",
    "cold": "cold bleak chill cool$ blue$ steel",
    "lamp": "lamp lantern candle interior inside indoors room$ lit.by hearth",
    "inside": "interior inside indoors room$ rooms windowsill kitchen study$ library office bedroom cabin table desk",
    "birds": "bird gull seagull crow$ crows geese flock swallow raven heron",
    "clouds": "cloud overcast sky$ skies",
    "dust": "dust mote pollen particle ash$ ashes spark ember firefl",
    "flicker": "flicker candle fire$ flame lantern strobe ember",
    "peaks": "mountain peak alps alpine summit ridge cliff canyon",
}
# The order decides between words that could name two moves.
MOVES = {
    "pull": "pull.back pulls.back pulling.back pull.out pulls.out pulling.out zoom.out zooms.out zooming.out "
    "dolly.out dolly.back dollies.back dollies.out track.back widen reveal",
    "push": "push dolly dollies zoom move.in moves.in closer creep approach fly.through forward",
    "orbit": "orbit arc$ arcs arcing circl revolv around",
    "left": "pan.left pans.left panning.left left track.left truck.left",
    "right": "pan$ pans$ panning right$ track$ tracking truck$ tracks$ slides slider lateral",
    "crane": "crane boom$ jib rises rising ascend drone aerial",
    "up": "tilt.up tilts.up tilting.up look.up looks.up upward tilt",
    "down": "tilt.down tilts.down tilting.down look.down looks.down downward descend",
    "handheld": "handheld hand.held shaky shake documentary",
    "static": "static locked lock.off tripod still$ hold$ holds$ fixed.camera motionless",
}
# "tilt" alone means up, so a tilt down has to be seen before it.
_SEEN_FIRST = ("static", "handheld", "pull", "orbit", "crane", "down", "up", "left", "right", "push")


def _pattern(words: str) -> re.Pattern[str]:
    stems = (re.escape(word).replace(r"\.", r"[\s-]+").replace(r"\$", r"\b") for word in words.split())
    return re.compile(rf"\b(?:{'|'.join(stems)})")


_THEME_PATTERNS = {theme: _pattern(words) for theme, words in THEMES.items()}
_MOVE_PATTERNS = {move: _pattern(MOVES[move]) for move in _SEEN_FIRST}


@dataclass(frozen=True)
class Brief:
    """What the words ask for, with the dice that decide the rest."""

    themes: frozenset[str]
    move: str | None
    seed: int

    def has(self, *themes: str) -> bool:
        return not self.themes.isdisjoint(themes)

    def dice(self, subject: str) -> random.Random:
        """Give each subject dice of its own, so a new cloud does not move the mountains."""
        return random.Random(_stable(f"{self.seed}/{subject}"))  # noqa: S311


def read(prompt: str, seed: int) -> Brief:
    text = prompt.lower()
    themes = frozenset(theme for theme, pattern in _THEME_PATTERNS.items() if pattern.search(text))
    move = next((move for move in _SEEN_FIRST if _MOVE_PATTERNS[move].search(text)), None)
    return Brief(themes=themes, move=move, seed=_stable(f"{seed}/{text}"))


def _stable(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
