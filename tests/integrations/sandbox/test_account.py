from decimal import Decimal

from tests.integrations.sandbox.orders import ask, kite, still, turbo


def account(sandbox):
    (item,) = sandbox.send(ask("accountManagement", operation="getDetails"))["data"]
    return item


def test_the_balance_falls_by_exactly_what_is_billed(sandbox):
    before = account(sandbox)["balance"]["amount"]
    tasks = [kite(duration=8), turbo(duration=6), still(numberResults=2)]
    sandbox.send(*tasks)
    sandbox.results(*tasks)

    details = account(sandbox)

    assert before - details["balance"]["amount"] == Decimal("0.965") + Decimal("0.3042") + Decimal("0.16")
    assert details["balance"]["currency"] == "USD"


def test_details_have_the_documented_shape(sandbox):
    sandbox.made(kite())
    details = account(sandbox)

    assert details["operation"] == "getDetails"
    assert details["organizationName"] and details["organizationUUID"] and details["team"]
    assert details["apiKeys"][0]["apiKey"].count("*") == 4
    assert sandbox.key not in str(details)
    assert set(details["usage"]) == {"total", "today", "last7Days", "last30Days"}
    assert details["usage"]["today"]["credits"] >= Decimal("0.605")


def test_the_balance_may_be_a_bare_number(sandbox):
    sandbox.faults("balance_number")

    assert account(sandbox)["balance"] == 1000


def test_other_operations_are_refused(sandbox):
    assert sandbox.refusal(ask("accountManagement", operation="delete"))["allowedValues"] == ["getDetails"]


def test_an_empty_balance_takes_no_task(sandbox):
    sandbox.set_balance("0.60")

    assert sandbox.refusal(kite())["code"] == "insufficientCredits"
    sandbox.send(still())


def test_credits_reserved_by_tasks_in_progress_cannot_be_spent_again(sandbox):
    sandbox.set_balance("1.00")
    first, second = kite(), kite()
    sandbox.faults("never_ends", match=first["taskUUID"])
    sandbox.send(first)

    assert sandbox.refusal(second)["code"] == "concurrentRequestLimitExceeded"
    assert account(sandbox)["balance"]["amount"] == 1
    sandbox.finish(first)
    sandbox.results(first)
    assert sandbox.refusal(second)["code"] == "insufficientCredits"
    sandbox.set_balance("10")
    sandbox.send(second)


def test_a_failed_task_is_not_billed_unless_asked(sandbox):
    free, charged = kite(), kite()
    sandbox.faults("moderation", match=free["taskUUID"])
    sandbox.faults("moderation", match=charged["taskUUID"], charged=True)
    sandbox.send(free, charged)
    sandbox.ended(free, charged)

    assert sandbox.book(free)["billed"] == 0
    assert sandbox.book(charged)["billed"] == Decimal("0.605")
