"""Three kinds of answer: a result, a failure, and what was received and is not understood (cases 03, 08, 26)."""

import base64
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders import archive, lifecycle, results, settlement, webhooks
from studio.generation.renders.models import Render
from studio.integrations.providers.base import Failure, Result
from studio.integrations.providers.failures import FailureReason
from studio.planning.ledger.models import Balance, LedgerEntry
from tests.integrations.media.test_odd_clips import CASES

PRICE = Decimal("0.605")
TINY = Path("studio/integrations/sandbox/tiny/tiny.mp4")


@pytest.fixture
def rendering(order, engine):
    """Takes that the provider has taken and that nobody has asked about yet."""

    def rendering(number=1):
        for _ in range(number):
            (take,) = order()
            lifecycle.submit(str(take.batch))
        Render.objects.update(state="rendering", accepted_at=timezone.now())
        return list(Render.objects.order_by("pk"))

    return rendering


@pytest.fixture
def told(answering):
    """Have the provider answer every poll with an item made for each task: `told(make)`; the arrays it was sent."""

    def told(make):
        sent = []

        def handle(request):
            codes = [task["taskUUID"] for task in json.loads(request.content)]
            sent.append(codes)
            answer = make(codes)
            status = answer.pop("HTTP", 200)
            return httpx.Response(status, json=answer)

        answering(handle)
        return sent

    return told


def ask():
    Render.objects.update(check_at=timezone.now())
    lifecycle.ask()


def done(code, **more):
    item = {"taskType": "videoInference", "taskUUID": code, "status": "success", "videoUUID": f"of {code}"}
    return {**item, "videoURL": f"https://im.runware.ai/{code}.mp4", "seed": 421, "cost": 0.605, **more}


def without(item, *names):
    return {name: value for name, value in item.items() if name not in names}


def sums():
    row = Balance.objects.get()
    return row.spent, row.held


@pytest.mark.parametrize("case", ["outputs.json", "urls.json"])
def test_a_success_without_an_address_is_told_soon_and_its_money_stays_aside(
    rendering, told, client_of, ana, pia, caplog, case
):
    item = json.loads((CASES / "08-success-without-an-address-we-read" / case).read_text())
    (take,) = rendering()
    told(lambda codes: {"data": [{**item, "taskUUID": codes[0]}]})
    ask()
    ask()
    take.refresh_from_db()

    assert (take.state, take.told_cost, take.cost) == ("expired", PRICE, None)
    assert sums() == (0, take.estimate)
    assert [record.levelname for record in caplog.records if "is not understood" in record.message] == [
        "WARNING"
    ]
    assert "videoUUID" in take.unclear
    address = reverse("board:viewer", args=[take.project.slug, take.shot.code])
    said = client_of(pia).get(address, {"take": take.code}).content.decode()
    assert "The answer is not understood" in said
    assert "Not known yet whether this was charged: it was told to cost $0.605" in said
    assert "Book $0.605 as charged" in said and "Write it off, not charged" in said
    assert "Book $0.605" not in client_of(ana).get(address, {"take": take.code}).content.decode()
    card = client_of(ana).get(reverse("viewer:card", args=[take.code])).content.decode()
    assert "Answer not understood" in card and "money stays set aside" in card


def test_a_producer_settles_what_is_not_understood_and_a_late_file_costs_nothing_more(
    rendering, told, client_of, ana, pia
):
    (take,) = rendering()
    told(lambda codes: {"data": [without(done(codes[0]), "videoURL")]})
    ask()
    address = reverse("viewer:book_without_file", args=[take.code])
    assert client_of(ana).post(address).status_code == 404
    client_of(pia).post(address)
    client_of(pia).post(address)
    take.refresh_from_db()
    assert (take.state, take.cost, take.failure_code) == ("failed", PRICE, "bookedWithoutFile")
    assert sums() == (PRICE, 0)

    results.receive(Result(take.task_code, "late", "https://im.runware.ai/a.mp4", 421, PRICE), asked=True)
    take.refresh_from_db()
    assert (take.state, take.cost, take.unclear) == ("saving", PRICE, "")
    assert sums() == (PRICE, 0)


