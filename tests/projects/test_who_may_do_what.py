"""Every address of a project for every kind of person: the list comes from the URLconf."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from studio.renders import tokens

# who gets in: v viewer, r reviewer, a artist, p producer; everyone else 404, the anonymous are asked to sign in
EVERYONE, SPENDERS, PRODUCERS = "vrap", "ap", "p"
PROJECT = {
    "renders:board": EVERYONE,
    "renders:shot": EVERYONE,
    "renders:viewer": EVERYONE,
    "renders:card": EVERYONE,
    "renders:circle_part": EVERYONE,
    "live:poll": EVERYONE,
    "renders:new_shot": SPENDERS,
    "renders:edit_shot": SPENDERS,
    "reports:costs": SPENDERS,
    "renders:settings": PRODUCERS,
}
POSTS = {
    "renders:draft": SPENDERS,
    "renders:render": SPENDERS,
    "renders:first_frame": SPENDERS,
    "renders:cancel": SPENDERS,
    "renders:cancel_batch": SPENDERS,
    "renders:dismiss": SPENDERS,
    "renders:circle": SPENDERS,
    "renders:unveil": SPENDERS,
    "renders:use_as_first_frame": SPENDERS,
    "renders:allow": PRODUCERS,
    "renders:write_off": PRODUCERS,
    "reports:budget": PRODUCERS,
}
MEDIA = {"renders:media": EVERYONE, "renders:picture": EVERYONE}
OF_NO_PROJECT = {
    "renders:projects",
    "renders:new_project",
    "renders:hook",
    "accounts:signin",
    "accounts:account",
    "accounts:signout",
    "accounts:link",
    None,  # "/" leads to the projects
}


def _names():
    def walk(patterns, prefix=""):
        for entry in patterns:
            if isinstance(entry, URLPattern):
                yield f"{prefix}{entry.name}" if entry.name else None
            else:
                yield from walk(entry.url_patterns, f"{entry.app_name}:" if entry.app_name else prefix)

    return set(walk(get_resolver().url_patterns))


@pytest.fixture
def take(order, engine, shot):
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    return take


@pytest.fixture
def address(project, shot, take, frame):
    def address(name):
        pattern = {
            "renders:media": [take.code, "original", take.sha256[:12]],
            "renders:picture": [frame.code, "preview", frame.sha256[:12]],
            "renders:cancel_batch": [project.slug, shot.code, take.batch],
        }.get(name)
        if pattern is None:
            takes_code = name.split(":")[1] in {
                "card", "circle_part", "cancel", "dismiss", "circle", "unveil",
                "use_as_first_frame", "allow", "write_off",
            }  # fmt: skip
            of_shot = name.split(":")[1] in {"shot", "viewer", "edit_shot", "draft", "render", "first_frame"}
            pattern = [take.code] if takes_code else [project.slug, shot.code] if of_shot else [project.slug]
        return reverse(name, args=pattern)

    return address


def test_every_address_has_a_row():
    assert _names() == {*PROJECT, *POSTS, *MEDIA, *OF_NO_PROJECT}


@pytest.mark.parametrize("name", [*PROJECT, *POSTS, *MEDIA])
def test_an_address_lets_in_whom_it_should(name, address, client_of, pia, ana, rae, bo, cid, project):
    allowed = {**PROJECT, **POSTS, **MEDIA}[name]
    method = "post" if name in POSTS else "get"
    for letter, person in {"v": bo, "r": rae, "a": ana, "p": pia, "-": cid}.items():
        response = getattr(client_of(person), method)(address(name))
        if letter in allowed and name not in ("renders:unveil", "renders:use_as_first_frame"):
            assert response.status_code in (200, 302, 422), (letter, response.status_code)
        elif letter not in allowed:
            assert response.status_code == 404, letter


@pytest.mark.parametrize("name", [*PROJECT, *POSTS])
def test_the_anonymous_are_asked_to_sign_in(name, address):
    method = "post" if name in POSTS else "get"
    response = getattr(Client(), method)(address(name))
    assert response.status_code == 302
    assert response.url.startswith(reverse("accounts:signin"))


@pytest.mark.parametrize("name", MEDIA)
def test_media_is_not_there_for_the_anonymous(name, address):
    assert Client().get(address(name)).status_code == 404


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_something_is_not_done_by_a_link(name, address, client_of, pia):
    assert client_of(pia).get(address(name)).status_code == 405


def test_a_form_without_our_token_is_refused(address, pia):
    client = Client(enforce_csrf_checks=True)
    client.force_login(pia)
    assert client.post(address("renders:render")).status_code == 403


def test_a_reviewer_and_a_viewer_never_see_a_price(client_of, rae, bo, project, shot, take, address):
    from studio.projects import actions

    actions.change_project(project, by=None, budget=120)
    for person in (rae, bo):
        for name in PROJECT:
            page = client_of(person).get(address(name))
            if page.status_code == 200:
                text = page.content.decode()
                assert "$" not in text and "0.605" not in text, name
                assert "Not charged" not in text


def test_the_hook_knows_only_its_own_tokens(take):
    client = Client()
    assert client.post(reverse("renders:hook", args=["0" * 64])).status_code == 404
    assert client.post(reverse("renders:hook", args=[tokens.make(take.code)])).status_code == 204
