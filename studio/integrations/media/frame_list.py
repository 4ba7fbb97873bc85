"""The list of a clip's frames with their times, as its container gives them: what every frame number stands on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

_MILLISECOND = Fraction(1, 1000)
_USUAL_RATES = tuple(
    Fraction(*rate)
    for rate in ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1), (60000, 1001))
)
_STAYS = Fraction(3, 2)  # frames: a last frame that is shown longer makes a rate that varies
_FASTEST = Fraction(120)  # frames a second of a copy, at most
_LONGEST = 216_000  # frames of a copy: an hour at 60


class TooLong(ValueError):
    """A copy at a constant rate would be over an hour of film."""


@dataclass(frozen=True)
class FrameList:
    """The frames that are shown, in order: frame N is the one that begins at `starts[N]`.

    What an edit list leaves out is not in it.
    """

    starts: tuple[int, ...]  # in ticks; the first need not be 0
    end: int  # in ticks: when the last frame is gone
    tick: Fraction  # seconds
    rate: Fraction  # frames a second; where they vary, that of a copy
    is_constant: bool

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def begins(self) -> Fraction:
        """When the first frame is shown, in seconds."""
        return self.starts[0] * self.tick

    @property
    def seconds(self) -> Fraction:
        """How long the frames are shown, from the first to the end of the last."""
        return len(self) / self.rate if self.is_constant else (self.end - self.starts[0]) * self.tick

    @property
    def is_plain(self) -> bool:
        """Whether frame N begins at N / rate seconds, as a player without this list would have it."""
        return self.is_constant and abs(self.begins) <= max(self.tick, _MILLISECOND)

    def at(self, seconds: float) -> int:
        """The frame that is shown so many seconds after the first one began."""
        wanted = self.starts[0] + Fraction(seconds) / self.tick
        return max((number for number, start in enumerate(self.starts) if start <= wanted), default=0)

    def in_copy(self) -> tuple[int, ...]:
        """The frame of a copy at constant rate, from zero, with which each frame begins there."""
        if self.is_constant:
            return tuple(range(len(self)))
        return _places(self.starts, self.tick * self.rate)

    def frames_of_copy(self) -> int:
        """How many frames such a copy has.

        Raises:
            TooLong: over an hour.
        """
        if self.is_constant:
            return len(self)
        frames = max(self.in_copy()[-1] + 1, round(self.seconds * self.rate))
        if frames > _LONGEST:
            raise TooLong
        return frames


def of_times(
    starts: Iterable[int], end: int, tick: Fraction, told: Iterable[Fraction | None] = ()
) -> FrameList:
    """Make the list of a clip.

    Args:
        starts: when each frame is shown, in ticks, in any order; at least one.
        end: when the last one is gone, in ticks.
        tick: seconds.
        told: the rates that the container names. One that is usual counts before one that is not, which a
            container may have worked out from the times.
    """
    times = tuple(sorted(starts))
    named = [rate for rate in told if rate]
    span = (times[-1] - times[0]) * tick
    mean = (len(times) - 1) / span if span else None
    usual = [rate for rate in named if rate in _USUAL_RATES]
    rates = [*usual, *_USUAL_RATES, *named, *([mean] if mean else [])]
    if len(times) == 1 and named:
        rates = [named[0]]
    for rate in rates:
        stays = (end - times[-1]) * tick * rate  # how long the last frame is shown, in frames
        if stays <= _STAYS and _fits(times, tick, rate):
            return FrameList(times, end, tick, rate, is_constant=True)
    return FrameList(times, end, tick, _rate_of_copy(times, tick, rates), is_constant=False)


def _fits(times: Sequence[int], tick: Fraction, rate: Fraction) -> bool:
    """Whether every time is where this rate has it, but for what the container rounded."""
    loose = max(tick, _MILLISECOND) / tick
    step = 1 / (rate * tick)
    return all(abs(time - times[0] - number * step) <= loose for number, time in enumerate(times))


def _rate_of_copy(times: Sequence[int], tick: Fraction, rates: Sequence[Fraction]) -> Fraction:
    """The slowest of these rates at which every frame has a place of its own, at its time or near it."""
    fit = [rate for rate in rates if rate <= _FASTEST and _apart(times, tick * rate)]

    def badness(rate: Fraction) -> tuple[bool, bool, Fraction]:
        off = _farthest(times, tick * rate)
        return off > _MILLISECOND * rate, off > Fraction(1, 8), rate

    return min(fit, key=badness, default=_FASTEST)


def _apart(times: Sequence[int], rate: Fraction) -> bool:
    places = [round((time - times[0]) * rate) for time in times]
    return all(one < other for one, other in pairwise(places))


def _farthest(times: Sequence[int], rate: Fraction) -> Fraction:
    """How far a time lies from its place at most, in frames."""
    return max(abs((time - times[0]) * rate - round((time - times[0]) * rate)) for time in times)


def _places(times: Sequence[int], rate: Fraction) -> tuple[int, ...]:
    places: list[int] = []
    for time in times:
        nearest = round((time - times[0]) * rate)
        places.append(max(nearest, places[-1] + 1) if places else nearest)
    return tuple(places)
