"""A second factor: set up, asked for, recovered from, required of who can spend, and reset by a command."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from studio.people.accounts import known_browsers, links, second_factor
from studio.people.accounts.models import SecondFactorRule, StudioEvent
from studio.planning.projects import access
from studio.planning.projects.models import Project

SIGNIN = {"username": "pia@studio.example", "password": "a long enough word"}
PROJECTS = "/projects/"


class Clock:
    now = 1_800_000_000.0

    def time(self):
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("django_otp.plugins.otp_totp.models.time", clock)
    return clock


@pytest.fixture
def app(clock):
    """The code that somebody's app shows, half a minute after the one before."""

    def app(user, *, of=True):
        clock.now += 30
        shown = TOTP(TOTPDevice.objects.get(user=user, confirmed=of).bin_key)
        shown.time = clock.now
        return f"{shown.token():06d}"

    return app


@pytest.fixture
def with_factor(pia, client_of, app):
    """Pia has a second factor; her recovery codes."""
    client = client_of(pia)
    client.get(reverse("accounts:second_factor"))
    page = client.post(reverse("accounts:second_factor"), {"code": app(pia, of=False)}).content.decode()
    return re.findall(r"<li>([a-z0-9]{5}-[a-z0-9]{5})</li>", page)


@pytest.fixture
def half_way(with_factor):
    """A browser that has shown the password."""
    browser = Client()
    assert browser.post(reverse("accounts:signin"), SIGNIN).url == reverse("accounts:code")
    return browser


def give(browser, code):
    return browser.post(reverse("accounts:code"), {"code": code})


# --- setting up ---------------------------------------------------------------------------


def test_it_is_on_once_a_code_shows_that_the_app_has_the_secret(pia, client_of, app):
    client = client_of(pia)
    page = client.get(reverse("accounts:second_factor")).content.decode()
    assert "<svg" in page and "style=" not in page
    secret = re.search(r'<span class="mono">([A-Z2-7 ]+)</span>', page)[1]
    assert client.get(reverse("accounts:second_factor")).content.decode().count(secret) == 1, (
        "it stays the same"
    )

    wrong = client.post(reverse("accounts:second_factor"), {"code": "000000"})
    assert wrong.status_code == 422 and not second_factor.is_set_up(pia)
    done = client.post(reverse("accounts:second_factor"), {"code": app(pia, of=False)})
    assert len(re.findall(r"<li>[a-z0-9]{5}-[a-z0-9]{5}</li>", done.content.decode())) == 10
    assert second_factor.is_set_up(pia)
    assert "10 recovery codes are left" in client.get(reverse("accounts:account")).content.decode()
    assert StudioEvent.objects.filter(kind="second_factor_on", user=pia).exists()


def test_another_session_is_shown_another_secret(pia, client_of):
    """Whoever looked at it with a stolen password would have both halves later."""

    def seen(client):
        page = client.get(reverse("accounts:second_factor")).content.decode()
        return re.search(r'<span class="mono">([A-Z2-7 ]+)</span>', page)[1]

    mine, thief = client_of(pia), client_of(pia)
    stolen = seen(thief)
    assert seen(mine) != stolen
    assert seen(mine) == seen(mine)
    assert TOTPDevice.objects.filter(user=pia).count() == 1


def test_who_is_signed_in_elsewhere_by_one_factor_is_signed_out(pia, client_of, app):
    thief = Client()
    thief.post(reverse("accounts:signin"), SIGNIN)
    mine = Client()
    mine.post(reverse("accounts:signin"), SIGNIN)
    mine.get(reverse("accounts:second_factor"))
    mine.post(reverse("accounts:second_factor"), {"code": app(pia, of=False)})
    assert mine.get(PROJECTS).status_code == 200
    assert thief.get(PROJECTS).status_code == 302


def test_who_has_one_sees_no_secret_again(with_factor, pia, client_of):
    assert client_of(pia).get(reverse("accounts:second_factor")).url == reverse("accounts:account")


# --- signing in ---------------------------------------------------------------------------


def test_a_password_alone_signs_nobody_in(half_way, pia, app):
    assert half_way.get(PROJECTS).status_code == 302
    assert give(half_way, "000000").status_code == 422
    assert half_way.get(PROJECTS).status_code == 302
    assert give(half_way, app(pia)).url == PROJECTS
    assert half_way.get(PROJECTS).status_code == 200


def test_a_link_is_one_factor(with_factor, pia, app):
    browser = Client()
    assert browser.post(links.path_for(pia)).url == reverse("accounts:code")
    assert browser.get(PROJECTS).status_code == 302
    assert give(browser, app(pia)).url == PROJECTS


def test_it_goes_on_to_where_somebody_was_going(with_factor, pia, app):
    browser = Client()
    browser.post(f"{reverse('accounts:signin')}?next=/account", SIGNIN)
    assert give(browser, app(pia)).url == "/account"
    browser = Client()
    browser.post(f"{reverse('accounts:signin')}?next=https://evil.example/", SIGNIN)
    assert give(browser, app(pia)).url == PROJECTS


