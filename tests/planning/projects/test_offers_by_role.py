"""A table of role × page × control: whoever may do something finds it on a page, and finds nothing they may not."""

from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from studio.generation.trash import trash
from studio.planning.projects import actions
from studio.planning.projects.models import Picture
from studio.review.dailies import lists, notes
from studio.review.dailies.models import Retake, ReviewList
from studio.review.dailies.subjects import Span, Voice
from tests.planning.projects.doors import (
    ANYBODY,
    EVERYONE,
    MEDIA,
    PAGES,
    POSTS,
    PRODUCERS,
    REVIEWERS,
    SPENDERS,
)
from tests.planning.projects.test_offers import lively  # noqa: F401

# Pages that take what is sent to them, beside those that only do: who finds their form.
FORMS = {
    "accounts:account": ANYBODY,
    "accounts:second_factor": ANYBODY,
    "board:edit_shot": SPENDERS,
    "board:new_shot": SPENDERS,
    "composer:continue": SPENDERS,
    "dashboard:new_project": PRODUCERS,
    "dashboard:settings": PRODUCERS,
    "library:compare": EVERYONE,
    "listing:boards": SPENDERS,
    "listing:import": SPENDERS,
    "notices:switches": ANYBODY,
    "pictures:new": SPENDERS,
    "prompts:look": PRODUCERS,
    "review:add_takes": PRODUCERS,
    "review:new_list": REVIEWERS,
    "review:retake": REVIEWERS,
    "sharing:links": PRODUCERS,
}
# What no page here shows as it stands, with the reason.
NOT_SHOWN = {
    "accounts:recovery_codes": "for who has a second factor",
    "accounts:second_factor_off": "for who has a second factor",
    "board:cancel_batch": "on the toast after a press",
    "composer:change_references": "by the composer's script",
    "composer:put_back": "on the toast after a change",
    "composer:refresh_frame": "while a linked frame is stale",
    "cut:trim": "by the player's script",
    "library:take_back": "on the toast after throwing away",
    "library:uncircle": "on the toast after circling",
    "listing:apply": "after a sheet was read",
    "listing:match": "after boards were dropped",
    "listing:move": "by the list's script",
    "listing:place": "after boards were dropped",
    "listing:restore_many": "on the toast after throwing away",
    "pictures:reword": "after a reference was renamed",
    "queue:try_now": "while the provider takes nothing",
    "dashboard:reopen_project": "while a project is archived",
    "team:open_account": "while an account is closed",
    "trash:restore_project": "while a project is in the trash",
    "bootstrap:confirm": "after a restore",
}
ENDS_THE_VISIT = {"accounts:signout", "team:leave"}
SOMETIMES = {"notices:read", "accounts:end_device"}  # whoever has unread ones; a device of one's own
EXCEPT = {
    "team:leave": "vra",  # the last producer stays
    "review:edit_note": "r",  # who wrote it
    "review:delete_note": "rpo",
}


class Controls(HTMLParser):
    """Every address a page can be made to post to, with the hidden fields that would go along.

    A form counts if something submits it; what stands in a template is no part of the page yet. `links` are the
    addresses that can be gone to.
    """

    def __init__(self, html, address):
        super().__init__()
        self.address, self.found, self.links = address, {}, set()
        self._forms, self._submitted, self._form, self._inert = {}, set(), None, 0
        self.feed(html)
        for key in self._submitted & set(self._forms):
            self._add(*self._forms[key])

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self._inert += tag == "template"
        if self._inert:
            return
        if tag == "form":
            self._form = known.get("id") or uuid4()
            if (known.get("method") or "").lower() == "post" and known.get("id") != "act":
                self._forms[self._form] = (known.get("action", ""), {})
        if tag == "a" and known.get("href", "").startswith(("/", "?")):
            self.links.add(urljoin(self.address, known["href"]).partition("#")[0])
        form = known.get("form", self._form)
        sent = self._forms[form][1] if form in self._forms else {}
        if tag == "input" and known.get("type") == "hidden" and "name" in known:
            sent[known["name"]] = known.get("value") or ""
        named = {known["name"]: known.get("value") or ""} if tag == "button" and "name" in known else {}
        if (known.get("formmethod") or "").lower() == "get":
            return
        if "formaction" in known:
            self._add(known["formaction"], {**sent, **named})
        elif tag == "button" and known.get("type", "submit") == "submit":
            self._submitted.add(form)
        if "hx-post" in known:
            self._add(known["hx-post"], {**sent, **named})

    def handle_endtag(self, tag):
        self._inert -= tag == "template"
        if tag == "form":
            self._form = None

    def _add(self, action, sent):
        self.found.setdefault(urljoin(self.address, action), sent)


