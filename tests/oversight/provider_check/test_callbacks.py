"""Callbacks about a check, from the sandbox to a server that runs: what they look like, and when they come."""

import json
from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from studio.oversight.provider_check import doors
from studio.oversight.provider_check.models import Callback, Job
from tests.integrations.sandbox.running import Receiver
from tests.oversight.provider_check.conftest import IMPATIENT, QUICK, seen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def called(check, live_server):
    """A check whose callbacks reach a server of this studio."""

    def called(limit="0.08", **more):
        return check(limit, loopback=live_server.url, **more)

    return called


def test_the_first_refusal_is_followed_by_another_try(called, books):
    report = called()

    assert report.ok
    assert seen(report, "address") == "the sandbox calls the server beside it, over loopback"
    still = Job.objects.get(key="still")
    assert list(Callback.objects.filter(code=still.code).values_list("answered", flat=True)) == [503, 204]
    words = seen(report, "11.1")
    assert words.startswith("Gen-4 Image, 720 × 720: flat, without status (answered 503, 204 after 0.")
    assert books() == Decimal("0.08")


def test_every_other_call_is_taken_the_first_time(called):
    report = called("0.19")

    turbo = Job.objects.get(key="turbo")
    assert list(Callback.objects.filter(code=turbo.code).values_list("answered", flat=True)) == [204]
    assert "Gen-4 Turbo, 2 s: flat, without status (answered 204)" in seen(report, "11.1")
    assert "content-type application/json, user-agent python-httpx/" in report.text()


@pytest.mark.parametrize(
    ("fault", "shape"),
    [
        ("webhook_data", "data envelope, without status"),
        ("webhook_list", "list, without status"),
        ("webhook_status", "flat, with status"),
        ("webhook_html", "not JSON"),
    ],
)
def test_each_shape_is_recognised(called, runware, books, fault, shape):
    runware.faults(fault)

    report = called()

    assert f"Gen-4 Image, 720 × 720: {shape} (answered 503, 204" in seen(report, "11.1")
    assert books() == Decimal("0.08")
    (job,) = report.facts()["jobs"]
    assert job["callbacks"]["shapes"] == [shape]


def test_a_callback_before_the_answer_is_no_trouble(called, runware, books):
    runware.faults("webhook_before_ack")

    assert called().ok
    assert books() == Decimal("0.08")


def test_a_callback_that_never_comes_is_a_problem(check, live_server, runware, books):
    runware.faults("webhook_never")
    pace = replace(QUICK, callbacks=0.2)

    report = check("0.08", loopback=live_server.url, pace=pace)

    assert report.problems == ["No callback came about anything that was made."]
    assert "Gen-4 Image, 720 × 720: no callback came within 0 s" in seen(report, "11.1")
    assert books() == Decimal("0.08")


def test_without_a_server_results_are_polled_and_it_says_so(check):
    report = check("0.08", loopback="http://127.0.0.1:9")

    assert report.ok
    assert seen(report, "address") == (
        "not asked: no PUBLIC_URL, and no server of this studio runs that a sandbox could call: "
        "callbacks could not be tested, results were polled"
    )


# --- PUBLIC_URL ---------------------------------------------------------------------------


def test_an_address_that_leads_to_this_studio(check, live_server):
    report = check("0.01", public_url=live_server.url)

    assert report.ok
    assert seen(report, "address").startswith(
        "PUBLIC_URL: it leads to this studio (HTTP 404 to a wrong token, HTTP 204 to a right one)"
    )
    assert not Callback.objects.exists()


def test_an_address_where_nobody_is(check):
    report = check("0.01", public_url="http://127.0.0.1:9")

    assert report.problems == ["PUBLIC_URL does not work: it cannot be reached from here, ConnectError."]


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ([200, 200], "no Rushes answers there"),
        ([302, 302], "no Rushes answers there"),
        ([404, 404], "it does not lead to this studio"),
        ([404, 204], "it does not lead to this studio"),
    ],
)
def test_an_address_that_leads_elsewhere(statuses, words):
    elsewhere = Receiver()
    elsewhere.statuses = list(statuses)
    try:
        door = doors.knock(elsewhere.url, through_proxies=False)
    finally:
        elsewhere.close()

    assert (door.opens, door.seen) == (False, words)


def test_with_a_key_the_provider_is_given_the_public_address(check, answering, live_server):
    """It may reach us also where we cannot call ourselves."""
    given = []

    def answer(request):
        tasks = json.loads(request.content)
        given.extend(task["webhookURL"] for task in tasks if "webhookURL" in task)
        return httpx.Response(200, content=b'{"data":[{"balance":5}]}')

    check("0.08", client=answering(answer), sandbox=False, public_url=live_server.url, pace=IMPATIENT)

    assert given
    assert all(address.startswith(f"{live_server.url}/hooks/check/") for address in given)


def test_with_a_key_and_no_public_address_it_says_so(check, answering):
    client = answering(lambda _: httpx.Response(200, content=b'{"data":[{"balance":5}]}'))

    report = check("0.01", client=client, sandbox=False, loopback="http://127.0.0.1:9")

    assert seen(report, "address") == (
        "not asked: no PUBLIC_URL: callbacks could not be tested, results were polled"
    )
    assert report.ok
