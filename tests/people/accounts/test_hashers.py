"""Passwords are hashed one at a time, behind the pages of those who are in."""

import os
import sys
import threading

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.db import connection
from django.test import Client
from django.utils import timezone

from studio.people.accounts import hashers
from studio.planning.projects import people
from studio.review.sharing import links


@pytest.fixture(autouse=True)
def _as_in_earnest(settings):
    settings.PASSWORD_HASHERS = ["studio.people.accounts.hashers.OneAtATime"]


def test_a_password_is_known_again_and_another_is_not():
    kept = make_password("a long enough word")
    assert kept.startswith("argon2$argon2id$v=19$m=102400,t=2,p=1$")
    assert check_password("a long enough word", kept)
    assert not check_password("another", kept)


def test_one_that_was_kept_before_still_opens_and_is_kept_anew():
    before = Argon2PasswordHasher().encode("a long enough word", "a" * 22)
    kept = []
    assert check_password("a long enough word", before, setter=kept.append)
    assert kept == ["a long enough word"]


def test_eight_at_once_are_looked_at_one_after_the_other(monkeypatch):
    """Eight guesses held 800 MB and all cores before; the pages of ten people at work took four times as long."""
    now, most, priorities = [0], [0], set()

    def verify(self, password, encoded):
        now[0] += 1
        most[0] = max(most[0], now[0])
        if sys.platform == "linux":
            priorities.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        threading.Event().wait(0.01)
        now[0] -= 1
        return False

    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    guesses = [threading.Thread(target=hashers.OneAtATime().verify, args=("a", "b")) for _ in range(8)]
    for guess in guesses:
        guess.start()
    for guess in guesses:
        guess.join()
    assert most == [1]
    if sys.platform == "linux":
        mine = os.getpriority(os.PRIO_PROCESS, 0)
        assert priorities == {max(mine, 5)}


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_turn_within_a_transaction(project, pia, monkeypatch):
    """A newcomer who joined held SQLite's one lock while guesses of others were looked at."""
    within = []

    def encode(self, password, salt):
        within.append(connection.in_atomic_block)
        return f"argon2$argon2id$v=19$m=102400,t=2,p=1${salt}$x"

    monkeypatch.setattr(hashers.OneAtATime, "encode", encode)
    invitation = people.invite(project, role="artist", by=pia)
    nia = {"name": "Nia Nel", "email": "nia@studio.example", "password": "a tidal observatory"}
    assert Client().post(people.path_of(invitation), nia).status_code == 302
    rights = dict.fromkeys(["may_note", "may_approve", "may_download"], False)
    links.create(project, by=pia, password="sea", expires_on=timezone.localdate(), **rights)
    assert within == [False, False]
