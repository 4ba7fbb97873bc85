"""Whatever a page offers to press can be pressed by whoever sees it: what a role sees beside what it may do."""

from decimal import Decimal
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from django.db import transaction

from studio.planning.projects import actions
from studio.planning.projects.models import Membership
from tests.planning.projects.doors import PAGES

VISIBLE = {
    "text",
    "number",
    "email",
    "password",
    "search",
    "date",
    "datetime-local",
    "checkbox",
    "radio",
    "file",
    "range",
}
ENDS_THE_VISIT = {"/signout"}
VOID = {"input", "img", "br", "hr", "meta", "link", "source", "wbr", "use", "path", "circle", "line", "rect"}


class Offers(HTMLParser):
    """What can be pressed on a page as it stands: forms without a field to fill in, and buttons that post by themselves.

    A template offers nothing yet. `pressed` holds (address, what is sent, the words on the button).
    """

    def __init__(self, html, address):
        super().__init__()
        self.address, self.pressed = address, []
        self._form, self._button, self._words = None, None, ""
        self._open = []  # elements: tag, whether hidden
        self.feed(html)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        hidden = tag == "template" or bool(self._open and self._open[-1][1])
        if tag not in VOID:
            self._open.append((tag, hidden))
        if hidden:
            return
        if tag == "form" and known.get("method") == "post":
            self._form = {"action": known.get("action", ""), "sent": {}, "asks": False, "buttons": []}
        elif self._form is not None and tag in ("textarea", "select"):
            self._form["asks"] = True
        elif self._form is not None and tag == "input":
            kind = known.get("type", "text")
            self._form["asks"] |= kind in VISIBLE
            if kind == "hidden" and "name" in known:
                self._form["sent"][known["name"]] = known.get("value") or ""
        elif tag == "button":
            self._begin(known)

    def _begin(self, known):
        if "disabled" in known or known.get("aria-disabled") == "true" or known.get("type") == "button":
            return
        if "hx-include" in known:  # it sends a field beside it, which is for somebody to fill in
            return
        sent = {known["name"]: known.get("value") or ""} if "name" in known else {}
        if known.get("form") == "act" and "formaction" in known:
            self._button = (known["formaction"], sent)
        elif self._form is not None and "form" not in known:
            self._form["buttons"].append((known.get("formaction"), sent))

    def handle_data(self, data):
        self._words += data

    def handle_endtag(self, tag):
        while self._open and tag in [each for each, _ in self._open]:
            if self._open.pop()[0] == tag:
                break
        if tag == "button" and self._button:
            self._add(*self._button)
            self._button = None
        if tag == "form" and self._form is not None:
            form, self._form = self._form, None
            for action, sent in form["buttons"] if not form["asks"] else ():
                self._add(action or form["action"], {**form["sent"], **sent})
        self._words = ""

    def _add(self, action, sent):
        self.pressed.append((urljoin(self.address, action), sent, " ".join(self._words.split())))


@pytest.fixture
def lively(project, pia, ana, shot, order, engine, take):
    """A project with something in every state that offers a press."""
    actions.change_project(project, by=pia, budget=Decimal(1))
    order(shot=shot, takes=2)  # over the budget: they wait
    failed = actions.create_shot(project, by=pia, title="Fails", prompt="A storm")
    (gone,) = order(shot=failed, model="gen-4-image", seconds=None)
    type(gone).objects.filter(pk=gone.pk).update(state="failed", failure_code="timeoutProvider")
    return project


@pytest.mark.parametrize("letter", "vrapo")
def test_what_a_page_offers_can_be_pressed(letter, address, client_of, cast, lively):
    refused, seen = [], set()
    for name in PAGES:
        if letter not in PAGES[name]:
            continue
        where = address(name)
        page = client_of(cast[letter]).get(where)
        if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
            continue
        html = b"".join(page) if page.streaming else page.content
        for action, sent, words in Offers(html.decode(), where).pressed:
            key = (
                action,
                tuple(sorted((k, v) for k, v in sent.items() if k not in ("press", "csrfmiddlewaretoken"))),
            )
            if key in seen or action.partition("?")[0] in ENDS_THE_VISIT:
                continue
            seen.add(key)
            with transaction.atomic():
                answer = client_of(cast[letter]).post(action, sent)
                transaction.set_rollback(True)
            if answer.status_code not in (200, 204, 302):
                refused.append((name, words, action.partition("?")[0], answer.status_code))
    assert refused == []
    if letter in "apo":
        assert len(seen) > 20
    assert Membership.objects.filter(project=lively).exists()
