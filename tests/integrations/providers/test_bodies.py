"""Every body shape of `protocols.md` 1.2, 1.5 and 1.8 is read item by item."""

import json
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.integrations.providers import bodies
from studio.integrations.providers.base import Failure, Missing, Result, Running
from studio.integrations.providers.failures import FailureReason

CODE = UUID("0d5b7c2e-1a90-4f52-9a0e-5c0b8f6a1101")
DONE = {
    "taskType": "videoInference",
    "taskUUID": str(CODE),
    "videoUUID": "7f3a9f0c-83cb-4a4f-8a0b-2b1d6a0c2201",
    "videoURL": "https://vm.runware.ai/video/7f3a.mp4",
    "seed": 48120,
    "cost": 0.605,
}
ERROR = {"taskUUID": str(CODE), "code": "invalidProviderContent", "message": "Flagged."}
RESULT = Result(CODE, DONE["videoUUID"], DONE["videoURL"], 48120, Decimal("0.605"))
FAILURE = Failure(CODE, "invalidProviderContent", FailureReason.SAFETY, "Flagged.")


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [
        ({"data": [DONE]}, [RESULT]),
        ({"data": DONE}, [RESULT]),
        ({"data": [{**DONE, "status": "success"}]}, [RESULT]),
        ({"data": [DONE], "errors": []}, [RESULT]),
        ({"data": [DONE], "error": None}, [RESULT]),
        (DONE, [RESULT]),
        ([DONE], [RESULT]),
        ([{"data": [DONE]}], [RESULT]),
        ({"errors": [ERROR]}, [FAILURE]),
        ({"data": None, "errors": ERROR}, [FAILURE]),
        ({"data": [], "error": ERROR}, [FAILURE]),
        ({"error": {"code": "invalidProviderContent", "message": "Flagged."}, "taskUUID": str(CODE)}, [FAILURE]),
        (ERROR, [FAILURE]),
        ({**ERROR, "status": "error"}, [FAILURE]),
        ({"data": [{"taskUUID": str(CODE), "status": "error", "error": {k: ERROR[k] for k in ("code", "message")}}]}, [FAILURE]),
        ({"taskUUID": str(CODE), "status": "error", "error": {k: ERROR[k] for k in ("code", "message")}}, [FAILURE]),
        ({"data": [{"taskUUID": str(CODE), "status": "processing"}]}, [Running(CODE)]),
        ({"data": [{"taskUUID": str(CODE), "status": "processing", "videoUUID": "x"}]}, [Running(CODE)]),
        ({"data": [{"taskUUID": str(CODE), "status": "queued", "progress": 40}]}, [Running(CODE)]),
        ({"data": [{"taskUUID": str(CODE)}]}, [Missing(CODE)]),
        ({"data": []}, []),
        ({"data": [{"taskUUID": "not a uuid", "videoURL": "https://x"}]}, []),
        ({"error": True, "errorId": 19, "errorMessage": "Invalid API key"}, []),
    ],
)  # fmt: skip
def test_a_shape_is_read(body, outcomes):
    assert bodies.outcomes(json.dumps(body).encode()) == outcomes


@pytest.mark.parametrize(
    "cost", ["NaN", "Infinity", '"much"', '"-0.6"', '"6e-1"', "-1", "1e400", "true", "null", "[]", "1e9"]
)
def test_a_cost_that_is_none_is_none(cost):
    body = json.dumps(DONE).replace("0.605", cost).encode()
    (result,) = bodies.outcomes(body)
    assert result.cost is None


@pytest.mark.parametrize("cost", ["0", "0.1234567890123456789", "6.05", "1"])
def test_a_cost_keeps_every_digit(cost):
    (result,) = bodies.outcomes(json.dumps(DONE).replace("0.605", cost).encode())
    assert result.cost == Decimal(cost)


@pytest.mark.parametrize(
    "seed", ["-1", "1.5", '"seven"', '""', "true", "1e400", str(2**64), f'"{2**64}"', "null"]
)
def test_a_seed_that_is_none_is_none(seed):
    (result,) = bodies.outcomes(json.dumps(DONE).replace("48120", seed).encode())
    assert result.seed is None


@pytest.mark.parametrize("seed", ["421", "421.0", '"421"', "4.21e2"])
def test_a_seed_is_read_however_it_is_told(seed):
    """Case 20."""
    (result,) = bodies.outcomes(json.dumps(DONE).replace("48120", seed).encode())
    assert result.seed == 421


@pytest.mark.parametrize(
    "body", [b"", b"<html>502</html>", b"null", b"7", b'"text"', b'{"data": [', b"\xff\xfe", b"[" * 100_000]
)
def test_what_cannot_be_read_says_so(body):
    with pytest.raises(bodies.Unreadable):
        bodies.outcomes(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "errors",
                    "error",
                    "taskUUID",
                    "status",
                    "code",
                    "cost",
                    "seed",
                    "videoURL",
                    "message",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_JSON)
def test_no_json_breaks_the_reader(value):
    try:
        found = bodies.outcomes(json.dumps(value).encode())
    except bodies.Unreadable:
        return
    assert all(isinstance(outcome, Result | Failure | Running | Missing) for outcome in found)