def test_a_code_opens_once(half_way, pia, app):
    code = app(pia)
    assert give(half_way, code).url == PROJECTS
    other = Client()
    other.post(reverse("accounts:signin"), SIGNIN)
    assert give(other, code).status_code == 422


def test_a_code_is_read_however_it_is_typed(half_way, pia, app):
    code = app(pia)
    assert give(half_way, f" {code[:3]} {code[3:]} ").url == PROJECTS


def test_a_recovery_code_opens_once_and_nine_are_left(half_way, with_factor, pia):
    assert give(half_way, with_factor[0].upper()).url == PROJECTS
    assert "9 are left" in half_way.get(PROJECTS).content.decode()
    other = Client()
    other.post(reverse("accounts:signin"), SIGNIN)
    assert give(other, with_factor[0]).status_code == 422
    assert give(other, with_factor[1].replace("-", " ")).url == PROJECTS


def test_the_recovery_code_of_another_opens_nothing(half_way, pia, ana, client_of, app):
    client = client_of(ana)
    client.get(reverse("accounts:second_factor"))
    client.post(reverse("accounts:second_factor"), {"code": app(ana, of=False)})
    theirs = StaticToken.objects.filter(device__user=ana).first().token
    assert give(half_way, theirs).status_code == 422
    assert give(half_way, app(ana)).status_code == 422


@pytest.mark.parametrize("code", ["", " ", "x", "１２３４５６", "1" * 5000, "\x00", "-1", "1e5"])
def test_nonsense_is_no_code(half_way, code):
    assert give(half_way, code).status_code == 422


def test_half_a_sign_in_ends_after_a_while_and_with_another_password(half_way, pia, app, monkeypatch):
    pia.set_password("another tidal word")
    pia.save()
    assert give(half_way, app(pia)).url == reverse("accounts:signin")
    assert half_way.get(PROJECTS).status_code == 302
    browser = Client()
    browser.post(reverse("accounts:signin"), {**SIGNIN, "password": "another tidal word"})
    monkeypatch.setattr("studio.people.accounts.second_factor_views._SECONDS", -1)
    browser.post(reverse("accounts:signin"), {**SIGNIN, "password": "another tidal word"})
    assert give(browser, app(pia)).url == reverse("accounts:signin")


def test_nobody_comes_to_the_code_without_a_first_factor(with_factor, pia, app):
    assert give(Client(), app(pia)).url == reverse("accounts:signin")


def test_guesses_at_the_code_end_too(half_way, pia, app, monkeypatch):
    monkeypatch.setattr(second_factor, "MOST_WRONG", 3)
    assert [give(half_way, "000000").status_code for _ in range(4)] == [422, 422, 422, 429]
    assert give(half_way, app(pia)).status_code == 429, "from wherever"
    assert StudioEvent.objects.filter(kind="signin_failed", user=pia, detail="wrong code").count() == 3
    lately = TOTPDevice.objects.get(user=pia).throttling_failure_timestamp
    TOTPDevice.objects.update(throttling_failure_timestamp=lately - timedelta(hours=2))
    assert give(half_way, app(pia)).url == PROJECTS


def test_who_guesses_at_it_locks_nobody_out_of_a_browser_that_is_known(with_factor, pia, app, monkeypatch):
    monkeypatch.setattr(second_factor, "MOST_WRONG", 3)
    mine = Client()
    mine.post(reverse("accounts:signin"), SIGNIN)
    give(mine, app(pia))
    mine.post(reverse("accounts:signout"))
    thief = Client()
    thief.post(reverse("accounts:signin"), SIGNIN)
    assert [give(thief, "000000").status_code for _ in range(4)][-1] == 429
    mine.post(reverse("accounts:signin"), SIGNIN)
    assert give(mine, app(pia)).url == PROJECTS


def test_strangers_who_guess_at_the_password_close_no_code(with_factor, pia, app, settings):
    """A link is used up at its press: the code has to be taken then."""
    settings.GUESSES_PER_HOUR = 2
    for number in range(4):
        wrong = {**SIGNIN, "password": "a guess"}
        Client().post(reverse("accounts:signin"), wrong, REMOTE_ADDR=f"198.51.100.{number}")
    browser = Client()
    browser.post(links.path_for(pia))
    assert give(browser, app(pia)).url == PROJECTS


@pytest.mark.parametrize("following", ["foo", "?page=2", "index", "http://[", "/a b", "x" * 3000])
def test_an_odd_place_to_go_on_to_burns_no_code(with_factor, pia, app, following):
    browser = Client()
    answer = browser.post(reverse("accounts:signin"), {**SIGNIN, "next": following})
    assert answer.status_code == 302
    assert give(browser, app(pia)).status_code == 302
    assert browser.get(PROJECTS).status_code == 200


def test_a_mailbox_makes_no_browser_known(with_factor, pia):
    uid, token = urlsafe_base64_encode(force_bytes(pia.pk)), default_token_generator.make_token(pia)
    browser = Client()
    where = browser.get(reverse("accounts:reset", args=[uid, token])).url
    new = {"new_password1": "another tidal word", "new_password2": "another tidal word"}
    assert browser.post(where, new).status_code == 302
    assert known_browsers.COOKIE not in browser.cookies
    assert browser.post(
        reverse("accounts:signin"), {**SIGNIN, "password": "another tidal word"}
    ).url == reverse("accounts:code")