def test_what_was_not_understood_is_filed_when_the_file_comes(rendering, told):
    (take,) = rendering()
    told(lambda codes: {"data": [without(done(codes[0]), "videoURL")]})
    ask()
    told(lambda codes: {"data": [done(codes[0])]})
    ask()
    take.refresh_from_db()
    assert (take.state, take.unclear, take.told_cost, take.cost) == ("saving", "", None, PRICE)
    assert sums() == (PRICE, 0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("videoBase64Data", base64.b64encode(TINY.read_bytes()).decode()),
        ("videoDataURI", "data:video/mp4;base64," + base64.b64encode(TINY.read_bytes()).decode()),
    ],
)
def test_a_file_that_comes_in_the_answer_is_kept(rendering, told, name, content):
    (take,) = rendering()
    told(lambda codes: {"data": [{**without(done(codes[0]), "videoURL"), name: content}]})
    ask()
    Render.objects.update(sandbox=False)
    Render.objects.update(check_at=timezone.now())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studio.integrations.providers.sandboxed", lambda: False)
        archive.save(str(take.code))
    take.refresh_from_db()
    assert (take.state, take.cost) == ("ready", PRICE)
    assert Path(default_storage.path(take.file)).read_bytes() == TINY.read_bytes()


def test_a_callback_that_brings_a_file_with_it_is_only_a_hint(rendering, told):
    """Who knows its address could send any file."""
    (take,) = rendering()
    results.receive(Result(take.task_code, "x", "data:;base64,AAAA", 1, PRICE))
    take.refresh_from_db()
    assert (take.state, sums()) == ("rendering", (0, take.estimate))


@pytest.mark.parametrize("nothing", [{}, None, "", [], False])
@pytest.mark.parametrize("flat", [False, True])
def test_an_error_that_says_nothing_beside_a_result_is_none(rendering, told, nothing, flat):
    (take,) = rendering()
    told(lambda codes: done(codes[0], error=nothing) if flat else {"data": [done(codes[0], error=nothing)]})
    ask()
    take.refresh_from_db()
    assert (take.state, take.cost) == ("saving", PRICE)


def test_errors_that_say_nothing_beside_the_data_are_none(rendering, told):
    (take,) = rendering()
    told(lambda codes: {"data": [done(codes[0])], "errors": [{}], "error": {}})
    ask()
    take.refresh_from_db()
    assert take.state == "saving"


@pytest.mark.parametrize(
    "odd",
    [
        {"cost": "0.605"},
        {"status": "completed"},
        {"code": "success"},
        {"videoUUID": None},
        {"videoUUID": "v" * 300},
        {"videoURL": " https://im.runware.ai/a%2Fb.mp4?X-Signature=c%3D \n"},
        {"brandNew": {"deep": [1, 2, {"x": None}]}},
    ],
    ids=lambda odd: next(iter(odd)),
)
def test_an_odd_item_that_is_right_counts_once(rendering, told, odd):
    (take,) = rendering()
    told(lambda codes: {"data": [{**done(codes[0].upper()), **odd}]})
    ask()
    ask()
    take.refresh_from_db()
    assert (take.state, take.cost) == ("saving", PRICE)
    assert sums() == (PRICE, 0)


# --- what a failure costs ---------------------------------------------------------------------------


def failed(code, **more):
    return {"taskUUID": code, "status": "error", "code": "invalidProviderContent", "message": "No.", **more}


def test_a_failure_that_cost_something_is_booked(rendering, told, client_of, pia):
    (take,) = rendering()
    told(lambda codes: {"errors": [failed(codes[0], cost=0.25)]})
    ask()
    ask()
    take.refresh_from_db()
    assert (take.state, take.cost, take.cost_source) == ("failed", Decimal("0.25"), "provider")
    assert sums() == (Decimal("0.25"), 0)
    assert LedgerEntry.objects.filter(kind="charge").count() == 1
    said = client_of(pia).get(
        reverse("board:viewer", args=[take.project.slug, take.shot.code]), {"take": take.code}
    )
    assert "Charged $0.25" in said.content.decode()


