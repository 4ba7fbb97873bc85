"""What people and providers write is shown as they wrote it, and never becomes part of the page."""

import json
from html import escape
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from studio.generation.renders.models import Render
from studio.planning.projects import actions
from studio.planning.projects.models import Picture, Project, Shot
from studio.runtime.live import frames
from studio.runtime.live.events import locked, record

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}"


class Dangers(HTMLParser):
    """What in a page would run: scripts without an address of ours, handlers, addresses that are code."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            handler = name.startswith("on") or name.startswith("hx-on")
            code = name in ("href", "src", "action", "formaction") and (value or "").startswith("javascript:")
            if handler or code:
                self.found.append((tag, name, value))
        source = dict(attributes).get("src") or ""
        if (tag == "script" and not source.startswith("/static/")) or source == "x":
            self.found.append((tag, source))


def harmless(page):
    assert Dangers(page).found == []
    assert "<script>alert" not in page
    return True


@pytest.fixture
def evil(ready, frame, ana, pia):
    """A project in which every word that can be chosen is an attack."""
    Project.objects.update(name=EVIL[:120])
    Shot.objects.update(title=EVIL, scene=EVIL[:80], prompt=EVIL)
    Picture.objects.update(name=EVIL + ".jpg", from_label="")
    type(ana).objects.update(name=EVIL[:60])
    failed = Render.objects.create(
        **{
            field.attname: getattr(ready, field.attname)
            for field in Render._meta.concrete_fields
            if field.attname not in ("id", "code", "number")
        },
        number=2,
    )
    Render.objects.update(prompt=EVIL, frames=[{**ready.frames[0], "from": EVIL}], note=EVIL)
    Render.objects.filter(pk=failed.pk).update(state="failed", failure_code=EVIL[:80], failure=EVIL)
    ready.refresh_from_db()
    return ready


def test_the_pages_show_it_as_words(evil, client_of, ana, pia):
    slug, code = evil.project.slug, evil.shot.code
    failed = Render.objects.get(state="failed")
    shot = reverse("board:shot", args=[slug, code])
    paths = [
        reverse("dashboard:projects"),
        reverse("board:board", args=[slug]),
        shot,
        f"{shot}?take={failed.code}",
        reverse("board:viewer", args=[slug, code]),
        reverse("viewer:card", args=[evil.code]),
        reverse("board:edit_shot", args=[slug, code]),
        reverse("dashboard:settings", args=[slug]),
        reverse("reports:costs", args=[slug]),
        reverse("accounts:account"),
    ]
    words = 0
    for path in paths:
        page = client_of(pia).get(path)
        assert page.status_code == 200, path
        assert harmless(page.content.decode()), path
        words += escape(EVIL[:60]) in page.content.decode()
    assert words >= 6, "the words were not on the pages at all"


def test_a_socket_sends_it_as_words(evil, ana):
    with locked(evil.project_id):
        for take in Render.objects.all():
            record(evil.project_id, "render.moved", subject=str(take.code), state=take.state)
        record(evil.project_id, "shot.changed", subject=evil.shot.code)
        record(evil.project_id, "project.changed")

    drawn = frames.draw(evil.project_id, 0, ("money", "member"))
    for text in drawn.texts.values():
        html = json.loads(text)["html"]
        assert harmless(html)
        assert escape(EVIL[:40]) in html


def test_what_was_typed_wrongly_comes_back_as_words(evil, client_of, pia):
    slug, code = evil.project.slug, evil.shot.code
    for name, fields in {
        "board:render": {"prompt": EVIL, "takes": EVIL, "seed_mode": "lock", "seed": EVIL, "quality": EVIL},
        "board:draft": {"prompt": EVIL, "model": EVIL, "aspect": EVIL, "format": EVIL},
        "board:edit_shot": {"code": EVIL, "title": EVIL, "scene": EVIL},
    }.items():
        answer = client_of(pia).post(reverse(name, args=[slug, code]), fields, headers={"HX-Request": "true"})
        assert harmless(answer.content.decode()), name


def test_a_name_at_the_door_comes_back_as_words(client, db):
    answer = client.post(reverse("accounts:signin"), {"username": EVIL, "password": "x"})
    assert harmless(answer.content.decode())
    leading = client.get(reverse("accounts:signin"), {"next": f"javascript:{EVIL}"})
    assert harmless(leading.content.decode())


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_the_door_leads_to_no_other_site(client, pia, next_):
    sent = {"username": pia.email, "password": "a long enough word", "next": next_}
    assert client.post(reverse("accounts:signin"), sent).url == "/projects/"


def test_messages_are_words(evil, client_of, pia):
    """A toast names the take, and a take is named by its shot."""
    Shot.objects.update(code=EVIL[:20])
    waiting = Render.objects.filter(pk=evil.pk)
    waiting.update(state="waiting")
    answer = client_of(pia).post(reverse("viewer:allow", args=[evil.code]), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert harmless(answer.content.decode())


def test_the_command_line_and_a_verb_keep_words_as_they_are(project, pia):
    """Escaping is the page's business: nothing is lost on the way in."""
    shot = actions.create_shot(project, by=pia, title=EVIL, prompt=EVIL)
    shot.refresh_from_db()
    assert (shot.title, shot.prompt) == (EVIL, EVIL)
