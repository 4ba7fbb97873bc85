"""What is written down lets nobody in: no key, no token, no address of a result."""

import json
from decimal import Decimal

import httpx
import pytest

from studio.oversight.provider_check import tokens
from studio.oversight.provider_check.models import Job
from studio.oversight.provider_check.report import Report

KEY = "rw-4f9a1c77e0b24d5a"


def told(report):
    """Everything that leaves it."""
    return report.text() + json.dumps(report.facts())


@pytest.mark.django_db(transaction=True)
def test_a_whole_check_tells_no_secret(check, runware, live_server, settings):
    said = []
    report = check("0.30", loopback=live_server.url, public_url=live_server.url, say=said.append)

    text = told(report) + "".join(said)
    assert Job.objects.filter(state="done").count() == 3
    for job in Job.objects.all():
        assert tokens.make(job.code) not in text
    for secret in (runware.key, settings.SECRET_KEY, "http://", "/hooks/", "/video/os", "/image/os"):
        assert secret not in text


def test_a_provider_that_says_it_all_back_is_not_quoted(check, answering):
    """Codes, headers and names of theirs are words that anything can stand in."""

    def answer(request):
        item = {
            "code": KEY,
            "message": f"The key {KEY} is wrong, see https://x.example/?key={KEY}",
            KEY: 1,
            "balance": {KEY: 1, "amount": 5, "https://x.example/secret": 1},
            "usage": {KEY: 1},
        }
        body = {"data": [item | {"code": None}]}
        if b"accountManagement" not in request.content:
            body = {"data": [], "errors": [item]}
        return httpx.Response(
            200, content=json.dumps(body).encode(), headers={"x-ratelimit-key": KEY, "retry-after": KEY}
        )

    report = check("0.30", client=answering(answer, key=KEY))

    assert "[…]" in told(report)
    assert KEY not in told(report)
    assert "x.example" not in told(report)


def test_addresses_are_blotted_out():
    report = Report(sandbox=True, limit=Decimal(1))
    report.saw("11.1", "HTTPS://user:pw@host/a?token=1 and s3://bucket/name", "see http://127.0.0.1:8000/x")
    report.problem("It is at https://studio.example/hooks/check/0123456789.")
    report.job("from ftp://host/x", nested={"list": ["http://y/z"]})

    text = told(report)
    assert "://" not in text
    assert "0123456789" not in text
