"""The pages on which differences with the provider's account are listed and settled, by whom."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.generation.trash import trash
from studio.oversight.reconciliation import settling, views
from studio.oversight.reconciliation.models import Comparison, Difference
from studio.people.accounts.models import User
from studio.planning.ledger import ledger
from studio.planning.ledger.models import Balance, LedgerEntry
from studio.planning.projects import actions
from tests import pages

PAGE = "reconcile:page"


@pytest.fixture
def owner(db):
    return User.objects.create_superuser("olga@studio.example", "a long enough word", name="Olga")


@pytest.fixture
def billed(ready, project):
    """A take that the provider billed otherwise than we booked it."""

    def billed(ours="0.5", theirs="0.605", **columns):
        take = ready(cost=Decimal(ours), cost_source="provider", **columns)
        ledger.charge(take.purchase, take.cost, result=take.result_uuid)
        return Difference.objects.create(
            kind="bill",
            sandbox=True,
            project=take.project,
            render_code=take.code,
            what=take.purchase.what,
            ours=take.cost,
            theirs=Decimal(theirs),
        )

    return billed


@pytest.fixture
def usage(db):
    """Something the account was used for that belongs to no take."""
    return Difference.objects.create(
        kind="usage", sandbox=True, what="Counted by the account", theirs=Decimal("1.5")
    )


@pytest.fixture
def settle(client_of):
    def settle(by, difference, **sent):
        looked_at = {"ours": difference.ours, "theirs": difference.theirs}
        address = reverse("reconcile:settle", args=[difference.code])
        return client_of(by).post(address, {**looked_at, **sent}, follow=True)

    return settle


def read(client_of, by, address=PAGE, *args, **query):
    return client_of(by).get(reverse(address, args=args), query).content.decode()


# --- who ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["pia", "ana", "cid"])
def test_the_page_of_all_projects_is_the_owners(client_of, request, who, project):
    somebody = request.getfixturevalue(who)
    assert client_of(somebody).get(reverse(PAGE)).status_code == 404
    assert client_of(somebody).post(reverse("reconcile:compare")).status_code == 404


@pytest.mark.parametrize("who", ["ana", "rae", "bo", "cid"])
def test_who_does_not_produce_settles_nothing(settle, billed, request, who):
    found = billed()
    assert settle(request.getfixturevalue(who), found, reason="because", do="adjust").status_code == 404
    assert Difference.objects.filter(settled_at=None).exists()


def test_a_producer_settles_on_their_own_project_alone(settle, billed, client_of, pia, cid, project):
    actions.create_project(name="Elsewhere", by=cid)
    found = billed()
    assert settle(cid, found, reason="because", do="adjust").status_code == 404
    page = read(client_of, pia, "reports:costs", project.slug)
    assert "The provider says otherwise" in page
    assert "0.5000 0.6050 0.1050" in pages.text(pages.row(page, found.what + " billed otherwise"))

    answer = settle(pia, found, reason="they told us wrong", do="adjust")
    assert answer.redirect_chain[-1][0] == reverse("reports:costs", args=[project.slug])
    assert "Settled." in pages.text(answer.content.decode())
    assert "The provider says otherwise" not in answer.content.decode()


def test_an_artist_sees_no_differences_on_the_costs_page(client_of, ana, billed, project):
    billed()
    assert "The provider says otherwise" not in read(client_of, ana, "reports:costs", project.slug)


def test_a_producer_settles_nothing_that_belongs_to_no_project(settle, usage, pia, project):
    assert settle(pia, usage, reason="because", do="adjust", project=project.slug).status_code == 404
    assert not LedgerEntry.objects.exists()


def test_money_of_the_other_kind_is_not_on_these_pages(client_of, owner, pia, billed, project, settings):
    billed()
    settings.RUNWARE_API_KEY = "a key"
    assert "Adjust ours" not in read(client_of, owner)
    assert "The provider says otherwise" not in read(client_of, pia, "reports:costs", project.slug)


# --- settling -----------------------------------------------------------------------------


def test_our_books_are_adjusted_with_the_reason_and_who_gave_it(settle, billed, pia, project):
    found = billed()
    settle(pia, found, reason="they told us wrong", do="adjust")
    entry = LedgerEntry.objects.get(kind="adjustment")
    assert (entry.amount, entry.reason, entry.by_name) == (
        Decimal("0.105"),
        "they told us wrong (Pia)",
        "Ana",
    )
    assert Balance.of(project, sandbox=True).spent == Decimal("0.605")
    found.refresh_from_db()
    assert (found.settled_by, found.adjusted, found.reason) == (pia, Decimal("0.105"), "they told us wrong")


def test_a_difference_may_be_left_with_a_reason(settle, billed, pia, project):
    found = billed()
    settle(pia, found, reason="a rebate is agreed", do="leave")
    found.refresh_from_db()
    assert (found.settled_by, found.adjusted, found.reason) == (pia, None, "a rebate is agreed")
    assert not LedgerEntry.objects.filter(kind="adjustment").exists()


@pytest.mark.parametrize("do", ["adjust", "leave"])
@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_is_settled(settle, billed, owner, pia, do, reason):
    found = billed()
    answer = settle(owner, found, reason=reason, do=do)
    assert answer.status_code == 422
    row = pages.row(answer.content.decode(), found.what)
    assert "Say why, for whoever reads the ledger." in pages.text(row)
    assert f'aria-invalid="true" aria-describedby="wrong-{found.code}"' in row
    assert f'id="wrong-{found.code}" role="alert"' in row
    answer = settle(pia, found, reason=reason, do=do)
    assert "Say why, for whoever reads the ledger." in pages.text(answer.content.decode())
    found.refresh_from_db()
    assert found.settled_at is None


def test_money_of_no_take_needs_a_project_and_the_reason_stays_typed(settle, usage, owner, project):
    answer = settle(owner, usage, reason="a test of the key", do="adjust")
    assert answer.status_code == 422
    row = pages.row(answer.content.decode(), usage.what)
    assert "Choose the project that pays for it." in pages.text(row)
    assert 'value="a test of the key"' in row
    assert not LedgerEntry.objects.exists()


def test_a_project_that_was_chosen_stays_chosen(settle, usage, owner, project, pia):
    other = actions.create_project(name="Second film", by=pia)
    answer = settle(owner, usage, reason="", do="adjust", project=other.slug)
    row = pages.row(answer.content.decode(), usage.what)
    assert f'<option value="{other.slug}" selected>' in row
    assert f'<option value="{project.slug}">' in row


def test_only_the_difference_that_was_wrong_is_marked(settle, billed, usage, owner, project):
    found = billed()
    html = settle(owner, found, reason="", do="adjust", project=project.slug).content.decode()
    assert html.count('aria-invalid="true"') == 1
    assert "selected" not in pages.row(html, usage.what)


def test_money_of_no_take_is_booked_on_the_project_that_was_chosen(settle, usage, owner, project):
    settle(owner, usage, reason="a test of the key", do="adjust", project=project.slug)
    entry = LedgerEntry.objects.get()
    assert (entry.project, entry.amount, entry.reason) == (
        project,
        Decimal("1.5"),
        "a test of the key (Olga)",
    )
    usage.refresh_from_db()
    assert usage.project == project


def test_a_project_that_is_not_there_is_told(settle, usage, owner):
    answer = settle(owner, usage, reason="because", do="adjust", project="nowhere")
    assert answer.status_code == 422
    assert "Select a valid choice" in pages.text(answer.content.decode())


def test_a_reason_that_is_too_long_is_told_and_stays_typed(settle, billed, owner):
    answer = settle(owner, billed(), reason="x" * 151, do="adjust")
    assert answer.status_code == 422
    assert "x" * 151 in answer.content.decode()


@pytest.mark.parametrize("how", ["adjust", "leave"])
@pytest.mark.parametrize("reason", ["again", ""])
def test_when_somebody_else_was_faster_it_says_so_and_books_nothing(
    settle, billed, owner, pia, project, how, reason
):
    found = billed()
    settling.leave(found, by=pia, reason="a rebate is agreed")
    answer = settle(owner, found, reason=reason, do=how)
    assert "Nothing was done: it was settled, or its figures changed, meanwhile." in pages.text(
        answer.content.decode()
    )
    assert not LedgerEntry.objects.filter(kind="adjustment").exists()
    found.refresh_from_db()
    assert (found.settled_by, found.reason) == (pia, "a rebate is agreed")


def test_when_somebody_left_money_of_no_take_nobody_is_asked_for_a_project_any_more(
    settle, usage, owner, pia
):
    settling.leave(usage, by=pia, reason="of another studio")
    answer = settle(owner, usage, reason="mine", do="adjust")
    assert answer.status_code == 200
    assert "Nothing was done: it was settled, or its figures changed, meanwhile." in pages.text(
        answer.content.decode()
    )


def test_pressed_twice_it_is_booked_once(settle, billed, pia):
    found = billed()
    for _ in range(2):
        settle(pia, found, reason="they told us wrong", do="adjust")
    assert LedgerEntry.objects.filter(kind="adjustment").count() == 1


def test_an_archived_project_can_be_corrected(settle, billed, pia, project):
    found = billed()
    actions.archive_project(project, by=pia)
    answer = settle(pia, found, reason="they told us wrong", do="adjust")
    assert "Settled." in pages.text(answer.content.decode())
    assert Balance.of(project, sandbox=True).spent == Decimal("0.605")


def test_of_a_project_in_the_trash_only_the_owner_settles(settle, billed, pia, owner, project):
    found = billed()
    trash.trash_project(project, by=pia)
    assert settle(pia, found, reason="because", do="adjust").status_code == 404
    assert settle(owner, found, reason="because", do="adjust").status_code == 200
    assert Balance.of(project, sandbox=True).spent == Decimal("0.605")


def test_what_was_adjusted_is_on_the_costs_page(settle, billed, pia, client_of, project):
    settle(pia, billed(), reason="they told us wrong", do="adjust")
    page = read(client_of, pia, "reports:costs", project.slug)
    assert "they told us wrong (Pia) 0.6050 0.1050" in pages.tile(page, "Ledger")
    assert pages.tile(page, "Spent").startswith("Spent $0.61")


def test_a_reason_with_marks_in_it_stays_words(settle, billed, owner, client_of):
    settle(owner, billed(), reason="<b>why</b>", do="leave")
    assert "&lt;b&gt;why&lt;/b&gt;" in read(client_of, owner)


# --- the page of the owner ------------------------------------------------------------------


def test_before_anything_was_compared_it_says_when_that_happens(client_of, owner):
    assert "Not compared yet: this happens once a day" in pages.text(read(client_of, owner))


def test_comparisons_and_what_was_settled_are_listed(client_of, owner, billed, pia, settle):
    settle(pia, billed(), reason="they told us wrong", do="adjust")
    settle(owner, billed(number=2), reason="a rebate", do="leave")
    Comparison.objects.create(
        sandbox=True, ours=Decimal(3), theirs=Decimal("3.5"), asked=7, late_bills=1, conclusive=True
    )
    Comparison.objects.create(
        sandbox=True, ours=Decimal(3), by=owner, problem="The provider could not be asked"
    )
    page = read(client_of, owner)
    assert pages.text(pages.row(page, "daily")).endswith("daily 3.0000 3.5000 0.5000 7 1 0")
    assert "Olga 3.0000 – – 0 0 0 The provider could not be asked" in pages.text(page)
    assert (
        "Pia 010 take 1 · Gen-4.5 · 5 s billed otherwise 0.5000 0.6050 0.1050 they told us wrong"
        in pages.text(page)
    )
    assert "Olga 010 take 2 · Gen-4.5 · 5 s billed otherwise 0.5000 0.6050 left a rebate" in pages.text(page)
    assert "nothing was missing on either side." in pages.text(page)


def test_what_was_settled_goes_on_by_key(client_of, owner, monkeypatch, usage):
    monkeypatch.setattr(views, "PAGE", 2)
    for number in range(3):
        Difference.objects.create(
            kind="usage", sandbox=True, what=f"Number {number}", settled_at=usage.found_at, theirs=1
        )
    first = read(client_of, owner)
    assert [f"Number {n}" in first for n in (2, 1, 0)] == [True, True, False]
    before = first.partition("?before=")[2].partition('"')[0]
    later = read(client_of, owner, before=before)
    assert [f"Number {n}" in later for n in (2, 1, 0)] == [False, False, True]


def test_thirty_differences_take_as_many_queries_as_three(client_of, owner, pia):
    def differ(count):
        for number in range(count):
            project = actions.create_project(name=f"Film {number}", by=pia)
            common = {"kind": "bill", "sandbox": True, "project": project, "what": "a take", "theirs": 1}
            one = Difference.objects.create(**common, render_code=uuid.uuid4())
            settling.leave(one, by=pia, reason="a rebate")
            Difference.objects.create(**common, render_code=uuid.uuid4())
            Comparison.objects.create(sandbox=True, ours=0, by=pia)

    def queries():
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(reverse(PAGE)).status_code == 200
        return len(seen)

    browser = client_of(owner)
    differ(3)
    few = queries()
    differ(27)
    assert queries() == few


def test_how_many_are_to_settle_stands_on_the_page_of_all_costs(client_of, owner, billed, usage):
    billed()
    assert "Reconciliation: 2 to settle" in pages.text(read(client_of, owner, "reports:studio_costs"))


def test_an_owner_who_settles_on_the_costs_page_of_a_project_stays_there(client_of, billed, owner, project):
    found = billed()
    costs = reverse("reports:costs", args=[project.slug])
    assert '<input type="hidden" name="back" value="costs">' in client_of(owner).get(costs).content.decode()
    address = reverse("reconcile:settle", args=[found.code])
    sent = {"ours": found.ours, "theirs": found.theirs, "back": "costs", "do": "leave"}
    assert client_of(owner).post(address, sent).status_code == 422
    assert client_of(owner).post(address, {**sent, "reason": "a rebate"}).url == costs
