"""Bring a paid result home: fetch it at once, prove what it is, make its pictures, keep it.

A failed copy is retried; it is not a failed render. The provider's address is asked for again
when it no longer answers.
"""

import logging
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from studio.generation.renders import results, take_files
from studio.generation.renders.models import Render, in_seconds
from studio.integrations import providers
from studio.integrations.media import clips, pictures
from studio.integrations.providers.base import Result

logger = logging.getLogger(__name__)
State = Render.State

LEASE_SECONDS = settings.RESULT_TIMEOUT_SECONDS + 60
ATTEMPTS = 12  # the last comes about two hours after the first


class NotYet(Exception):
    """The file could not be had this time."""


def save(code):
    """Fetch, check and keep the file of a take that has a result; then it is ready."""
    render = Render.objects.select_related("shot", "project").filter(code=code).first()
    if render is None or not _claim(render, State.SAVING):
        return
    if providers.sandboxed() and not render.sandbox:
        return  # bought with a key that is not set now: it waits, untried, until it is
    try:
        with _fetched(render) as path:
            keep = take_files.keep_still if render.is_still else take_files.keep_clip
            facts = {**keep(render, path), "sha256": render.sha256, "size": render.size}
    except (NotYet, clips.Unreadable, pictures.Unreadable) as exc:
        _try_again(render, str(exc))
        return
    except Exception:
        # not the file's fault, a full disk perhaps: soon again, without counting it as an attempt
        Render.objects.filter(pk=render.pk, state=State.SAVING).update(check_at=in_seconds(30))
        raise
    if render.move_to(State.READY, ended_at=timezone.now(), note="", check_at=timezone.now(), **facts):
        logger.info("Render %s is ready", render.code)


def _claim(render, state):
    """Hold the row for as long as a copy may take. False: another worker has it."""
    due = Render.objects.filter(pk=render.pk, state=state, check_at__lte=timezone.now())
    return bool(due.update(check_at=in_seconds(LEASE_SECONDS)))


# --- fetching -----------------------------------------------------------------------------


@contextmanager
def _fetched(render):
    """The result as a temporary file.

    Raises:
        NotYet: no such file, too large, too slow, cut short, or not at an address we accept.
    """
    with take_files.scratch("") as file:
        try:
            fetched = providers.get(render.provider).fetch(
                render.result_url,
                file,
                limit=settings.RESULT_LIMIT_BYTES,
                seconds=settings.RESULT_TIMEOUT_SECONDS,
            )
        except providers.Unfetched as exc:
            raise NotYet(str(exc)) from exc
        file.flush()
        render.sha256, render.size = fetched.sha256, fetched.size
        yield Path(file.name)


def _try_again(render, why):
    """Ask for a fresh address and come back later; in the end the file is gone."""
    attempts = render.attempts + 1
    if attempts >= ATTEMPTS:
        results.lost(render, message=why)
        return
    logger.warning("Render %s is not saved yet: %s", render.code, why)
    wait = min(1800.0, 2.0**attempts) * settings.RETRY_PACE
    Render.objects.filter(pk=render.pk, state=State.SAVING).update(
        attempts=attempts, check_at=in_seconds(wait)
    )
    if not render.note:
        render.touch("render.delayed", note="The file is not there yet. Trying again.")
    try:
        outcomes = providers.get(render.provider).ask([render.task_code])
    except providers.NoAnswer:
        return
    for outcome in outcomes:
        if isinstance(outcome, Result) and (outcome.uuid or "result") == render.result_uuid:
            Render.objects.filter(pk=render.pk).update(result_url=outcome.url)


# --- the review copy ----------------------------------------------------------------------


def copy_for_review(code):
    """Make a copy that seeks fast, where the original does not."""
    render = Render.objects.filter(code=code, review_wanted=True).first()
    if render is None or not _claim(render, State.READY):
        return
    name = take_files.copy_for_review(render)
    if not name:
        logger.warning("No review copy of %s: its original plays as it is", render.code)
    render.touch("render.copied", review=name, review_wanted=False)


# --- takes of earlier days ----------------------------------------------------------------


def measure(code):
    """List the frames of a clip that was kept before they were listed; what cannot be played gets its copy."""
    render = Render.objects.to_measure().filter(code=code).first()
    if render is None or not _claim(render, State.READY):
        return
    try:
        facts = take_files.measure(render)
    except (clips.Unreadable, OSError) as exc:
        logger.warning("The frames of %s cannot be listed: %s", render.code, exc)
        Render.objects.filter(pk=render.pk).update(has_sound=False)
        return
    render.touch("render.copied", **facts)
