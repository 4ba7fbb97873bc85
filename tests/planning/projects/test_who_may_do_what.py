"""Every address, socket and file for every kind of person. The list of addresses comes from the URLconf."""

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from studio.asgi import application
from studio.generation.renders import tokens
from studio.generation.renders.models import Render
from studio.people.accounts.models import StudioEvent, User
from studio.planning.projects import actions, people
from studio.planning.projects.models import Membership, Picture, Project, Shot
from studio.planning.references.models import Reference
from studio.review.dailies.models import Note
from studio.runtime.live import hub
from tests.planning.projects.doors import DOORS, GUESTS, IN_THE_TRASH, MEDIA, PAGES, POSTS


def _names():
    def walk(patterns, prefix=""):
        for entry in patterns:
            if isinstance(entry, URLPattern):
                yield f"{prefix}{entry.name}" if entry.name else None
            elif entry.app_name != "admin":  # Django's own, for the owner; tested beside it
                yield from walk(entry.url_patterns, f"{entry.app_name}:" if entry.app_name else prefix)

    return set(walk(get_resolver().url_patterns))


def _prepare(name, project, shot, take, frame):
    """What a name takes back has been thrown away before."""
    gone = timezone.now() if name in IN_THE_TRASH else None
    of = {
        "trash:restore_shot": Shot,
        "trash:restore_take": Render,
        "trash:restore_picture": Picture,
        "trash:restore_project": Project,
    }
    if name in of:
        things = {Shot: shot, Render: take, Picture: frame, Project: project}
        of[name].objects.filter(pk=things[of[name]].pk).update(trashed_at=gone)


def refusals(person):
    return StudioEvent.objects.filter(kind=StudioEvent.Kind.REFUSED, user=person).values_list(
        "detail", flat=True
    )


def test_every_address_has_a_row():
    assert _names() == {*PAGES, *POSTS, *MEDIA, *DOORS, *GUESTS}


@pytest.mark.parametrize("name", [*PAGES, *POSTS, *MEDIA])
def test_an_address_lets_in_whom_it_should(name, address, client_of, cast, project, shot, take, frame):
    allowed = {**PAGES, **POSTS, **MEDIA}[name]
    method = "post" if name in POSTS else "get"
    where = address(name)
    if name == "team:picture":
        from django.core.files.base import ContentFile
        from django.core.files.storage import default_storage

        person = User.objects.get(email="mo@studio.example")
        default_storage.save(person.picture, ContentFile(b"a picture"))
    for letter in "-vrapo":  # who may least comes first: what the last may do changes the project
        _prepare(name, project, shot, take, frame)
        person = cast[letter]
        response = getattr(client_of(person), method)(where)
        if letter not in allowed:
            assert response.status_code == 404, (letter, response.status_code)
            assert refusals(person), f"no line in the log when {person} was refused at {name}"
        elif name not in ("viewer:unveil", "viewer:use_as_first_frame"):
            assert response.status_code in (200, 302, 422), (letter, response.status_code)
            assert not refusals(person), f"a refusal is told of who got in at {name}"
            Membership.objects.get_or_create(project=project, user=cast["v"], defaults={"role": "viewer"})
            for role, back in {"reviewer": "r", "artist": "a", "producer": "p"}.items():
                Membership.objects.update_or_create(project=project, user=cast[back], defaults={"role": role})
            mo = User.objects.get(email="mo@studio.example")
            Membership.objects.update_or_create(project=project, user=mo, defaults={"role": "artist"})
            Project.objects.filter(pk=project.pk).update(trashed_at=None, archived_at=None)
            Shot.objects.filter(pk=shot.pk).update(trashed_at=None, code=shot.code)
            Render.objects.filter(pk=take.pk).update(trashed_at=None)
            Note.objects.update(deleted_at=None)
            Picture.objects.filter(pk=frame.pk).update(trashed_at=None)
            Reference.objects.get_or_create(project=project, name="mira", defaults={"picture": frame})


def test_the_anonymous_are_asked_to_sign_in(address):
    """One for all addresses: it changes nothing, and to make the project takes longer than to ask."""
    let_in = []
    for name in [*PAGES, *POSTS]:
        response = getattr(Client(), "post" if name in POSTS else "get")(address(name))
        to = response.headers.get("Location", "")
        if response.status_code != 302 or not to.startswith(reverse("accounts:signin")):
            let_in.append((name, response.status_code, to))
    assert not let_in


@pytest.mark.parametrize("name", MEDIA)
def test_media_is_not_there_for_the_anonymous(name, address):
    assert Client().get(address(name)).status_code == 404


