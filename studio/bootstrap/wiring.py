"""Who hears of what. Every hook of the studio is hung here, so that no package knows those above it."""

from functools import cache

from django.apps import apps
from django.db.models.signals import post_migrate

from studio.bootstrap import clock_set_back, housekeeping, pause_banner
from studio.generation.board import live_fragments as board_fragments
from studio.generation.queue import drawing as queue_fragments
from studio.generation.reference_pages import drawing as reference_fragments
from studio.generation.renders import lifecycle, take_controls
from studio.generation.renders import live_fragments as render_fragments
from studio.generation.renders import notify as render_notices
from studio.generation.renders import tasks as renders_tasks
from studio.generation.renders.models import WAITING_OF_PROJECT
from studio.generation.reuse import frame_link_fragments
from studio.generation.trash import tasks as trash_tasks
from studio.generation.trash import trash
from studio.layout import money_header, row_versions, slots
from studio.oversight.members import presence
from studio.oversight.reconciliation import books
from studio.oversight.reconciliation import tasks as reconciliation_tasks
from studio.people.accounts import (
    second_factor,
    signin,  # noqa: F401 - it listens to Django's signals of signing in
)
from studio.people.mail import outbox
from studio.people.mail import tasks as mail_tasks
from studio.people.notifications import digest
from studio.people.notifications import tasks as notification_tasks
from studio.planning.ledger import purse, seal, studio_watch
from studio.planning.ledger import tasks as ledger_tasks
from studio.planning.projects import access, heralds, people
from studio.planning.projects.models import Project
from studio.planning.prompts import history
from studio.planning.references import giving
from studio.review.dailies import drawing as review_fragments
from studio.review.dailies import lists, retakes
from studio.review.library import drawing as library_fragments
from studio.review.sharing import bare, links
from studio.runtime import request_bodies
from studio.runtime.jobs import engine
from studio.runtime.live import consumers, frames, hub, numbers


@cache
def connect():
    """Hang all hooks, when every app is there. Again does nothing."""
    _jobs()
    _live()
    _layout()
    _listeners()
    request_bodies.register_files("accounts", "board", "composer", "listing", "pictures", "prompts", "viewer")
    request_bodies.register_doors(
        "accounts:signin",
        "accounts:code",
        "accounts:link",
        "accounts:forgotten",
        "accounts:reset",
        "team:invitation",
        "sharing:enter",
        "renders:hook",
        "checks:hook",
    )


def _jobs():
    """What runs by its name, and what looks every second or two for what is due."""
    for tasks in (
        mail_tasks,
        notification_tasks,
        ledger_tasks,
        renders_tasks,
        trash_tasks,
        reconciliation_tasks,
        housekeeping,
    ):
        tasks.register()
    for sweep in (
        clock_set_back.sweep,
        outbox.sweep,
        digest.sweep,
        purse.sweep,
        studio_watch.sweep,
        lifecycle.sweep,
        trash.sweep,
        books.sweep,
        housekeeping.sweep,
    ):
        engine.register_sweep(sweep)


def _live():
    """How events look on open pages, who may listen, and who is here."""
    for drawing_of in (
        render_fragments,
        board_fragments,
        frame_link_fragments,
        reference_fragments,
        review_fragments,
        queue_fragments,
        library_fragments,
        row_versions,
    ):
        drawing_of.register()
    frames.register("project", money_header.of_events)
    numbers.counted_by(Project)
    second_factor.register_spending(access.can_spend)
    consumers.register_door(access.door, access.still_admitted)
    hub.register_presence(presence.draw)


def _layout():
    """What the header of every page shows of packages above it."""
    money_header.count_waiting_by(WAITING_OF_PROJECT)
    slots.fill("pause", pause_banner.draw)
    slots.fill("banner", render_fragments.banner)
    slots.fill("queue", queue_fragments.button)
    slots.fill("controls", take_controls.templates)
    slots.fill("review", review_fragments.waiting_mark)


def _listeners():
    """What is to be done in the transaction of something that another package does."""
    heralds.on_copies(giving.copied)
    heralds.on_prompts(history.heard)
    people.on_leaving(lists.forget)
    render_notices.on_end(retakes.tell_of_end)
    trash.on_closing(lists.clear)
    trash.on_closing(links.clear)
    trash.on_gone(bare.forget)
    post_migrate.connect(seal.close, sender=apps.get_app_config("costs"), dispatch_uid="seal of the ledger")
