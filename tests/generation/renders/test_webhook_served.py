"""The same door on a real server, where plain ASGI stands in front of Django: nothing breaks it."""

import json
from uuid import UUID

import httpx
import pytest

from studio.generation.renders import tokens
from tests.generation.renders.served import studio_in, uuid_of

PRICE = 80_000_000  # of a still, in nano-dollars


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with studio_in(tmp_path_factory.mktemp("served")) as studio:
        studio.sandbox.faults("never_ends", match="prompt:running")
        yield studio


@pytest.fixture(scope="module")
def codes(studio):
    """A take that is ready and one that is being made."""
    codes = studio.order({"ready": 0, "running": 0})
    wanted = {codes["ready"]: "ready", codes["running"]: "rendering"}
    studio.wait_for(lambda: studio.states() == wanted)
    return codes


@pytest.fixture
def knock(studio, settings):
    """Call back about a take: `knock(code, body)`; the token can be another's."""
    settings.SECRET_KEY = (studio.folder / "secret_key").read_text().strip()

    def knock(code, body, *, token=None, method="POST"):
        content = body if not isinstance(body, dict | list) else json.dumps(body).encode()
        address = f"http://127.0.0.1:{studio.port}/hooks/runware/{token or tokens.make(UUID(code))}"
        return httpx.request(
            method, address, content=content, trust_env=False, verify=False, timeout=10
        ).status_code

    return knock


def unmoved(studio, codes):
    """Nothing was charged, nothing changed."""
    assert studio.states() == {codes["ready"]: "ready", codes["running"]: "rendering"}
    assert studio.rows("SELECT SUM(spent), SUM(held) FROM costs_balance") == [(PRICE, PRICE)]
    return True


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 204),
        (b"<html>Bad Gateway</html>", 204),
        (b"null", 204),
        (b'{"data":[{"taskUUID":', 204),
        (b"[" * 50_000, 204),
        (b"\xff" * 100, 204),
        (b'{"data":[{"taskUUID":"THE TASK","status":[],"code":{}}]}', 204),
        (b'{"data":[{"taskUUID":"THE TASK","imageURL":"http://files.example.invalid/a.jpg","cost":0.08}]}', 204),
        (b'{"data":[{"taskUUID":"THE TASK","imageURL":"http://x/\\ud800","cost":NaN,"imageUUID":"\\ud800"}]}', 204),
        (b'{"data":[{"taskUUID":"THE TASK","status":"processing"}]}', 204),
        (b" " * 2 * 1024 * 1024, 413),
        ([b" " * 60_000] * 3, 413),
    ],
    ids=lambda value: repr(value)[:24],
)  # fmt: skip
def test_no_body_breaks_it(studio, codes, knock, body, status):
    """Rows 6 to 8 and 31; the last comes in pieces and announces no length."""
    content = (
        body.replace(b"THE TASK", uuid_of(codes["running"]).encode()) if isinstance(body, bytes) else body
    )
    sent = content if isinstance(content, bytes) else iter(content)

    assert knock(codes["running"], sent) == status
    assert unmoved(studio, codes)


@pytest.mark.parametrize("token", ["x", "0" * 64, "é" * 64, "%00", "a/b"])
def test_a_wrong_token_is_a_closed_door(studio, codes, knock, token):
    """Row 7."""
    assert knock(codes["running"], b"{}", token=token) == 404
    assert unmoved(studio, codes)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_a_post_is_a_knock(codes, knock, method):
    assert knock(codes["running"], b"", method=method) == 405


def test_the_token_of_another_task_says_nothing_about_this_one(studio, codes, knock):
    """Row 7."""
    failed = {"errors": [{"taskUUID": uuid_of(codes["running"]), "code": "invalidProviderContent"}]}

    assert knock(codes["ready"], failed) == 204
    assert unmoved(studio, codes)


def test_a_token_for_a_take_that_is_gone_does_no_work(studio, codes, knock):
    """Row 7."""
    stranger = "7f3a9f0c83cb4a4f8a0b2b1d6a0c2201"

    assert knock(stranger, {"taskUUID": uuid_of(stranger), "imageURL": "http://x/", "cost": 0.08}) == 204
    assert unmoved(studio, codes)


def test_a_repeat_and_a_late_failure_change_nothing(studio, codes, knock):
    """Row 4."""
    code = codes["ready"]
    ((url, name),) = studio.rows("SELECT result_url, result_uuid FROM renders_render WHERE code = ?", code)
    again = {"taskUUID": uuid_of(code), "imageUUID": name, "imageURL": url, "cost": 0.08}

    for body in (
        again,
        {"data": [again]},
        {"errors": [{"taskUUID": uuid_of(code), "code": "timeoutProvider"}]},
    ):
        assert knock(code, body) == 204
    assert unmoved(studio, codes)


def test_ten_times_the_price_is_asked_about_first(studio, codes, knock):
    """Row 24: the provider says it is still being made, so nothing is charged."""
    code = codes["running"]
    url = studio.sandbox.root + "/image/a.jpg"
    dear = {"taskUUID": uuid_of(code), "imageUUID": "x", "imageURL": url, "cost": 0.8}

    assert knock(code, dear) == 204
    assert unmoved(studio, codes)