def test_what_changes_something_is_not_done_by_a_link(address, client_of, pia):
    browser = client_of(pia)
    answers = {name: browser.get(address(name)) for name in POSTS}
    leads = {name: answer.headers.get("Location", "").partition("?")[0] for name, answer in answers.items()}
    answered = {name for name, answer in answers.items() if answer.status_code not in (404, 405)}
    # they draw their page where something was wrong, and so the links on it begin there
    assert {name: leads[name] for name in answered} == dict.fromkeys(
        ["reports:budget", "reports:line"], address("reports:costs")
    )
    assert Project.objects.get().trashed_at is None


def test_a_form_without_our_token_is_refused(address, pia):
    client = Client(enforce_csrf_checks=True)
    client.force_login(pia)
    assert client.post(address("board:render")).status_code == 403


def test_an_archived_project_can_be_seen_and_not_changed(address, client_of, cast, project):
    actions.archive_project(project, by=None)
    for letter in "apo":
        browser = client_of(cast[letter])
        assert browser.get(address("board:shot")).status_code == 200
        for name in (
            "board:render",
            "board:draft",
            "board:first_frame",
            "composer:change_references",
            "pictures:change",
            "listing:move",
            "viewer:circle",
            "review:note_take",
            "review:decide_take",
            "cut:trim",
        ):
            assert browser.post(address(name)).status_code == 404, name


def test_of_a_project_in_the_trash_nothing_is_there(address, client_of, cast, project):
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now())
    for letter in "vrapo":
        browser = client_of(cast[letter])
        for name in (
            "board:board",
            "board:shot",
            "viewer:card",
            "renders:media",
            "renders:picture",
            "live:poll",
            "activity:activity",
            "review:shot",
            "review:overview",
            "review:list",
            "cut:cut",
        ):
            assert browser.get(address(name)).status_code == 404, (letter, name)


def test_what_lies_in_the_trash_is_served_to_those_who_may_take_it_back(
    address, client_of, cast, pia, take, frame
):
    Render.objects.filter(pk=take.pk).update(trashed_at=timezone.now())
    Picture.objects.filter(pk=frame.pk).update(trashed_at=timezone.now())
    for letter, person in cast.items():
        wanted = 200 if letter in "po" else 404
        for name in ("renders:media", "renders:picture"):
            assert client_of(person).get(address(name)).status_code == wanted, (letter, name)
    browser = client_of(pia)
    assert browser.get(address("viewer:card")).status_code == 404
    assert str(take.code) not in browser.get(address("board:board")).content.decode()
    assert str(take.code) not in browser.get(address("board:shot")).content.decode()


def test_the_hook_knows_only_its_own_tokens(take):
    client = Client()
    assert client.post(reverse("renders:hook", args=["0" * 64])).status_code == 404
    assert client.post(reverse("renders:hook", args=[tokens.make(take.code)])).status_code == 204


# --- sockets ------------------------------------------------------------------------------


def _heard(client, slug):
    """What a person's socket says at first, with who is here; None where it does not open."""
    key = client.cookies[settings.SESSION_COOKIE_NAME].value if client else ""
    headers = [
        (b"host", b"localhost"),
        (b"origin", b"http://localhost"),
        (b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode()),
    ]
    scope = {
        "type": "websocket",
        "path": f"/live/{slug}/",
        "query_string": b"since=0",
        "headers": headers,
        "subprotocols": [],
    }

    async def listen():
        socket = ApplicationCommunicator(application, scope)
        await socket.send_input({"type": "websocket.connect"})
        if (await socket.receive_output(5))["type"] != "websocket.accept":
            return None
        heard = [(await socket.receive_output(5))["text"] for _ in range(2)]
        await socket.send_input({"type": "websocket.disconnect", "code": 1001})
        await socket.wait(5)
        await hub.stop()
        return "".join(heard)

    return async_to_sync(listen)()


@pytest.mark.django_db(transaction=True)
def test_a_socket_opens_for_members_and_the_owner_alone(cast, client_of, project, shot):
    for letter, person in cast.items():
        assert (_heard(client_of(person), project.slug) is not None) == (letter != "-"), letter
    assert _heard(None, project.slug) is None


# --- prices -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_byte_a_reviewer_or_a_viewer_gets_tells_a_price(
    client_of, rae, bo, pia, project, shot, take, address
):
    actions.change_project(project, by=pia, budget=120)
    people.change_role(project.memberships.get(user=bo), "viewer", by=pia)
    for person in (rae, bo):
        browser = client_of(person)
        told = {name: _text(browser.get(address(name))) for name in PAGES}
        told |= {
            "a socket": _heard(browser, project.slug),
            "the polled news": _text(browser.get(address("live:poll") + "?since=0")),
        }
        for name, text in told.items():
            assert "$" not in text and "0.605" not in text and "6050000" not in text, (person, name)
            assert "charged" not in text.lower(), (person, name)


def _text(response):
    if response.status_code != 200:
        return ""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def test_the_same_search_finds_prices_where_they_are_told(client_of, ana, address, take):
    assert "$" in _text(client_of(ana).get(address("board:board")))
