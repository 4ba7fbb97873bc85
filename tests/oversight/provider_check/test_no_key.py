"""Where the key does not work nothing is bought, and the report says why in words."""

import httpx
import pytest

from studio.integrations.providers import Runware
from studio.oversight.provider_check.models import Job
from studio.oversight.provider_check.report import POINTS
from studio.planning.projects.models import Project
from tests.oversight.provider_check.conftest import seen


def nothing_happened(report):
    """It says what is wrong, every point says that it was not asked, and no row was made."""
    assert not report.ok
    assert {finding.point for finding in report.findings} == set(POINTS)
    assert "not asked: the key does not work" in seen(report, "11.6")
    assert not Job.objects.exists()
    assert not Project.objects.exists()
    (problem,) = report.problems
    return problem


def test_a_key_nobody_knows(check, runware):
    client = Runware(url=runware.url, key="made up", origin=runware.root)

    assert nothing_happened(check(client=client)) == (
        "The key is not accepted: HTTP 401, data 0, errors 1 (invalidApiKey)."
    )


def test_nobody_there(check):
    client = Runware(url="http://127.0.0.1:9/v1", key="k", origin="x")

    assert nothing_happened(check(client=client)) == "The provider cannot be reached (ConnectError)."


def test_an_address_that_is_none(check):
    client = Runware(url="http://here:and-there", key="k", origin="x")

    assert nothing_happened(check(client=client)) == "The provider cannot be reached (InvalidURL)."


def test_no_answer_in_time(check, runware):
    runware.faults("answer_lost", phase="other")

    assert nothing_happened(check()).startswith("The provider did not answer (")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (502, b"<html>Bad Gateway</html>", "HTTP 502, text/html, unreadable"),
        (200, b"<html>Welcome</html>", "HTTP 200, text/html, unreadable"),
        (200, b'{"data":[{"task', "HTTP 200, text/html, unreadable"),
        (200, b"", "HTTP 200, text/html, unreadable"),
        (200, b"[" * 100_000, "HTTP 200, text/html, unreadable"),
        (200, b"null", "HTTP 200, text/html, unreadable"),
        (200, b'{"data":null}', "HTTP 200, data 0"),
        (200, b'{"data":[1,2]}', "HTTP 200, data 0"),
        (
            500,
            b'{"error":{"code":"internalServerError"}}',
            "HTTP 500, data 0, errors 1 (internalServerError)",
        ),
        (429, b'{"errors":[{"code":7}]}', "HTTP 429, data 0, errors 1 (without a code)"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_an_answer_that_says_nothing(check, answering, status, body, words):
    client = answering(lambda _: httpx.Response(status, content=body, headers={"content-type": "text/html"}))

    problem = nothing_happened(check(client=client))
    assert problem == f"What the provider says of the account tells nothing: {words}."


@pytest.mark.parametrize(
    "told", [b'"a lot"', b"true", b"NaN", b"[1]", b"null", b'{"amount":"1"}', b"1e999999999", b"-1e10"]
)
def test_a_balance_that_is_no_amount(check, answering, told):
    client = answering(lambda _: httpx.Response(200, content=b'{"data":[{"balance":%s}]}' % told))

    assert check("0.01", client=client).problems == ["The balance is not told."]


@pytest.mark.parametrize("told", [b"0", b"-3.5", b"1e-999999999", b'{"amount":12.3456}'])
def test_a_balance_that_is_one(check, answering, told):
    client = answering(lambda _: httpx.Response(200, content=b'{"data":[{"balance":%s}]}' % told))

    assert check("0.01", client=client).ok
