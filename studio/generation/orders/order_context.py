"""What an order is made with that is not in its form: somebody else may change it while the form stands open."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from studio.generation.orders.orders import TakeOrder
from studio.integrations.catalogue import Need
from studio.planning.projects.models import Shot
from studio.planning.references.shelf import Shelf


class Standing(NamedTuple):
    """Each in a word, which stands on the page beside what it is the word of."""

    frame: str
    look: str
    references: str  # given to the shot and of the look; "" for a model that takes none


def of(shot: Shot, shelf: Shelf) -> Standing:
    frame = shot.first_frame.sha256 if shot.first_frame else ""
    references = ""
    if shot.catalogue_model.references:
        look = [reference for reference in shelf.all if reference.in_look and not shot.no_look]
        there = {(each.name, each.picture.sha256) for each in [*shelf.given_to(shot.pk), *look]}
        references = _short(repr(sorted(there)))
    return Standing(_short(frame), _short(shot.project.look.strip()), references)


def choices(shot: Shot) -> str:
    """The settings that others see, in a word: an open page with another one asks for them."""
    return _short(repr((shot.model, shot.aspect, shot.seconds, shot.first_frame_id, shot.crop)))


def changed(
    order: TakeOrder, now: Standing, sent: Mapping[str, str], *, with_frame: bool, with_look: bool
) -> str:
    """A sentence when the order is made with something else than its page showed; "" when it is not.

    Args:
        sent: what the browser sent; where it tells nothing, nothing was shown.
        with_frame, with_look: whether it has the shot's first frame and the project's look as they stood.
    """
    frame, look, references = (sent.get(f"shown_{name}", "") for name in Standing._fields)
    said = ""
    with_frame = with_frame and order.model.first_frame is not Need.REFUSED
    if frame and frame != now.frame and with_frame:
        said = "The first frame is another"
    elif look and look != now.look and with_look:
        said = "The project's look is another"
    elif references and now.references and references != now.references and order.model.references:
        said = "The references are others"
    return f"{said} than was shown here, so nothing was ordered. Look again, then press." if said else ""


def _short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]
