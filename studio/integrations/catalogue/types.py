"""The shape of a catalogue entry."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from math import gcd


class Kind(StrEnum):
    VIDEO = "video"
    STILL = "still"


class Need(StrEnum):
    """Whether an input must, may or cannot be given."""

    NEEDED = "needed"
    ALLOWED = "allowed"
    REFUSED = "refused"


class SafetyMode(StrEnum):
    NONE = "none"
    FAST = "fast"  # key frames only, for video
    FULL = "full"  # every frame


@dataclass(frozen=True)
class Preset:
    """An aspect with the exact pixels a provider makes for it (1104×832 is not 4:3)."""

    label: str  # "16:9", what people call it
    width: int
    height: int

    @cached_property
    def key(self) -> str:
        """The name a shot stores: pixels, since stills have three sizes of 16:9."""
        return f"{self.width}x{self.height}"

    @property
    def pixels(self) -> str:
        return f"{self.width} × {self.height}"

    @property
    def exact_ratio(self) -> tuple[int, int]:
        """Width to height in lowest terms."""
        divisor = gcd(self.width, self.height)
        return self.width // divisor, self.height // divisor

    def outline(self, *, area: int = 450, longest: int = 33) -> tuple[int, int]:
        """Width and height of this shape, drawn at about the same area as its siblings."""
        scale = (area / (self.width * self.height)) ** 0.5
        scale = min(scale, longest / max(self.width, self.height))
        return round(self.width * scale), round(self.height * scale)


@dataclass(frozen=True)
class Price:
    """USD for one result: list rate times seconds, plus flat parts.

    `surcharge` is what observed invoices add to the list price (`protocols.md` 5).
    """

    per_second: Decimal = Decimal(0)
    flat: Decimal = Decimal(0)
    surcharge: Decimal = Decimal(0)

    def of(self, seconds: int | None) -> Decimal:
        return self.per_second * (seconds or 0) + self.flat + self.surcharge


@dataclass(frozen=True)
class Model:
    """One model of one maker, as it can be ordered."""

    key: str  # ours, in forms and on the command line: "gen-4.5"
    name: str  # "Gen-4.5"
    intent: str  # what people want it for: "Still", "Quick", "Final"
    provider_id: str  # "runway:1@2"
    kind: Kind
    presets: tuple[Preset, ...]
    durations: tuple[int, ...]  # whole seconds; empty for stills
    prompt: Need
    first_frame: Need
    references: int  # how many reference images at most
    has_seed: bool
    formats: tuple[str, ...]  # first is the default
    safety_modes: tuple[SafetyMode, ...]
    price: Price
    usual_seconds: int  # how long a result usually takes before we have a history of our own
    deadline_minutes: int  # after this it is expired, still open to a late result
    max_takes: int = 4  # takes of one press
    prompt_units: int = 1000  # UTF-16 code units (`protocols.md` 11.10: the safe reading)
    prompt_may_be_absent_with_frame: bool = False  # on the wire; our own forms go by `prompt`
    fractional_seconds: bool = False  # the wire type of duration is a float
    default_wire_seconds: int | None = None  # what the provider makes when none is sent
    size_needed: bool = False  # on the wire; we always send it
    quality: tuple[int, int] = (20, 99)
    default_quality: int = 95
    default_seconds: int | None = 5
    thresholds: tuple[str, ...] = ("auto", "low")  # public figures; first is the default
    max_seed: int = 4294967295
    max_wire_results: int = 4
    is_sold: bool = True  # False: it is known of takes that were made with it, and nothing can be ordered

    @property
    def is_still(self) -> bool:
        return self.kind is Kind.STILL

    def preset(self, wish: str) -> Preset | None:
        """The preset with this key ("1280x720") or label ("16:9"); the first of several.

        None when the model does not make that shape.
        """
        return next((preset for preset in self.presets if wish in (preset.key, preset.label)), None)

    def preset_of_size(self, width: int, height: int) -> Preset | None:
        return next((p for p in self.presets if (p.width, p.height) == (width, height)), None)

    def estimate(self, seconds: int | None) -> Decimal:
        """What one result is expected to cost, in USD, before any calibration."""
        return self.price.of(seconds)


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units: an emoji outside the basic plane counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
