"""Where the provider calls about a check: every call is kept, and nobody else gets in."""

import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from studio.generation.renders import tokens as render_tokens
from studio.oversight.provider_check import books, tokens
from studio.oversight.provider_check.models import Callback
from studio.oversight.provider_check.plans import FINAL, STILL


@pytest.fixture
def job(pia):
    """A job whose first callback is refused."""
    return _job(pia, STILL)


def _job(by, plan):
    return books.draw_up(plan, project=books.project(by), by=by, run=uuid.uuid4(), sandbox=True)


def knock(token, body=b"{}", **headers):
    address = reverse("checks:hook", args=[token])
    return Client().post(address, body, content_type="application/json", headers=headers).status_code


def test_the_first_call_is_refused_where_that_is_wanted(job):
    assert [knock(tokens.make(job.code)) for _ in range(3)] == [503, 204, 204]
    assert list(Callback.objects.values_list("answered", flat=True)) == [503, 204, 204]


def test_else_every_call_is_taken(pia):
    assert knock(tokens.make(_job(pia, FINAL).code)) == 204


def test_a_call_is_kept_as_it_came(job):
    knock(tokens.make(job.code), b"<html>\xff", user_agent="caller/1")

    call = Callback.objects.get()
    assert call.code == job.code
    assert bytes(call.body) == b"<html>\xff"
    assert call.headers == {"content-type": "application/json", "user-agent": "caller/1"}


def test_a_wrong_token_is_a_closed_door(job, settings):
    right = tokens.make(job.code)
    other = tokens.make(uuid.uuid4())
    for token in ("x", "0" * 64, right[:-1], f"{right[:32]}{other[32:]}", render_tokens.make(job.code)):
        assert knock(token) == 404
    settings.WRONG_TOKENS_PER_MINUTE = 1
    assert [knock("x"), knock("x")][-1] == 429
    assert not Callback.objects.exists()


def test_a_body_that_is_too_large_is_not_kept(job):
    assert knock(tokens.make(job.code), b" " * (64 * 1024 + 1)) == 413
    assert not Callback.objects.exists()
    assert knock(tokens.make(job.code), b" " * 64 * 1024) == 503


def test_only_a_post_is_a_knock(job):
    address = reverse("checks:hook", args=[tokens.make(job.code)])
    assert Client().get(address).status_code == 405


def test_a_call_is_no_payment(job):
    knock(
        tokens.make(job.code), b'{"taskUUID":"%s","imageURL":"http://x/","cost":9}' % str(job.code).encode()
    )

    job.refresh_from_db()
    assert (job.state, job.cost, job.estimate) == ("sending", None, Decimal("0.08"))
