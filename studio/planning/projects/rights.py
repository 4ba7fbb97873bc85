"""What each role may do on a project (design 8), as a table. `access` turns it into answers."""

from enum import Enum

from django.db import models


class Role(models.TextChoices):
    VIEWER = "viewer", "Viewer"
    REVIEWER = "reviewer", "Reviewer"
    ARTIST = "artist", "Artist"
    PRODUCER = "producer", "Producer"


class Right(Enum):
    LOOK = "look"  # board, play, download
    REVIEW = "review"  # note, draw, decide, propose; not in an archived project
    MONEY = "money"  # prices, budget, costs
    MAKE = "make"  # write shots, upload, render; not in an archived project
    PRODUCE = "produce"  # settings, budget, members
    RUN = "run"  # allow takes, throw away, take back; not in an archived project


CHANGES = {Right.REVIEW, Right.MAKE, Right.RUN}  # an archived project is to be seen, not to be changed


ROLES = {
    Right.LOOK: {Role.VIEWER, Role.REVIEWER, Role.ARTIST, Role.PRODUCER},
    Right.REVIEW: {Role.REVIEWER, Role.ARTIST, Role.PRODUCER},
    Right.MONEY: {Role.ARTIST, Role.PRODUCER},
    Right.MAKE: {Role.ARTIST, Role.PRODUCER},
    Right.PRODUCE: {Role.PRODUCER},
    Right.RUN: {Role.PRODUCER},
}

# one line each, for the page where somebody chooses a role
IN_WORDS = {
    Role.VIEWER: "sees the board, plays and downloads",
    Role.REVIEWER: "also notes and decides; sees no prices",
    Role.ARTIST: "also writes shots, uploads and renders within the budget; sees prices",
    Role.PRODUCER: "also sets the budget, allows takes and decides who is on the project",
}