def test_the_database_is_not_behind_another_door(with_factor, pia):
    pia.is_superuser = pia.is_staff = True
    pia.save()
    browser = Client()
    browser.post(reverse("accounts:signin"), SIGNIN)
    assert browser.get("/admin/").status_code == 302


# --- afterwards ---------------------------------------------------------------------------


def test_other_recovery_codes_and_turning_it_off_take_a_code(with_factor, pia, client_of, app):
    client = client_of(pia)
    client.post(reverse("accounts:recovery_codes"), {"code": "000000"})
    client.post(reverse("accounts:recovery_codes"), {"code": with_factor[9]})
    assert second_factor.codes_left(pia) == 9, "a recovery code makes no others"
    assert second_factor.passes(pia, with_factor[0]) == "recovery"
    page = client.post(reverse("accounts:recovery_codes"), {"code": app(pia)}).content.decode()
    assert len(re.findall(r"<li>[a-z0-9]{5}-", page)) == 10
    assert second_factor.passes(pia, with_factor[1]) == ""

    client.post(reverse("accounts:second_factor_off"), {"code": "000000"})
    assert second_factor.is_set_up(pia)
    client.post(reverse("accounts:second_factor_off"), {"code": app(pia)})
    assert not second_factor.is_set_up(pia)
    assert Client().post(reverse("accounts:signin"), SIGNIN).url == PROJECTS


def test_the_command_resets_it(with_factor, pia, capsys):
    call_command("reset-second-factor", "PIA@studio.example")
    second_factor.begun(pia, {})  # only looked at
    assert "without a second factor" in capsys.readouterr().out
    assert Client().post(reverse("accounts:signin"), SIGNIN).url == PROJECTS
    assert StudioEvent.objects.get(kind="second_factor_off").detail == "by the command"
    for email, words in [("pia@studio.example", "has no second factor"), ("no@x.example", "Nobody here")]:
        with pytest.raises(CommandError, match=words):
            call_command("reset-second-factor", email)


# --- the rule -----------------------------------------------------------------------------


@pytest.fixture
def owner(pia):
    pia.is_superuser = True
    pia.save()
    return pia


def test_who_can_spend_sets_one_up_first_where_the_studio_asks(
    owner, with_factor, ana, rae, client_of, app, shot
):
    client_of(owner).post(reverse("team:second_factor_rule"), {"required": "1"})
    artist = client_of(ana)
    assert artist.get(PROJECTS).url == reverse("accounts:second_factor")
    press = artist.post(reverse("board:render", args=[shot.project.slug, shot.code]), {"prompt": "Dunes"})
    assert press.status_code == 403
    assert artist.get(PROJECTS, headers={"HX-Request": "true"}).status_code == 403
    assert artist.get(PROJECTS, headers={"Accept": "application/json"}).status_code == 403
    assert artist.get(PROJECTS, headers={"Sec-Fetch-Mode": "cors"}).status_code == 403
    assert second_factor.owed_by({ana.pk, rae.pk, owner.pk}) == {ana.pk}
    assert access.door(ana, shot.project.slug) is None and access.door(rae, shot.project.slug)
    assert client_of(rae).get(PROJECTS).status_code == 200, "a reviewer spends nothing"

    assert "asks everybody who can spend" in artist.get(reverse("accounts:second_factor")).content.decode()
    artist.post(reverse("accounts:second_factor"), {"code": app(ana, of=False)})
    assert artist.get(PROJECTS).status_code == 200
    client_of(owner).post(reverse("team:second_factor_rule"), {"required": ""})
    second_factor.turn_off(ana)
    assert artist.get(PROJECTS).status_code == 200


def test_who_may_begin_a_project_can_spend(project, pia):
    Project.objects.filter(pk=project.pk).update(archived_at=timezone.now())
    assert access.can_spend(pia)


def test_the_rule_is_the_owners_who_goes_first(owner, ana, client_of):
    assert client_of(ana).post(reverse("team:second_factor_rule"), {"required": "1"}).status_code == 404
    answer = client_of(owner).post(reverse("team:second_factor_rule"), {"required": "1"})
    assert answer.url == reverse("accounts:second_factor")
    assert not second_factor.is_required_of_spenders()


def test_the_sockets_that_are_open_end_where_the_studio_asks(ana, rae, client_of, shot):
    """They went on hearing everything until they were closed."""
    tickets = set()
    for user, role in ((ana, "artist"), (rae, "reviewer")):
        session = client_of(user).session.session_key
        tickets.add((shot.project_id, user.pk, role, session))
    assert access.still_admitted(tickets) == tickets
    SecondFactorRule.objects.get_or_create(pk=1)
    cache.delete(second_factor.RULE)
    assert {person for _, person, _, _ in access.still_admitted(tickets)} == {rae.pk}
