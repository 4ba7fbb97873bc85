"""Bring a paid result home: fetch it at once, prove what it is, make its pictures, keep it.

A failed copy is retried; it is not a failed render. The provider's address is asked for again
when it no longer answers.
"""

import logging
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from studio.generation.renders import results, take_files
from studio.generation.renders.models import Render, in_seconds
from studio.integrations import providers
from studio.integrations.credentials import carried
from studio.integrations.media import clips, kinds, pictures
from studio.integrations.providers.base import Result
from studio.integrations.providers.failures import FailureReason
from studio.runtime import jobs
from studio.runtime.live import events

logger = logging.getLogger(__name__)
State = Render.State

LEASE_SECONDS = settings.RESULT_TIMEOUT_SECONDS + 60
ATTEMPTS = 12  # the last comes about two hours after the first


ALIKE = 3  # times that the same bytes come before they are taken for what the provider has
_ANSWERS = {"html", "json"}  # an answer of some server, rather than a file: it may be there yet


class NotYet(Exception):
    """What came is not what was ordered: it is fetched again."""


def save(code):
    """Fetch, check and keep the file of a take that has a result; then it is ready."""
    render = Render.objects.select_related("shot", "project").filter(code=code).first()
    if render is None or not _claim(render, State.SAVING):
        return
    if providers.sandboxed() and not render.sandbox:
        return  # bought with a key that is not set now: it waits, untried, until it is
    before = render.sha256
    try:
        with _fetched(render) as path:
            render.attempts = 0 if render.awaits_host else render.attempts  # it begins only now
            facts = _understood(render, path, before)
    except providers.NotListed as exc:
        _wait_for_setting(render, exc.host)
        return
    except (NotYet, providers.Unfetched) as exc:
        _try_again(render, exc)
        return
    except Exception:
        # not the file's fault, a full disk perhaps: soon again, without counting it as an attempt
        Render.objects.filter(pk=render.pk, state=State.SAVING).update(check_at=in_seconds(30))
        raise
    state = State.KEPT if facts["unshown"] else State.READY
    now = timezone.now()
    if render.move_to(state, ended_at=now, note="", awaits_host="", check_at=now, **facts):
        logger.info("Render %s is %s", render.code, facts["unshown"] or "ready")


def _claim(render, state):
    """Hold the row for as long as a copy may take. False: another worker has it."""
    due = Render.objects.filter(pk=render.pk, state=state, check_at__lte=timezone.now())
    return bool(due.update(check_at=in_seconds(LEASE_SECONDS)))


# --- fetching -----------------------------------------------------------------------------


@contextmanager
def _fetched(render):
    """The result as a temporary file.

    Raises:
        providers.NotListed: it is where we may not fetch from, until somebody says so.
        providers.Unfetched: no such file, too large, too slow, or cut short.
    """
    with take_files.scratch("") as file:
        fetched = providers.get(render.provider).fetch(
            render.result_url,
            file,
            limit=settings.RESULT_LIMIT_BYTES,
            seconds=settings.RESULT_TIMEOUT_SECONDS,
        )
        file.flush()
        render.sha256, render.size = fetched.sha256, fetched.size
        yield Path(file.name)


def _understood(render, path, before):
    """Everything we know and hold of what came, as columns of its row; `unshown` says why it cannot be shown.

    What cannot be shown is kept all the same, and fetched again: only what came three times alike is what they have.

    Raises:
        NotYet: to be fetched again.
    """
    render.manifest_sha256 = carried.digest(path)
    held = {"sha256": render.sha256, "size": render.size, "manifest_sha256": render.manifest_sha256}
    try:
        keep = take_files.keep_still if render.is_still else take_files.keep_clip
        return {**keep(render, path), **held, "unshown": ""}
    except (clips.Unreadable, pictures.Unreadable) as exc:
        kind = kinds.of(path)
        why = _in_words(render, kind, exc)
    if not render.size:
        raise NotYet("What came is empty.")
    if kind in _ANSWERS and before:  # it does not take the place of a file that is kept
        raise NotYet(why)
    told = {"file": take_files.keep_file(render, path, kind or "bin"), **held, "unshown": why}
    alike = before == render.sha256 and render.attempts >= ALIKE - 1
    if alike and kind not in _ANSWERS:
        return told
    Render.objects.filter(pk=render.pk, state=State.SAVING).update(**told)
    raise NotYet(why)


def _in_words(render, kind, exc):
    """Why what came cannot be shown: it is of another kind, or else what its decoder says."""
    wanted = kinds.STILLS if render.is_still else kinds.CLIPS
    if kind not in wanted:
        return f"What came is no {'picture' if render.is_still else 'clip'}: it is {kinds.in_words(kind)}."
    said = str(exc)
    return f"{said[:1].upper()}{said[1:].rstrip('.')}."[:200]


def _wait_for_setting(render, host):
    """The file is on a host that is not listed: looked at again now and then, and whenever the studio starts."""
    logger.warning(
        "Render %s waits for a setting: its file is on %s, which is not in RUNWARE_RESULT_HOSTS",
        render.code,
        host,
    )
    wait = min(600.0, 2.0 ** (render.attempts + 1)) * settings.RETRY_PACE
    mine = Render.objects.filter(pk=render.pk, state=State.SAVING)
    mine.update(attempts=min(ATTEMPTS, render.attempts + 1), check_at=in_seconds(wait))
    if render.awaits_host != host:
        render.touch("render.delayed", awaits_host=host[:253], note="")
    _ask_for_address(render)


def _try_again(render, exc):
    """Ask for a fresh address and come back later; in the end what came is kept, or the file is not to be had."""
    attempts = 1 if render.awaits_host else render.attempts + 1
    if attempts >= ATTEMPTS:
        _give_up(render, exc)
        return
    logger.warning("Render %s is not saved yet: %s", render.code, exc)
    wait = min(1800.0, 2.0**attempts) * settings.RETRY_PACE
    Render.objects.filter(pk=render.pk, state=State.SAVING).update(
        attempts=attempts, check_at=in_seconds(wait), awaits_host=""
    )
    if not render.note:
        render.touch("render.delayed", note="The file is not there yet. Trying again.")
    _ask_for_address(render)


def _give_up(render, exc):
    """After the last try: what came is kept, though it cannot be shown; else it is said what stood in the way."""
    held = Render.objects.get(pk=render.pk)
    if held.file and held.unshown:
        render.move_to(State.KEPT, ended_at=timezone.now(), note="", check_at=timezone.now())
        return
    gone = isinstance(exc, providers.Gone)
    results.lost(
        render, reason=FailureReason.FILE_GONE if gone else FailureReason.FILE_UNREACHED, note=str(exc)
    )


def fetch_again(render, *, by):
    """Have a file that was paid for and is not shown fetched anew, now. False: there is nothing to fetch."""
    with events.locked(render.project_id):
        render.refresh_from_db()
        if not render.can_be_fetched:
            return False
        anew = {"attempts": 0, "check_at": timezone.now(), "note": ""}
        if render.state == State.SAVING:
            render.touch("render.delayed", by=by, **anew)
        else:
            render.move_to(State.SAVING, by=by, failure_code="", failure="", ended_at=None, **anew)
        transaction.on_commit(partial(jobs.soon, "renders.save", str(render.code)))
    return True


def _ask_for_address(render):
    """The address of a file may be another by now."""
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
    except (clips.Unreadable, FileNotFoundError) as exc:
        logger.warning("The frames of %s cannot be listed: %s", render.code, exc)
        Render.objects.filter(pk=render.pk).update(has_sound=False)
        return
    render.touch("render.copied", **facts)
