"""The smallest tasks that answer what is open; those that answer most come first."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from PIL import Image

from studio.core.money import ZERO
from studio.integrations import catalogue
from studio.integrations.catalogue import Model, render_settings
from studio.integrations.providers import Runware, probes
from studio.integrations.providers.base import Frame, Order
from studio.integrations.providers.runware import data_uri
from studio.integrations.providers.wire import Task
from studio.planning.ledger import estimate

PROMPT = "A paper kite over dunes at dawn, slow push in"


@dataclass(frozen=True)
class Plan:
    """One paid task, and the question it answers."""

    key: str
    what: str
    model_key: str
    size: tuple[int, int]  # of its first frame too
    seconds: int | None = None
    prompt: str = PROMPT
    frame: bool = False
    says_size: bool = True
    refuse_first: bool = False
    nonsense: bool = False  # nobody can make it, so it costs nothing

    @property
    def model(self) -> Model:
        return catalogue.get(self.model_key)

    @property
    def estimate(self) -> Decimal:
        return ZERO if self.nonsense else estimate.of_take(self.model, self.seconds)

    def task(self, client: Runware, code: UUID, *, webhook_url: str) -> Task:
        if self.nonsense:
            return probes.impossible(code, self.model)
        task = client.task(self._order(code, webhook_url))
        return task if self.says_size else probes.without_size(task)

    def _order(self, code: UUID, webhook_url: str) -> Order:
        model = self.model
        width, height = self.size
        return Order(
            code=code,
            model_id=model.provider_id,
            still=model.is_still,
            prompt=self.prompt,
            width=width,
            height=height,
            seconds=self.seconds,
            seed=None,
            **render_settings.usual(model),
            frames=(Frame(data_uri(picture(self.size), mime="image/jpeg")),) if self.frame else (),
            webhook_url=webhook_url,
        )


def picture(size: tuple[int, int]) -> bytes:
    """A dusk in a few kilobytes, as JPEG."""
    light = Image.linear_gradient("L").resize(size)
    bands = [light.point(lambda v, top=top: v * top // 255) for top in (236, 168, 120)]
    out = io.BytesIO()
    Image.merge("RGB", bands).save(out, "JPEG", quality=80)
    return out.getvalue()


_BOAT = "A paper boat on a pond, morning mist"
_BOAT_DRIFTS = f"{_BOAT}, drifting"
DRY_RUN = Plan(
    "dry-run",
    "A dry run of Gen-4 Image, 720 × 720",
    "gen-4-image",
    (720, 720),
    prompt=_BOAT,
)
DRY_RUN_STILL = Plan("dry-run-still", "A dry run of a still", "gen-4-image", (720, 720), prompt=_BOAT)
DRY_RUN_TURBO = Plan(
    "dry-run-turbo",
    "A dry run of Gen-4 Turbo, 2 s",
    "gen-4-turbo",
    (1280, 720),
    2,
    prompt=_BOAT_DRIFTS,
    frame=True,
)
DRY_RUN_WIDE = Plan(
    "dry-run-wide",
    "A dry run of Gen-4 Turbo at 21:9",
    "gen-4-turbo",
    (1584, 672),
    2,
    prompt=_BOAT_DRIFTS,
    frame=True,
)
DRY_RUN_FRAME_ALONE = Plan(
    "dry-run-frame-alone", "A dry run of Gen-4.5, no prompt", "gen-4.5", (1280, 720), 5, prompt="", frame=True
)
STILL = Plan("still", "Gen-4 Image, 720 × 720", "gen-4-image", (720, 720), refuse_first=True)
TURBO = Plan("turbo", "Gen-4 Turbo, 2 s", "gen-4-turbo", (1280, 720), 2, frame=True)
FINAL = Plan("final", "Gen-4.5, 5 s", "gen-4.5", (1280, 720), 5)
STILL_ANY_SIZE = Plan(
    "still-any-size", "Gen-4 Image without a size", "gen-4-image", (720, 720), says_size=False
)
TURBO_ANY_SIZE = Plan(
    "turbo-any-size",
    "Gen-4 Turbo, 2 s, without a size, from a square frame",
    "gen-4-turbo",
    (960, 960),
    2,
    frame=True,
    says_size=False,
)
FRAME_ALONE = Plan(
    "frame-alone", "Gen-4.5, 5 s, a frame without a prompt", "gen-4.5", (1280, 720), 5, prompt="", frame=True
)
NONSENSE = Plan("nonsense", "A task that nobody can make", "gen-4.5", (1, 1), nonsense=True)
FINAL_LONG = Plan("final-long", "Gen-4.5, 10 s", "gen-4.5", (1280, 720), 10)

PLANS = (STILL, TURBO, FINAL, STILL_ANY_SIZE, TURBO_ANY_SIZE, FRAME_ALONE, FINAL_LONG)
PRICES = (STILL, TURBO, FINAL, FINAL_LONG)
SIZES = (STILL_ANY_SIZE, TURBO_ANY_SIZE)
