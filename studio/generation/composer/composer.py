"""What the composer shows: every legal choice with its price, and why the button cannot be pressed."""

import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from studio.generation.composer.prompt_panel import Desk
from studio.generation.orders import forms, order_context, orders, patterns
from studio.generation.orders.attached_references import Along
from studio.generation.orders.crop import Crop
from studio.generation.orders.orders import TakeOrder, Wish
from studio.generation.renders.models import Render
from studio.generation.reuse import frame_links
from studio.integrations import catalogue, providers
from studio.integrations.catalogue import Need, render_settings
from studio.integrations.catalogue.render_settings import Finish, Number, Setting
from studio.planning.ledger import estimate, lines
from studio.planning.ledger.lines import Line
from studio.planning.projects.models import Shot
from studio.planning.prompts import variables
from studio.planning.references.shelf import Shelf


class Over(NamedTuple):
    """A budget a press would pass, and by how many USD."""

    line: Line
    amount: Decimal

    @property
    def said(self) -> str:
        return self.line.told(self.amount)


class MoreField(NamedTuple):
    """A setting among "More", as its field shows it."""

    composer: "Composer"
    name: str
    about: Setting

    @property
    def project_says(self):
        return getattr(self.composer.finish, self.name)

    @property
    def bounds(self):
        """The least and the most of a number; None for words."""
        return self.about.bounds(self.composer.model) if isinstance(self.about, Number) else None

    @property
    def options(self):
        """The words it could be instead, each with whether the shot has it; none for a number."""
        if isinstance(self.about, Number):
            return []
        chosen = getattr(self.composer.shot, self.name)
        return [
            (word, word == chosen) for word in self.about.of(self.composer.model) if word != self.project_says
        ]

    @property
    def typed(self):
        """What stands in its field, legal or not."""
        kept = getattr(self.composer.shot, self.name)
        return self.composer.typed.get(self.name, "" if kept is None else kept)

    @property
    def error(self):
        return self.composer.errors.get(self.name, "")