def test_a_file_that_comes_for_a_failure_that_was_charged_costs_what_it_costs_more(rendering, told):
    (take,) = rendering()
    told(lambda codes: {"errors": [failed(codes[0], cost=0.25)]})
    ask()
    results.receive(Result(take.task_code, "late", "https://im.runware.ai/a.mp4", 421, PRICE), asked=True)
    take.refresh_from_db()
    assert (take.state, take.cost) == ("saving", PRICE)
    assert sums() == (PRICE, 0)


def test_a_callback_that_tells_of_a_failure_at_a_price_is_asked_about(rendering):
    (take,) = rendering()
    results.receive(Failure(take.task_code, "x", FailureReason.SAFETY, "No.", cost=Decimal("0.25")))
    take.refresh_from_db()
    assert (take.state, sums()) == ("rendering", (0, take.estimate))


# --- one odd item and its neighbours ----------------------------------------------------------------


def test_an_error_without_a_task_silences_no_neighbour(rendering, told):
    """Case 03: five takes, one of which brings an error that names none."""
    takes = rendering(5)
    bad = str(takes[2].task_code)
    stray = json.loads((CASES / "03-poll-error-without-task" / "answer.json").read_text())["errors"][0]

    def make(codes):
        answer = {"data": [done(code) for code in codes if code != bad]}
        return {**answer, "errors": [stray], "HTTP": 400} if bad in codes else answer

    sent = told(make)
    ask()
    states = list(Render.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["saving", "saving", "rendering", "saving", "saving"]
    assert sent[-1] == [bad] and len(sent) <= 3


def test_an_array_that_is_too_long_is_halved(rendering, told):
    takes = rendering(6)

    def make(codes):
        if len(codes) > 2:
            return {"errors": [{"code": "arrayTooLong", "message": "At most 2."}], "HTTP": 400}
        return {"data": [done(code) for code in codes]}

    told(make)
    ask()
    assert set(Render.objects.values_list("state", flat=True)) == {"saving"}
    assert sums() == (PRICE * len(takes), 0)


def test_one_that_can_not_be_asked_about_leaves_the_clock_of_the_others_alone(rendering, told):
    takes = rendering(4)
    bad = str(takes[0].task_code)

    def make(codes):
        if bad in codes:
            return {"errors": [{"code": "internalServerError", "message": "Oh."}], "HTTP": 400}
        return {"data": [{"taskUUID": code, "status": "processing"} for code in codes]}

    told(make)
    Render.objects.update(check_at=timezone.now())
    lifecycle.ask()
    assert set(Render.objects.values_list("state", flat=True)) == {"rendering"}
    assert all(take.check_at > timezone.now() for take in Render.objects.all())


# --- news that come late, twice, or in the other order ----------------------------------------------


def unclear(code, **more):
    return {**without(done(code), "videoURL"), **more}


def hook(take, *items):
    return webhooks.take_in(take.task_code, json.dumps({"data": list(items)}).encode())


def test_a_callback_charges_nothing_that_a_producer_wrote_off(rendering, told, pia):
    (take,) = rendering()
    told(lambda codes: {"data": [unclear(codes[0])]})
    ask()
    take.refresh_from_db()
    settlement.write_off(take, by=pia)
    callback = json.dumps({"errors": [failed(str(take.task_code))]}).encode()
    webhooks.take_in(take.task_code, callback)
    assert sums() == (0, 0)


def test_a_result_that_is_named_only_later_is_the_same(rendering, told):
    (take,) = rendering()
    told(lambda codes: {"data": [without(done(codes[0]), "videoUUID")]})
    ask()
    hook(take, done(str(take.task_code)))
    hook(take, done(str(take.task_code)))
    assert Render.objects.count() == 1
    assert sums() == (PRICE, 0)


@pytest.mark.parametrize(
    "late", [{"cost": 5}, {"cost": None}, {"videoURL": "https://elsewhere.example/a.mp4"}]
)
def test_a_late_callback_that_does_not_count_by_itself_is_asked_about(rendering, told, pia, late):
    (take,) = rendering()
    told(lambda codes: {"data": [unclear(codes[0], cost=None)]})
    ask()
    take.refresh_from_db()
    settlement.write_off(take, by=pia)
    sent = told(lambda codes: {"data": [done(codes[0])]})
    hook(take, done(str(take.task_code), **late))
    lifecycle.ask_about(str(take.task_code))
    take.refresh_from_db()
    assert sent and take.state == "saving"
    assert sums() == (PRICE, 0)


@pytest.mark.parametrize("status", [200, 400])
def test_an_order_that_is_refused_at_a_price_is_charged(order, engine, answering, status):
    def handle(request):
        (task,) = json.loads(request.content)
        return httpx.Response(status, json={"errors": [failed(task["taskUUID"], cost="0.12")]})

    answering(handle)
    (take,) = order()
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    assert (take.state, take.cost) == ("failed", Decimal("0.12"))
    assert sums() == (Decimal("0.12"), 0)


def test_a_failure_that_is_not_the_end_of_it_is_where_it_costs_something(rendering, told):
    (take,) = rendering()
    told(lambda codes: {"errors": [{**failed(codes[0], cost=0.25), "code": "taskCancelled"}]})
    ask()
    take.refresh_from_db()
    assert (take.state, take.cost) == ("failed", Decimal("0.25"))


@pytest.mark.parametrize(("last", "charged"), [({}, PRICE), ({"cost": 0}, 0)])
def test_what_was_told_to_cost_something_is_remembered_until_it_is_told_otherwise(
    rendering, told, last, charged
):
    (take,) = rendering()
    for item in ({}, {"cost": None}, {"cost": None, "time": 3}):
        told(lambda codes, item=item: {"data": [unclear(codes[0], **item)]})
        ask()
    take.refresh_from_db()
    revision = take.revision
    ask()
    take.refresh_from_db()
    assert (take.told_cost, take.revision) == (PRICE, revision)
    told(lambda codes: {"errors": [failed(codes[0], **last)]})
    ask()
    assert sums() == (charged, 0)


@pytest.mark.parametrize(
    ("item", "state"),
    [
        ({"error": [{"code": "timeoutProvider", "message": "Late."}]}, "failed"),
        ({"error": "It broke"}, "failed"),
        ({"errors": [{"code": "timeoutProvider"}]}, "failed"),
        ({"status": "failed"}, "failed"),
        ({"status": "ERROR"}, "failed"),
        ({"status": "cancelled", "code": 400}, "failed"),
        ({"videoURL": ["https://im.runware.ai/a.mp4"]}, "expired"),
        ({"outputs": {"files": []}}, "expired"),
        ({"status": "Processing"}, "rendering"),
        ({}, "rendering"),
    ],
    ids=str,
)
@pytest.mark.parametrize("flat", [False, True])
def test_an_item_of_another_shape_is_not_taken_for_silence(rendering, told, item, state, flat):
    (take,) = rendering()
    told(lambda codes: {"taskUUID": codes[0], **item} if flat else {"data": [{"taskUUID": codes[0], **item}]})
    ask()
    take.refresh_from_db()
    assert take.state == state


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_a_refusal_to_be_asked_says_nothing_of_the_tasks(rendering, answering, status):
    (take,) = rendering()
    Render.objects.update(state="submitting", sent_at=timezone.now() - timedelta(hours=1))
    answering(lambda request: httpx.Response(status, json={"message": "Too many"}))
    ask()
    take.refresh_from_db()
    assert take.state == "submitting"


def test_a_result_counts_though_an_error_of_the_asking_stands_beside_it(rendering, told):
    (take,) = rendering()
    told(
        lambda codes: {
            "data": [done(codes[0])],
            "errors": [{"taskUUID": codes[0], "code": "internalServerError"}],
        }
    )
    ask()
    take.refresh_from_db()
    assert take.state == "saving"