@pytest.fixture
def states(lively, shot, ready, pia, ana, rae, frame, address):  # noqa: F811
    """Takes in every state, an open note on an earlier one, a list that is closed, things in the trash."""
    noted = [ready(), ready()]  # on the later one it is asked whether the other's is done
    for take in noted:
        notes.write(take, Voice(user=rae, role="reviewer"), code=uuid4(), text="Too dark", span=Span(3, None))
    now = timezone.now()
    on_their_way = {
        "held": {"state": "queued", "held_at": now},
        "queued": {"state": "queued", "due_at": now + timedelta(minutes=5)},
        "rendering": {"state": "rendering", "sent_at": now},
        "expired": {"state": "expired"},
        "unclear": {"state": "expired", "unclear": "{}"},
        "of unknown charge": {"state": "failed", "failure_code": "timeoutProvider", "charge_unknown": True},
        "kept": {"state": "kept", "unshown": "The clip is damaged.", "result_url": "https://im.runware.ai/a"},
        "failed": {"state": "failed", "failure_code": "timeoutProvider", "seconds": 10, "ended_at": now},
    }

    def batch_of(columns):
        batch = uuid4()  # the queue has verbs for several at once
        ready(batch=batch, **columns)
        return ready(batch=batch, **columns)

    shown = {
        "ready": noted[1],
        "still": ready(kind="still"),
        "veiled": ready(flagged=True),
        **{name: batch_of(columns) for name, columns in on_their_way.items()},
    }
    actions.change_shot(shot, by=pia, first_frame=frame)
    gone = actions.create_shot(lively, by=pia, title="Gone")
    trash.trash_shots(lively, [gone], by=pia)
    trash.trash_take(ready(), by=pia)
    thrown = Picture.objects.get(pk=frame.pk)
    thrown.pk, thrown.code, thrown.sha256 = None, uuid4(), "0" * 64
    thrown.save(force_insert=True)
    trash.trash_picture(thrown, by=pia)
    actions.create_project(name="Without a budget", by=pia, unbudgeted_needs_owner=True)
    closed = lists.create(lively, by=pia, name="Closed", takes=[shown["ready"]], people=[rae])
    ReviewList.objects.filter(pk=closed.pk).update(closed_at=timezone.now(), closed_by=pia)
    return shown, closed


@pytest.fixture
def pages(address, states, project, shot):
    """The address of every page, and of those that look different by what they show."""
    shown, closed = states
    review = reverse("review:shot", args=[project.slug, shot.code])
    ready = shown["ready"].code
    more = {
        "proposed retake": Retake.objects.get().get_absolute_url(),
        "review of the newest take": f"{review}?take={ready}",
        **{mode: f"{review}?take={ready}&mode={mode}" for mode in ("side", "flip", "wall")},
        "walk along a list": f"{review}?take={ready}&list={closed.code}",
        "closed list": closed.get_absolute_url(),
        "still on review": f"{review}?take={shown['still'].code}",
        **{f"{name} take": f"{shot.get_absolute_url()}?take={take.code}" for name, take in shown.items()},
    }
    return {
        **{name: (address(name), PAGES[name]) for name in PAGES},
        **{name: (path, "vrapo") for name, path in more.items()},
    }


@pytest.fixture
def offers(client_of, cast, pages):
    """What somebody finds on all pages they may open: `offers("r")` is a list of (page, its controls)."""

    def offers(letter):
        for name, (where, allowed) in pages.items():
            page = client_of(cast[letter]).get(where) if letter in allowed else None
            if page is None or page.status_code != 200 or "html" not in page.headers["Content-Type"]:
                continue
            html = b"".join(page) if page.streaming else page.content
            yield name, Controls(html.decode(), where)

    return offers


def name_of(action):
    try:
        return resolve(action.partition("?")[0]).view_name
    except Resolver404:
        return action


def kind_of(address, sent=()):
    """One of each kind is tried: of a view, and of what is asked of it."""
    path, _, query = address.partition("?")
    return name_of(path), *sorted(parse_qs(query, keep_blank_values=True)), *sorted(sent)


@pytest.mark.parametrize("letter", "vrapo")
def test_each_role_finds_what_it_may_do_and_nothing_that_refuses_it(letter, client_of, cast, offers):
    browser, controls, links = client_of(cast[letter]), {}, {}
    for page, found in offers(letter):
        for action, sent in found.found.items():
            controls.setdefault(kind_of(action, sent), (page, action, sent))
        for link in found.links:
            links.setdefault(kind_of(link), (page, link))

    refused = [each for each in links.values() if not opens(browser, each[1])]
    refused += [each[:2] for each in controls.values() if not answers(browser, *each[1:])]
    assert refused == []

    may = {**POSTS, **FORMS, **EXCEPT}
    offered = {name_of(action) for _, action, _ in controls.values()}
    expected = {name for name in may if letter in may[name]} - set(NOT_SHOWN)
    assert offered - SOMETIMES == expected - SOMETIMES
    assert len(links) > 15


def opens(browser, link):
    return name_of(link) in MEDIA or browser.get(link).status_code in (
        200,
        302,
    )  # no file is behind these takes


def answers(browser, action, sent):
    """Whether it may be pressed: what is missing in a form is said there, and is no refusal."""
    if name_of(action) in ENDS_THE_VISIT:
        return True
    with transaction.atomic():
        status = browser.post(action, sent).status_code
        transaction.set_rollback(True)
    return status not in (403, 404, 405) and status < 500
