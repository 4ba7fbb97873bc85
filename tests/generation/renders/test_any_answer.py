"""Whatever a provider answers to a poll: no take is lost, charged twice, or called free where its item says a cost.

`PROPERTY_EXAMPLES` says how many answers are made; `make soak` makes ten thousand.
"""

import json
import os
from collections import Counter
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from studio.generation.renders import lifecycle, results
from studio.generation.renders.models import Render
from studio.integrations.providers import Runware
from studio.integrations.providers.base import NoAnswer
from studio.integrations.providers.wire import Said
from studio.planning.ledger.models import Balance, LedgerEntry

HOLDS = {"rendering", "expired"}
NOTHING = [None, "", {}, [], False, 0]
STATUSES = ["success", "completed", "error", "processing", "queued", "Success", "strange", 200, *NOTHING]
COSTS = [0.605, 0.605, 0, "0.605", "0.25", 0.25, 6.05, -1, "much", True, [0.605], {"amount": 1}, 1e300, None]
ADDRESSES = [
    "https://im.runware.ai/a.mp4",
    " https://im.runware.ai/b.mp4\n",
    "https://elsewhere.example/a.mp4",
    "not an address",
    "data:video/mp4;base64,AAAA",
    7,
    *NOTHING,
]
ERRORS = [
    {"code": "invalidProviderContent", "message": "No."},
    {"code": 4},
    {"cost": 0.25},
    "broken",
    True,
    *NOTHING,
]
TASKS = st.sampled_from([0, 0, 0, 1, 1, 2, "upper", "stranger", "nonsense", None])
ITEM = st.fixed_dictionaries(
    {"taskUUID": TASKS},
    optional={
        "status": st.sampled_from(STATUSES),
        "videoURL": st.sampled_from(ADDRESSES),
        "imageURL": st.sampled_from(ADDRESSES),
        "videoDataURI": st.sampled_from(ADDRESSES),
        "videoBase64Data": st.sampled_from(["AAAA", "===", 3, None]),
        "videoUUID": st.sampled_from(["one", "two", "v" * 300, 5, None]),
        "cost": st.sampled_from(COSTS),
        "error": st.sampled_from(ERRORS),
        "code": st.sampled_from(
            ["success", "timeoutProvider", "taskNotFound", "internalServerError", 9, None]
        ),
        "message": st.sampled_from(["Words.", "\x00\ud800", 3, None]),
        "seed": st.sampled_from([1, -1, 2.0, "3", 2**70, None]),
        "NSFWContent": st.sampled_from([True, False, "yes", None]),
        "parameter": st.sampled_from(["a", ["a", "b"], 4, None]),
    },
)
ITEMS = st.lists(ITEM | st.sampled_from([None, 3, "text", []]), max_size=4)
BODY = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "data": ITEMS | ITEM | st.sampled_from(NOTHING),
            "errors": ITEMS | ITEM | st.sampled_from(NOTHING),
            "error": ITEM | st.sampled_from(ERRORS),
        },
    ),
    ITEM,
    ITEMS,
    st.lists(st.fixed_dictionaries({"data": ITEMS}), max_size=2),
)
SUCCESS = {"taskUUID": 0, "status": "success", "videoUUID": "one", "videoURL": ADDRESSES[0], "cost": 0.605}


def named(value, codes):
    """The same body with the codes of real takes where it names them."""
    if isinstance(value, dict):
        names = {0: codes[0], 1: codes[1], 2: codes[2], "upper": codes[0].upper(), "nonsense": "no-uuid"}
        names["stranger"] = "0d5b7c2e-1a90-4f52-9a0e-5c0b8f6a1101"
        return {
            key: names.get(each) if key == "taskUUID" else named(each, codes) for key, each in value.items()
        }
    return [named(each, codes) for each in value] if isinstance(value, list) else value


def items_of(value, code):
    """Every item, wherever it stands, that names this task."""
    if isinstance(value, list):
        return [item for each in value for item in items_of(each, code)]
    if not isinstance(value, dict):
        return []
    mine = [value] if str(value.get("taskUUID")).lower() == code else []
    return mine + [item for key in ("data", "errors", "error") for item in items_of(value.get(key), code)]


def costs(item):
    """A cost that the item says, and that is one."""
    try:
        cost = Decimal(str(item.get("cost")))
    except ArithmeticError:
        return False
    told = isinstance(item["cost"], float | int | str) and not isinstance(item["cost"], bool)
    return told and 0 < cost < 1_000_000


class Undone(Exception):
    pass


@pytest.fixture
def taken(order, runware):
    """The codes of three takes that the provider has taken."""
    for _ in range(3):
        (take,) = order()
        lifecycle.submit(str(take.batch))
    Render.objects.update(state="rendering")
    return [str(code) for code in Render.objects.order_by("pk").values_list("task_code", flat=True)]


@settings(
    max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@example(body={"data": [{**SUCCESS, "error": {}}]}, status=200)
@example(body={**SUCCESS, "error": {}}, status=200)
@example(body={"data": [SUCCESS], "errors": [{"taskUUID": None, "code": "taskNotFound"}]}, status=400)
@example(
    body={"errors": [{"taskUUID": 0, "status": "error", "code": "timeoutProvider", "cost": 0.25}]}, status=400
)
@example(body={"data": [{"taskUUID": 0, "status": "success", "cost": 0.605}]}, status=200)
@example(
    body=[
        {"taskUUID": 1, "status": "queued", "error": {"code": "invalidProviderContent"}, "cost": "0.605"},
        {"taskUUID": 1, "error": "broken", "code": "timeoutProvider"},
    ],
    status=429,
)
@given(body=BODY, status=st.sampled_from([200, 200, 400, 402, 429, 500, 502]))
def test_whatever_is_answered_no_take_is_lost_charged_twice_or_called_free(taken, body, status):
    try:
        with transaction.atomic():
            _answered(taken, named(body, taken), status)
            raise Undone
    except Undone:
        pass


def _answered(taken, body, status):
    client = Runware(url="https://api.runware.ai/v1", key="a key", result_hosts=["runware.ai"])
    said = Said(status, {}, json.dumps(body, default=str).encode("utf-8", "surrogatepass"))
    wanted = list(Render.objects.order_by("pk").values_list("task_code", flat=True))
    for _ in range(3):  # it stays what they say
        try:
            known, unsure = client.outcomes(wanted, said)
        except NoAnswer:
            known, unsure = [], wanted
        assert set(unsure).isdisjoint({outcome.code for outcome in known})
        for outcome in known:
            results.receive(outcome, asked=True)

    takes = {str(take.task_code): take for take in Render.objects.filter(parent=None)}
    assert set(takes) == set(taken)
    charges = Counter(LedgerEntry.objects.filter(kind="charge").values_list("render_code", "result"))
    assert not charges or max(charges.values()) == 1
    row = Balance.objects.get()
    assert row.held == sum(
        take.estimate for take in takes.values() if take.state in HOLDS or take.charge_unknown
    )
    entries = LedgerEntry.objects.filter(kind__in=["charge", "adjustment"])
    assert row.spent == sum(entry.amount for entry in entries)
    for code, take in takes.items():
        assert take.state in HOLDS | {"saving", "failed"}
        mine = items_of(body, code)
        if take.state == "failed" and take.cost is None:
            # one item says it failed and another of the same task names a cost: a person settles that
            disputed = len(mine) > 1 and take.charge_unknown
            assert disputed or not any(costs(item) for item in mine), mine
            assert take.charge_unknown or any(item.get("cost") == 0 for item in mine), mine
        if take.state == "saving":
            assert take.cost is not None and take.result_url