@dataclass
class Composer:
    """The composer of one shot, as this person sees it.

    Args:
        errors: sentences by field, shown beside it after a press.
        notes: what was adapted by itself, by field.
        typed: what the browser sent, where a press was refused: nothing typed is lost.
        seen: the take on the viewer, whose seed may be used.
        by_id: who would press the button.
    """

    shot: Shot
    errors: dict = field(default_factory=dict)
    notes: dict = field(default_factory=dict)
    typed: dict = field(default_factory=dict)
    seen: Render | None = None
    by_id: int | None = None

    def __post_init__(self):
        self.press = uuid.uuid4()
        self.model = self.shot.catalogue_model
        self.project = self.shot.project
        self.shelf = Shelf(self.project)
        self.prompt = str(self.typed.get("prompt", self.shot.prompt))
        self.desk = Desk(self.shot, self.prompt, self.shelf)
        wish = Wish.of(self.shot)
        self.lines = patterns.lines_of(wish)  # that a press plans instead of ordering; 0 without variables
        try:
            self.order: TakeOrder | None = patterns.check(wish, self.project, shelf=self.shelf)
            self.problems: dict[str, str] = {}
        except orders.Problems as problems:
            self.order, self.problems = None, problems.fields

    # --- choices --------------------------------------------------------------------------

    @property
    def models(self):
        return catalogue.MODELS

    @property
    def aspects(self):
        """The model's presets, and shapes that only others of its kind have, greyed."""
        own = [(preset, "") for preset in self.model.presets]
        labels = {preset.label for preset in self.model.presets}
        for other in catalogue.MODELS:
            if other.kind is self.model.kind and other is not self.model:
                own += [
                    (preset, orders.impossible_aspect(self.model, preset.label))
                    for preset in other.presets
                    if preset.label not in labels
                ]
        return own

    @property
    def durations(self):
        return [(n, estimate.of_take(self.model, n)) for n in self.model.durations]

    @property
    def preset(self):
        return self.shot.preset

    @property
    def takes_frame(self):
        return self.model.first_frame is not Need.REFUSED

    @property
    def needs_frame(self):
        return self.model.first_frame is Need.NEEDED

    @property
    def each(self):
        """The estimate of one take, USD; None where the duration is not legal."""
        seconds = self.shot.seconds
        if self.model.durations and seconds not in self.model.durations:
            return None
        return estimate.of_take(self.model, seconds)

    # what was typed stays in its field, legal or not

    @property
    def takes_typed(self):
        return self.typed.get("takes", self.shot.takes)

    @property
    def seed_typed(self):
        """The locked seed as it stands in its field; None where a new one is thrown each time."""
        mode = self.typed.get("seed_mode", "lock")
        if mode.startswith("take:"):
            return mode.removeprefix("take:")
        return self.typed.get("seed", self.shot.seed) if mode == "lock" else None

    @property
    def seed_mode(self):
        """What the seed is: "new" each time, the one of the "take" that is seen, or another that is locked, "lock"."""
        if self.seed_typed is None:
            return "new"
        return "take" if str(self.seed_typed) == str(getattr(self.seen, "seed_used", None)) else "lock"

    @property
    def choices(self):
        return order_context.choices(self.shot)

    @property
    def shown_choices(self):
        """What is chosen, as the page shows it."""
        mode = f"take:{self.seen.seed_used}" if self.seen and self.seed_mode == "take" else self.seed_mode
        return forms.shown(
            model=self.model.key,
            aspect=self.preset.key,
            seconds=self.shot.seconds,
            takes=self.takes_typed,
            seed_mode=mode,
            seed=self.seed_typed,
        )

    @property
    def shown_more(self):
        return forms.shown(**{field.name: field.typed for field in self.more})

    # --- more -----------------------------------------------------------------------------

    @cached_property
    def finish(self):
        """What is ordered of this model where the shot says nothing."""
        said = self.project.finish_for(self.model)
        return Finish(**render_settings.settle(Finish(), said, self.model)[0])

    @property
    def more(self):
        """The fields of settings that follow the project unless the shot says otherwise."""
        return [MoreField(self, name, about) for name, about in render_settings.FINISH.items()]

    @property
    def more_errors(self):
        return [self.errors[name] for name in render_settings.FINISH if name in self.errors]

    @property
    def chips(self):
        """What differs from the project's defaults, as words."""
        return render_settings.chips(self.shot, self.finish, self.model)

    # --- the button -----------------------------------------------------------------------

    @property
    def total(self):
        return self.order.total * (self.lines or 1) if self.order else None

    @property
    def reason(self):
        """Why the button cannot be pressed; "" when it can."""
        return next(iter(self.problems.values()), "")

    @property
    def stray_braces(self):
        """Whether braces that are no variable are all that is wrong with the prompt."""
        return bool(self.problems.get("prompt") and variables.stray(self.prompt))

    @cached_property
    def over(self) -> Over | None:
        """The line this press would pass, and by how much; None when it fits below all."""
        if self.total is None:
            return None
        mine = lines.allowance(self.project, person_id=self.by_id, sandbox=providers.sandboxed())
        line = mine.refuses(self.total, scene=self.shot.scene)
        return Over(line, line.used + self.total - line.amount) if line else None

    @cached_property
    def standing(self):
        """What the press would be made with that is not in the form."""
        return order_context.of(self.shot, self.shelf)

    @property
    def tariff(self):
        """What its prices rest on."""
        return estimate.tariff(self.model)

    @property
    def pieces(self):
        """How many takes its price is for."""
        return self.lines or self.shot.takes

    @property
    def button(self):
        if self.lines:
            return f"Plan {self.lines:,} line{'' if self.lines == 1 else 's'}"
        noun = "still" if self.model.is_still else "take"
        takes = self.shot.takes
        return f"Render {takes} {noun}{'' if takes == 1 else 's'}"

    # --- references -----------------------------------------------------------------------

    @cached_property
    def along(self) -> Along:
        """The references that go along with the shot as it is set."""
        return Along(self.shelf, self.shot, self.prompt)

    # --- the first frame ------------------------------------------------------------------

    @cached_property
    def source(self):
        """The take its first frame is of, if it is one's."""
        return frame_links.source_of(self.shot)

    @cached_property
    def crop(self) -> Crop | None:
        """The part of the first frame that would be sent; None without a first frame."""
        picture = self.shot.first_frame
        if picture is None:
            return None
        return Crop(picture, self.preset, self.shot.crop, typed=self.typed if "crop" in self.errors else {})
