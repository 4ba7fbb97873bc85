"""What is sent to Runware, and what we make of its answers, against the sandbox over a real port."""

import json
import uuid
from decimal import Decimal

import httpx
import pytest

from studio.integrations import catalogue
from studio.integrations.providers.base import Accepted, Frame, Later, NoAnswer, Order, Refused, Unknown
from studio.integrations.providers.runware import Runware, data_uri


def order(model="gen-4.5", **more):
    entry = catalogue.get(model)
    preset = entry.presets[0]
    base = {
        "code": uuid.uuid4(),
        "model_id": entry.provider_id,
        "still": entry.is_still,
        "prompt": "A kite over dunes",
        "width": preset.width,
        "height": preset.height,
        "seconds": entry.default_seconds,
        "seed": 7 if entry.has_seed else None,
        "format": entry.formats[0],
        "quality": 95,
        "safety": "none",
        "threshold": "auto",
    }
    return Order(**{**base, **more})


@pytest.fixture
def client(runware):
    client = Runware(url=runware.url, key=runware.key, origin=runware.root)
    yield client
    client.close()


def answering(status=200, body=b"", **headers):
    def handler(request):
        return httpx.Response(status, content=body, headers=headers)

    return Runware(url="https://api.runware.ai/v1", key="k", transport=httpx.MockTransport(handler))


@pytest.mark.parametrize("model", ["gen-4.5", "gen-4-image"])
def test_an_order_is_accepted(client, model):
    sent = order(model)
    assert client.submit([sent]) == {sent.code: Accepted()}


def test_a_first_frame_goes_as_a_data_uri_or_as_an_upload(client, picture_bytes):
    uri = data_uri(picture_bytes(1280, 720), mime="image/jpeg")
    stored = client.upload(picture_bytes(1280, 720), mime="image/jpeg")
    for image in (uri, stored):
        sent = order("gen-4-turbo", frames=(Frame(image),))
        assert client.task(sent)["inputs"] == {"frameImages": [{"image": image, "frame": "first"}]}
        assert client.submit([sent]) == {sent.code: Accepted()}


def test_a_task_asks_for_its_cost_one_result_and_no_waiting(client):
    task = client.task(order("gen-4-image"))
    assert task["includeCost"] is True
    assert task["numberResults"] == 1
    assert task["deliveryMethod"] == "async"
    assert task["outputType"] == "URL"
    assert not {"seed", "ttl", "uploadEndpoint", "duration", "inputs"} & task.keys()


def test_half_a_batch_is_refused(client):
    good, bad = order(), order(seconds=7)
    answers = client.submit([good, bad])
    assert answers[good.code] == Accepted()
    assert isinstance(answers[bad.code], Refused)
    assert answers[bad.code].parameter == "duration"


def test_the_same_order_again_is_accepted_not_made_twice(client, runware):
    sent = order()
    client.submit([sent])
    assert client.submit([sent]) == {sent.code: Accepted()}
    assert runware.book({"taskUUID": str(sent.code)})["posts"] == 2


def test_the_account_says_its_balance_in_both_shapes(client, runware):
    runware.set_balance("41.27")
    assert client.account().balance == Decimal("41.27")
    runware.faults("balance_number")
    assert client.account().balance == Decimal("41.27")


def test_nobody_there_is_certainly_not_taken():
    sent = order()
    (answer,) = Runware(url="http://127.0.0.1:9/v1", key="k", origin="x").submit([sent]).values()
    assert isinstance(answer, Later)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"", Unknown),
        (502, b"<html>bad gateway</html>", Unknown),
        (503, b"<html></html>", Unknown),
        (504, b'{"errors":[{"code":"internalServerError"}]}', Unknown),
        (200, b'{"data":[', Unknown),
        (200, b'{"data":[]}', Unknown),
        (429, b"slow down", Later),
        (402, b'{"errors":[{"code":"insufficientCredits"}]}', Later),
        (200, b'{"errors":[{"code":"insufficientCredits"}]}', Later),
        (401, b'{"errors":[{"code":"invalidApiKey"}]}', Later),
        (400, b'{"errors":[{"code":"concurrentRequestLimitExceeded"}]}', Later),
        (400, b'{"errors":[{"code":"quantumFluxMisaligned"}]}', Refused),
        (400, b'{"error":{"code":"invalidWidth","message":"no"}}', Refused),
    ],
)
def test_an_answer_says_what_to_do_next_whatever_its_status(status, body, kind):
    sent = order()
    (answer,) = answering(status, body).submit([sent]).values()
    assert isinstance(answer, kind)


def test_retry_after_is_honoured():
    sent = order()
    (answer,) = answering(429, b"", **{"Retry-After": "77"}).submit([sent]).values()
    assert answer.seconds == 77


def test_a_question_that_is_not_answered_means_nothing():
    for client in (answering(502, b"<html>"), answering(401, b'{"errors":[{"code":"invalidApiKey"}]}')):
        with pytest.raises(NoAnswer):
            client.ask([uuid.uuid4()])


def test_money_is_decimal_from_the_parser_on():
    code = uuid.uuid4()
    body = json.dumps({"data": [{"taskUUID": str(code), "videoURL": "https://x", "cost": 1}]})
    (result,) = answering(200, body.replace("1}", "0.1234567890123456789}").encode()).ask([code])
    assert result.cost == Decimal("0.1234567890123456789")


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://vm.runware.ai/video/x.mp4", True),
        ("https://runware.ai/x.mp4", True),
        ("http://vm.runware.ai/x.mp4", False),
        ("https://runware.ai.evil.example/x.mp4", False),
        ("https://evilrunware.ai/x.mp4", False),
        ("https://vm.runware.ai:8443/x.mp4", False),
        ("https://user:pw@vm.runware.ai/x.mp4", False),
        ("https://127.0.0.1/x.mp4", False),
        ("file:///etc/passwd", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_results_are_fetched_from_the_providers_own_hosts_only(url, may):
    assert (
        Runware(url="https://api.runware.ai/v1", key="k", result_hosts=["runware.ai"]).may_fetch(url) is may
    )
