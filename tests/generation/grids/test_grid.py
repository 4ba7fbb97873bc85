"""A prompt with variables: planned with its price, rendered once, and shown in its axes."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.generation.grids import sheets
from studio.generation.grids.models import Cell, Grid
from studio.generation.renders import lifecycle
from studio.generation.renders.models import Batch, Render
from studio.generation.trash import trash
from studio.planning.projects import actions
from studio.planning.projects.models import Shot
from tests import pages

PATTERN = "A {wide|close} view of dunes at {dawn|dusk|night}"
PROMPTS = [
    f"A {size} view of dunes at {light}" for size in ("wide", "close") for light in ("dawn", "dusk", "night")
]


class Sheet(pages.Form):
    def __init__(self, html):
        super().__init__(html, "plan")
        self.html, self.words = html, pages.text(html)

    def line(self, words):
        return pages.row(self.html, words)


@pytest.fixture
def shot(project, pia):
    return actions.create_shot(project, by=pia, title="Dunes", prompt=PATTERN, takes=3)


@pytest.fixture
def sheet(client_of, ana, shot):
    def sheet(*, by=ana, **query):
        response = client_of(by).get(reverse("grids:plan", args=[shot.project.slug, shot.code]), query)
        assert response.status_code == 200
        return Sheet(response.content.decode())

    return sheet


@pytest.fixture
def press(client_of, ana, shot):
    """Send a sheet back: `press(sheet, without=[("render", "2")])`."""

    def press(sent, *, by=ana, do="render", **more):
        data = sent if isinstance(sent, dict) else sent.sent(do=do, **more)
        return client_of(by).post(reverse("grids:carry_out", args=[shot.project.slug, shot.code]), data)

    return press


@pytest.fixture
def table(client_of):
    def table(grid, who):
        return client_of(who).get(grid.get_absolute_url()).content.decode()

    return table


def told(response):
    return [str(message) for message in response.wsgi_request._messages]


# --- the composer leads to it ---------------------------------------------------------------


def test_the_button_plans_and_orders_nothing(client_of, ana, shot):
    browser = client_of(ana)
    shown = pages.text(browser.get(shot.get_absolute_url()).content.decode())
    assert "Plan 6 lines ≈ $3.63" in shown
    address = reverse("board:render", args=[shot.project.slug, shot.code])
    answer = browser.post(address, {"prompt": f"{PATTERN}, slow", "takes": "3"})
    assert answer.url == reverse("grids:plan", args=[shot.project.slug, shot.code])
    scripted = browser.post(address, {"prompt": PATTERN}, headers={"HX-Request": "true"})
    assert scripted.headers["HX-Redirect"] == answer.url
    assert not Render.objects.exists()


def test_what_stands_in_the_way_is_said_before_the_plan(client_of, ana, shot):
    answer = client_of(ana).post(
        reverse("board:render", args=[shot.project.slug, shot.code]), {"prompt": PATTERN, "seconds": "7"}
    )
    assert answer.status_code == 422
    assert "Gen-4.5 makes 5, 8 or 10 seconds." in answer.content.decode()


def test_ten_thousand_lines_are_refused_by_their_number(client_of, ana, shot):
    browser, many = client_of(ana), "{a|b|c|d|e|f|g|h|i|j}" * 4
    answer = browser.post(reverse("board:render", args=[shot.project.slug, shot.code]), {"prompt": many})
    assert answer.status_code == 422
    assert "These variables make 10,000 prompts; one plan holds 50." in answer.content.decode()
    plan = browser.get(reverse("grids:plan", args=[shot.project.slug, shot.code]))
    assert plan.status_code == 422
    assert "10,000 prompts" in plan.content.decode()


# --- the sheet ------------------------------------------------------------------------------


def test_each_line_tells_its_choices_its_prompt_and_its_price(sheet, project):
    actions.change_project(project, by=None, budget=Decimal(100))
    shown = sheet()
    assert pages.text(shown.line("wide · dusk")).endswith(
        "wide · dusk A wide view of dunes at dusk Gen-4.5 · 16:9 · 5 s 0.6050"
    )
    assert "6 takes of 6 prompts $3.63" in shown.words
    assert "Budget after: $3.63 of $100 (now $0.00)" in shown.words
    assert shown.sent()["render"] == ["0", "1", "2", "3", "4", "5"]


def test_the_look_that_goes_along_is_shown_unless_the_shot_goes_without(sheet, project, shot, pia):
    actions.change_project(project, by=pia, look="35mm, soft dusk light")
    assert f"{PATTERN} + 35mm, soft dusk light" in sheet().words
    actions.change_shot(shot, by=pia, no_look=True)
    assert "35mm" not in sheet().words


def test_a_line_that_cannot_be_rendered_says_why(sheet, shot, pia):
    actions.change_shot(shot, by=pia, prompt="{|Dunes}")
    line = sheet().line("Write a prompt")
    assert "Gen-4.5 needs one." in pages.text(line)
    assert "disabled" in line


def test_a_prompt_without_variables_has_nothing_to_plan(sheet, shot, pia):
    actions.change_shot(shot, by=pia, prompt="Dunes")
    assert "This prompt has no variables." in sheet().words


def test_unticking_a_line_adds_up_again(sheet, press):
    again = Sheet(press(sheet(), do="plan", without=[("render", "0")]).content.decode())
    assert "5 takes of 5 prompts $3.03" in again.words
    assert not Render.objects.exists()


# --- one press ------------------------------------------------------------------------------


def test_two_by_three_render_six_takes_and_asked_again_none(sheet, press, engine, table, ana, shot):
    answer = press(sheet())
    grid = Grid.objects.get()
    assert answer.url == grid.get_absolute_url()
    assert told(answer) == ["6 takes of 1 shot queued."]
    assert Batch.objects.get().name == "Grid of 010: 6 prompts"
    engine.run()
    takes = list(Render.objects.order_by("number"))
    assert [(take.prompt, take.state) for take in takes] == [(prompt, "ready") for prompt in PROMPTS]
    assert [cell.render for cell in grid.cells.all()] == takes
    assert shot.prompt_versions.get().via == "ordered"

    again = sheet()
    assert "6 of 6 made" in again.words
    assert "made: take 4" in pages.text(again.line("close · dawn"))
    assert "render" not in again.sent()
    assert press(again.sent(do="render") | {"render": ["0", "1"]}).status_code == 409
    assert Render.objects.count() == 6
    html = table(grid, ana)
    assert [
        pages.text(head) for head in html.partition("<thead>")[2].partition("</thead>")[0].split("</th>")[:3]
    ] == ["dawn", "dusk", "night"]
    rows = [pages.text(row).split()[0] for row in pages.rows(html.partition("<tbody>")[2])]
    assert rows == ["wide", "close"]
    assert html.count('data-state="ready"') == 6


def test_pressed_twice_it_orders_once(sheet, press):
    sent = sheet().sent(do="render")
    first, second = press(sent), press(sent)
    assert first.url == second.url
    assert told(second) == ["That was ordered already; nothing was ordered twice."]
    assert Render.objects.count() == 6


def test_the_press_of_a_composer_is_no_press_of_a_sheet(sheet, press, order):
    (take,) = order(prompt="Dunes", takes=1)
    answer = press({**sheet().sent(do="render"), "press": str(take.batch), "render": []})
    assert answer.status_code == 409
    assert "That press has ordered already" in answer.content.decode()


def test_killed_half_way_it_ends_with_six_and_not_one_more(sheet, press, engine, runware, project):
    actions.change_project(project, by=None, in_flight=2)
    press(sheet())
    lifecycle.submit(str(Render.objects.first().batch))
    assert Render.objects.filter(state="queued").count() == 4
    lifecycle.wake_all()  # it was killed here, and has come back

    halfway = sheet()
    assert "6 of 6 made" in halfway.words and "render" not in halfway.sent()
    engine.run()
    assert Render.objects.filter(state="ready").count() == Render.objects.count() == 6
    assert Cell.objects.filter(render__state="ready").count() == 6


def test_what_was_unticked_is_priced_and_can_be_planned_from_the_grid(
    sheet, press, engine, table, ana, rae, shot, pia
):
    unticked = press(sheet(), do="plan", without=[("render", "1"), ("render", "5")])
    press(Sheet(unticked.content.decode()))
    engine.run()
    grid = Grid.objects.get()
    words = pages.text(table(grid, ana))
    assert words.count("Not made ≈ $0.61") == 2
    assert "Plan what is missing: 2" in words
    seen_by_a_reviewer = pages.text(table(grid, rae))
    assert "Not made" in seen_by_a_reviewer
    assert "$" not in seen_by_a_reviewer and "Plan what" not in seen_by_a_reviewer

    actions.change_shot(shot, by=pia, prompt="Something else", seconds=8)
    rest = sheet(grid=grid.code)
    assert rest.sent()["render"] == ["1", "5"]
    assert press(rest).url == grid.get_absolute_url()
    assert Grid.objects.count() == 1
    assert [take.seconds for take in Render.objects.all()] == [5] * 6
    assert not Cell.objects.filter(render=None).exists()


def test_a_grid_whose_first_frame_was_thrown_away_is_not_ordered_without_it(
    client_of, sheet, press, ana, pia, shot, frame
):
    actions.change_shot(shot, by=pia, first_frame=frame)
    unticked = press(sheet(), do="plan", without=[("render", "1")])
    press(Sheet(unticked.content.decode()))
    grid = Grid.objects.get()
    rest = sheet(grid=grid.code)
    actions.change_shot(shot, by=pia, first_frame=None)
    trash.trash_picture(frame, by=pia)

    address = reverse("grids:plan", args=[shot.project.slug, shot.code])
    for answer in (client_of(ana).get(address, {"grid": grid.code}), press(rest)):
        assert answer.status_code == 422
        assert "The first frame of this grid was thrown away." in answer.content.decode()
    page = client_of(ana).get(grid.get_absolute_url())
    assert "Not made" in page.content.decode() and "≈" not in page.content.decode().split("<table")[1]
    assert Render.objects.count() == 5


def test_a_take_of_the_same_order_counts_whoever_made_it(sheet, order, engine, shot):
    order(prompt=PROMPTS[2], takes=1)
    order(prompt=PROMPTS[3], takes=1, quality=80)
    engine.run()
    shown = sheet()
    assert "1 of 6 made" in shown.words
    assert shown.sent()["render"] == ["0", "1", "3", "4", "5"]


def test_what_failed_may_be_tried_again(sheet, press, engine, runware):
    runware.faults("fail", match="prompt:night")
    press(sheet())
    engine.run()
    assert Render.objects.filter(state="failed").count() == 2, list(
        Render.objects.values_list("state", "failure")
    )
    assert sheet().sent()["render"] == ["2", "5"]


def test_another_look_is_another_grid(sheet, press, project, pia):
    press(sheet())
    actions.change_project(project, by=pia, look="On film")
    assert "made" not in sheet().words
    press(sheet())
    assert Grid.objects.count() == 2


def test_what_passes_the_budget_waits_and_is_not_asked_for_twice(sheet, press, project, pia):
    actions.change_project(project, by=pia, budget=Decimal("2.50"))
    shown = sheet()
    assert "2 lines would pass a budget" in shown.words
    press(shown)
    assert Render.objects.filter(state="waiting").count() == 2
    assert "render" not in sheet().sent()


def test_a_shot_that_changed_since_is_pointed_at_and_nothing_is_ordered(sheet, press, shot, pia):
    shown = sheet()
    actions.change_shot(shot, by=pia, seconds=8)
    answer = press(shown)
    assert answer.status_code == 409
    assert "Something changed since this was shown" in answer.content.decode()
    assert not Render.objects.exists() and not Grid.objects.exists()


def test_a_locked_seed_is_the_same_for_all(sheet, press, shot, pia):
    actions.change_shot(shot, by=pia, seed=7)
    assert "seed 7" in sheet().words
    press(sheet())
    assert {take.seed_asked for take in Render.objects.all()} == {7}


def test_a_third_variable_has_a_table_for_each_choice(sheet, press, table, ana, shot, pia):
    actions.change_shot(shot, by=pia, prompt="{wide|close} dunes at {dawn|dusk}, {calm|windy}")
    press(sheet())
    html = table(Grid.objects.get(), ana)
    captions = [part.partition("</caption>")[0].rpartition(">")[2] for part in html.split("<caption")[1:]]
    assert captions == ["calm", "windy"]
    assert len(pages.rows(html)) == 6


def test_one_variable_runs_down(sheet, press, table, ana, shot, pia):
    actions.change_shot(shot, by=pia, prompt="Dunes{| at dusk}")
    press(sheet())
    html = table(Grid.objects.get(), ana)
    first, second = (pages.text(row) for row in pages.rows(html))
    assert first.startswith("(nothing) 1") and second.startswith("at dusk 2")
    assert "<thead>" not in html


def test_pages_take_as_many_queries_for_many_cells_as_for_few(client_of, ana, shot, pia, sheet, press):
    browser, asked = client_of(ana), []
    for prompt in ("{a|b} dunes", "{a|b|c|d|e|f} dunes at {dawn|dusk|night}"):
        actions.change_shot(shot, by=pia, prompt=prompt)
        press(sheet())
        for address in (
            Grid.objects.first().get_absolute_url(),
            reverse("grids:plan", args=[shot.project.slug, shot.code]),
        ):
            browser.get(address)
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(address).status_code == 200
            asked.append(len(seen))
    assert asked[:2] == asked[2:]


def test_a_grid_of_another_project_is_not_there(client_of, cid, sheet, press):
    press(sheet())
    elsewhere = actions.create_project(name="Elsewhere", by=cid)
    other = actions.create_shot(elsewhere, by=cid, prompt="{a|b}")
    address = reverse("grids:plan", args=[elsewhere.slug, other.code])
    for code in (Grid.objects.get().code, "nonsense"):
        assert client_of(cid).get(address, {"grid": code}).status_code == 404


def test_the_shot_page_names_its_grids(client_of, ana, shot, sheet, press):
    press(sheet())
    assert "Grid of 6," in pages.text(client_of(ana).get(shot.get_absolute_url()).content.decode())


def test_the_grid_of_another_shot_is_not_planned_here(client_of, ana, project, pia, sheet, press):
    press(sheet())
    other = actions.create_shot(project, by=pia, title="Sea", prompt="The sea")
    address = reverse("grids:plan", args=[project.slug, other.code])
    assert client_of(ana).get(address, {"grid": Grid.objects.get().code}).status_code == 404


# --- hands of two people --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"prompt": "{a|b|c|d|e|f|g|h} {a|b|c|d|e|f|g|h}"}, "64 prompts"),
        ({"model": "gen-4-turbo"}, "first frame"),
    ],
)
def test_what_is_changed_in_the_moment_of_the_press_is_said(monkeypatch, sheet, press, shot, changed, said):
    shown, fresh = sheet(), sheets._fresh

    def fresh_after_somebody_changed_it(shot, project):
        Shot.objects.filter(pk=shot.pk).update(**changed)
        return fresh(shot, project)

    monkeypatch.setattr(sheets, "_fresh", fresh_after_somebody_changed_it)
    answer = press(shown)
    assert answer.status_code in (409, 422)
    assert said in answer.content.decode()
    assert not Render.objects.exists()
