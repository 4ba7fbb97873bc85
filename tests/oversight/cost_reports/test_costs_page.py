"""What the costs page says: the price of an approved second, the tables, budgets, what waits."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders import lifecycle
from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.oversight.cost_reports import pages as parts
from studio.oversight.cost_reports import views
from studio.planning.ledger import ledger
from studio.planning.ledger.purchase import Purchase
from studio.planning.projects import actions, people
from studio.planning.projects.models import Membership, Shot
from tests import pages

LEAD = "Per approved second"


# --- the price of an approved second ----------------------------------------------------------


def test_it_leads_with_all_money_by_the_seconds_that_were_approved(costs, paid):
    paid("0.6", verdict="approved")
    paid("0.6", verdict="retake")
    paid("0.6")
    page = costs()
    assert page.tile(LEAD) == f"{LEAD} $0.90 2 s approved of 15 s rendered · all money, stills too"
    assert page.text.index(LEAD) < page.text.index("Spent")


def test_of_a_take_whose_range_was_approved_only_those_frames_count(data, paid, say, pia):
    take = paid("1")
    say(pia, take, "approved", frame=12, last=35)
    assert (data()["approved_seconds"], data()["per_approved_second"]) == (1.0, "1")


def test_a_range_of_one_frame_is_one_frame(data, paid, say, pia):
    take = paid("1")
    say(pia, take, "approved", frame=12, last=12)
    assert data()["approved_seconds"] == round(1 / 24, 3)


def test_the_frames_of_a_film_at_23_976_are_as_long_as_they_are(data, paid):
    paid("1.001", verdict="approved", frame_count=24, fps_num=24000, fps_den=1001)
    assert (data()["approved_seconds"], data()["per_approved_second"]) == (1.001, "1")


def test_clips_of_several_rates_add_up_exactly(data, paid):
    paid("1", verdict="approved", frame_count=24, fps_num=24000, fps_den=1001)
    paid("1", verdict="approved", frame_count=30, fps_num=30, fps_den=1)
    paid("1", verdict="approved", frame_count=25, fps_num=25, fps_den=1)
    assert data()["approved_seconds"] == 3.001


def test_an_approval_that_is_taken_back_counts_no_longer(costs, paid, say, pia):
    take = paid("1")
    say(pia, take, "approved")
    assert costs().tile(LEAD).startswith(f"{LEAD} $0.50")
    say(pia, take, "none")
    assert costs().tile(LEAD) == f"{LEAD} – Nothing is approved yet of 5 s rendered."


def test_an_approval_of_who_does_not_decide_counts_nothing(data, paid, say, rae):
    say(rae, paid("1"), "approved")
    assert data()["per_approved_second"] is None


def test_two_approved_takes_of_a_shot_count_both(data, paid):
    paid("1", verdict="approved")
    paid("1", verdict="approved")
    assert (data()["approved_seconds"], data()["per_approved_second"]) == (4.0, "0.5")


def test_the_money_of_stills_counts_and_their_seconds_do_not(costs, data, paid):
    paid("1", verdict="approved")
    paid("0.08", kind="still", verdict="approved")
    assert (data()["approved_seconds"], data()["per_approved_second"]) == (2.0, "0.54")
    paid("0.08", kind="still", verdict="approved")
    assert costs().tile(LEAD).startswith(f"{LEAD} $0.58 2 s approved of 5 s rendered")


def test_approved_seconds_of_other_days_do_not_count(data, paid):
    paid("1", verdict="approved")
    paid("1", verdict="approved", when=timezone.now() - timedelta(days=40))
    assert data()["approved_seconds"] == 2.0
    assert data(range="all")["approved_seconds"] == 4.0


def test_an_approved_take_in_the_trash_costs_but_is_not_approved_film(data, paid, pia):
    take = paid("1", verdict="approved")
    trash.trash_take(take, by=pia)
    assert (data()["spent"], data()["approved_seconds"]) == ("1", 0.0)


def test_where_nothing_was_rendered_it_says_so(costs):
    page = costs()
    assert page.tile(LEAD) == f"{LEAD} – Nothing was rendered in this time."
    assert "No money has moved in this time." in page.text
    assert "Nothing was billed in this time." in page.text


def test_a_take_on_its_way_is_set_aside_and_nothing_is_spent(costs, order):
    order()
    page = costs()
    assert page.tile("Spent").startswith("Spent $0.00")
    assert page.tile("Set aside") == "Set aside $0.61 1 take on its way · nothing waits"
    assert "No money has moved" not in page.text


# --- money --------------------------------------------------------------------------------


def test_what_was_billed_above_the_estimates_is_told(costs, paid):
    paid("0.7")
    paid("0.5")
    assert "$0.10 over the estimates" in costs().tile("Spent")
    assert "Gen-4.5 1.2100 1.2000 −0.8 %" in costs().tile("Estimated and billed")


def test_how_much_of_the_budget_is_spent_is_told_of_all_there_is(costs, paid, project, pia):
    actions.change_project(project, by=pia, budget=Decimal(10))
    paid("1")
    paid("1.5", when=timezone.now() - timedelta(days=40))
    assert costs().tile("Spent").startswith("Spent $1.00 in 4 weeks; $2.50 in all of $10 · sandbox money")
    assert costs(range="all").tile("Spent").startswith("Spent $2.50 25 % of $10 · sandbox money")


def test_sandbox_money_and_real_money_are_never_added(costs, data, paid, settings):
    paid("1")
    paid("2", sandbox=False, verdict="approved")
    assert (data()["spent"], data()["money"], data()["approved_seconds"]) == ("1", "sandbox", 0.0)
    assert "$2.00 of real money" in costs().text
    settings.RUNWARE_API_KEY = "a key"
    assert (data()["spent"], data()["money"], data()["approved_seconds"]) == ("2", "real", 2.0)
    assert "$1.00 of sandbox money" in costs().text
    assert "· sandbox money" not in costs().text


def test_a_correction_counts_on_its_day_for_whom_it_was_charged(data, paid, pia, ana):
    take = paid("1")
    ledger.adjust(take.purchase, Decimal("-0.25"), reason="a rebate", source="person", by=pia, key="1")
    found = data()
    assert (found["spent"], found["charges"]) == ("0.75", 1)
    assert [line["label"] for line in found["by_person"]] == ["Ana"]


# --- tables -------------------------------------------------------------------------------


def test_by_shot_the_dearest_comes_first_with_its_own_price_a_second(costs, paid, shot, project, pia):
    other = actions.create_shot(project, by=pia, title="Harbour")
    paid("1", shot=shot, verdict="approved")
    paid("3", shot=other)
    paid("3", shot=other)
    assert costs().table("shot") == [
        ["020 Harbour", "2", "none yet", "·", "$6.00"],
        ["010 Kite", "1", "2 s", "$0.50", "$1.00"],
    ]


def test_a_shot_that_was_renamed_keeps_its_money(costs, paid, shot, pia):
    paid("1")
    actions.change_shot(shot, by=pia, code="777", title="Dragon")
    assert costs().table("shot") == [["777 Dragon", "1", "none yet", "·", "$1.00"]]


def test_a_shot_in_the_trash_keeps_its_money_and_leads_nowhere(costs, paid, shot, project, pia):
    paid("1", verdict="approved")
    trash.trash_shots(project, [shot], by=pia)
    page = costs()
    assert page.table("shot") == [["010 Kite (thrown away)", "1", "none yet", "·", "$1.00"]]
    assert reverse("board:shot", args=[project.slug, "010"]) not in page.html


def test_a_shot_that_is_gone_for_good_keeps_its_code(costs, paid, shot):
    paid("1")
    Render.objects.all().delete()
    Shot.objects.update(trashed_at=timezone.now() - timedelta(days=31))
    trash.empty()
    assert not Shot.objects.exists()
    assert costs().table("shot") == [["010 Kite (thrown away)", "1", "none yet", "·", "$1.00"]]
    assert costs(by="scene").table("scene") == [["no scene", "1", "none yet", "·", "$1.00"]]


def test_money_moves_with_a_shot_to_another_scene(costs, paid, shot, pia):
    paid("1", verdict="approved")
    assert costs(by="scene").table("scene") == [["no scene", "1", "2 s", "$0.50", "$1.00"]]
    actions.change_shot(shot, by=pia, scene="2 · Night")
    assert costs(by="scene").table("scene") == [["2 · Night", "1", "2 s", "$0.50", "$1.00"]]


def test_what_has_no_scene_is_the_same_money_in_the_table_and_alone(data, costs, paid, shot, project, pia):
    gone = actions.create_shot(project, by=pia)
    scene = actions.create_shot(project, by=pia, scene="1")
    paid("1", shot=shot)
    paid("2", shot=gone)
    paid("4", shot=scene)
    Render.objects.filter(shot=gone).delete()
    gone.delete()
    assert [(line["label"], line["spent"]) for line in data()["by_scene"]] == [("1", "4"), ("no scene", "3")]
    assert data(scene="")["spent"] == "3"
    assert len(costs(address="reports:ledger", scene="").html.split('<tr data-kind="charge"')) == 3


def test_by_person_and_by_model(costs, paid, ana, pia, shot):
    paid("1", by=ana, verdict="approved")
    paid("2", by=pia, model="gen-4-turbo")
    assert costs(by="person").table("person") == [
        ["Pia", "1", "none yet", "·", "$2.00"],
        ["Ana", "1", "2 s", "$0.50", "$1.00"],
    ]
    assert costs(by="model").table("model") == [
        ["Gen-4 Turbo", "1", "none yet", "·", "$2.00"],
        ["Gen-4.5", "1", "2 s", "$0.50", "$1.00"],
    ]


def test_a_person_who_left_is_still_named(costs, paid, ana, pia, project):
    paid("1")
    people.remove(Membership.objects.get(user=ana, project=project), by=pia)
    page = costs(reader=pia, by="person")
    assert page.table("person")[0][0] == "Ana"
    assert f"person={ana.code}" in page.html
    assert "Ana" in page.tile("Ledger")


def test_a_person_who_was_deleted_is_still_named(costs, paid, ana, pia):
    paid("1")
    ana.delete()
    page = costs(reader=pia, by="person")
    assert page.table("person") == [["Ana", "1", "none yet", "·", "$1.00"]]
    assert "?by=person&amp;person=" not in page.html
    assert "Ana" in costs(reader=pia, address="reports:ledger").text


def test_money_of_no_take_is_of_nobody_and_no_model_and_offers_no_figures_alone(costs, project, pia):
    about = Purchase(
        project_id=project.pk,
        render_code=UUID(int=0),
        what="Counted by the account",
        shot_code="",
        model="",
        seconds=None,
        sandbox=True,
        by_id=None,
        estimate=Decimal(0),
    )
    ledger.adjust(about, Decimal(1), reason="a test", source="person", by=pia, key="1")
    assert costs(by="shot").table("shot") == [["no shot", "0", "none yet", "·", "$1.00"]]
    for by, label in (("model", "no model"), ("person", "nobody")):
        page = costs(by=by)
        assert page.table(by) == [[label, "0", "none yet", "·", "$1.00"]]
        assert f">{label}</a>" not in page.html


def test_a_long_table_goes_on_by_key(costs, paid, project, pia, monkeypatch):
    monkeypatch.setattr(parts, "ROWS", 2)
    for number in range(5):
        paid(str(number + 1), shot=actions.create_shot(project, by=pia, title=f"S{number}"))
    seen, page = [line[-1] for line in costs().table("shot")], costs()
    for _ in range(2):
        page = costs(after=page.further("after"))
        seen += [line[-1] for line in page.table("shot")]
    assert page.further("after") == ""
    assert seen == ["$5.00", "$4.00", "$3.00", "$2.00", "$1.00"]


def test_a_long_table_goes_on_behind_lines_that_are_called_nothing(costs, paid, project, pia, monkeypatch):
    monkeypatch.setattr(parts, "ROWS", 1)
    for cost, scene in (("3", "1"), ("2", ""), ("1", "2")):
        paid(cost, shot=actions.create_shot(project, by=pia, scene=scene))
    seen, after = [], ""
    for _ in range(3):
        page = costs(by="scene", after=after)
        seen += [line[0] for line in page.table("scene")]
        after = page.further("after")
    assert after == ""
    assert seen == ["1", "no scene", "2"]


def test_the_figures_that_follow_the_money_stay_on_their_page_of_the_table(
    costs, paid, project, pia, monkeypatch
):
    monkeypatch.setattr(parts, "ROWS", 1)
    for number in range(2):
        paid(str(number + 1), shot=actions.create_shot(project, by=pia, title=f"S{number}"))
    more = costs().further("after")
    page = costs(after=more, model="gen-4.5")
    asked = page.html.partition('id="costs-figures"')[2].partition('hx-get="')[2].partition('"')[0]
    assert asked.endswith(f"costs?model=gen-4.5&amp;after={more}")


def test_the_figures_alone_are_a_part_of_the_page(client_of, ana, project, paid):
    paid("1")
    address = reverse("reports:costs", args=[project.slug])
    part = client_of(ana).get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="costs-figures"')
    assert "<html" not in part


# --- the ledger ---------------------------------------------------------------------------


def test_the_ledger_has_a_line_for_each_take_that_ended_whatever_it_cost(costs, paid, order, ana):
    (take,) = order()
    lifecycle.cancel(take, by=ana)
    paid("0.7")
    tile = costs().tile("Ledger")
    assert "Ana 010 take 2 · Gen-4.5 · 5 s 0.6050 0.7000" in tile
    assert "Ana 010 take 1 · Gen-4.5 · 5 s · taken back, not charged 0.6050 0.0000" in tile


def test_every_row_of_the_ledger_is_shown_a_page_at_a_time_by_key(costs, paid, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 3)
    codes = [str(paid("1", number=n).purchase.what) for n in range(1, 8)]
    seen, before = [], ""
    for _ in range(3):
        page = costs(address="reports:ledger", before=before)
        lines = [line for line in pages.rows(page.html) if "data-kind" in line]
        seen += [pages.text(f"<td{line.split('<td')[3]}") for line in lines]
        before = page.further("before")
        paid("9", number=90 + len(seen))  # what comes meanwhile moves nothing
    assert before == ""
    assert [line.removesuffix(" SANDBOX") for line in seen] == list(reversed(codes))


def test_what_was_given_back_has_a_minus_in_the_ledger(costs, order, ana):
    (take,) = order()
    lifecycle.cancel(take, by=ana)
    page = costs(address="reports:ledger")
    assert page.row("Released").endswith("0.6050 −0.6050")
    assert page.row("Set aside").endswith("0.6050 0.6050")


# --- how much it reads ----------------------------------------------------------------------

VIEWS = [
    {},
    {"by": "scene"},
    {"by": "person"},
    {"by": "model"},
    {"by": "reason"},
    {"scene": "1", "range": "all"},
]


def test_two_hundred_takes_take_as_many_queries_as_ten(client_of, paid, project, pia, ana):
    shots = [actions.create_shot(project, by=pia, scene=str(number % 3)) for number in range(40)]

    def render(numbers):
        for number in numbers:
            verdict, reasons = (("approved", ""), ("retake", "hands"), ("", ""))[number % 3]
            model, by = ("gen-4.5", "gen-4-turbo")[number % 2], (ana, pia)[number % 2]
            paid("1", shot=shots[number % 40], by=by, verdict=verdict, model=model, reasons=reasons)

    def queries():
        return [_queries(browser, reverse("reports:costs", args=[project.slug]), query) for query in VIEWS]

    browser = client_of(pia)
    render(range(10))
    few = queries()
    render(range(10, 200))
    assert queries() == few
    assert max(few) < 50


def _queries(browser, address, query):
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address, query).status_code == 200
    return len(seen)
