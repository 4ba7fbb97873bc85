"""The shot list by hand: dragged, moved by keys, imported, filled with boards, thrown away and taken back."""

from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.test_journey import board


def shots(studio, name, number):
    return studio.shell(
        "from studio.planning.projects import actions; from studio.people.accounts.models import User; by = User.objects.first();"
        f"p = actions.create_project(name={name!r}, by=by);"
        f"[actions.create_shot(p, by=by, title=f'Shot {{n}}', scene='1 · Harbour') for n in range({number})];"
        "print(f'/projects/{p.slug}/')"
    ).strip()


def codes(page):
    return page.locator("tr[data-shot] td.code").all_inner_texts()


def test_a_shot_is_dragged_and_stays_where_it_was_put(open_page, studio):
    path = shots(studio, "Dragged", 4)
    page = open_page(f"{path}list/")
    expect(page.locator("live-feed")).to_have_text("Live")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Move shot 010").drag_to(
        page.get_by_label("Move shot 030"), target_position={"x": 8, "y": 20}
    )
    expect(page.get_by_text("Shot 010 moved.")).to_be_visible()
    assert codes(page) == ["020", "030", "010", "040"]
    assert page.evaluate("window.sameDocument"), "one's own change does not load the page again"
    page.reload()
    assert codes(page) == ["020", "030", "010", "040"]


def test_the_grip_moves_a_shot_by_keys(open_page, studio):
    page = open_page(f"{shots(studio, 'Keys', 4)}list/")
    page.get_by_label("Move shot 040").focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect(page.get_by_text("Shot 040 moved.")).to_be_visible()
    expect(page.get_by_label("Move shot 040")).to_be_focused()
    page.reload()
    assert codes(page) == ["040", "010", "020", "030"]


def test_what_another_moves_is_seen(open_page, studio):
    path = shots(studio, "Both", 3)
    mine, theirs = open_page(f"{path}list/"), open_page(f"{path}list/")
    expect(theirs.locator("live-feed")).to_have_text("Live")
    mine.get_by_label("Move shot 010").focus()
    mine.keyboard.press("ArrowDown")
    expect(theirs.locator("tr[data-shot]").first).to_have_attribute("data-code", "020")


def test_ticked_shots_are_changed_thrown_away_and_taken_back(open_page, studio):
    page = open_page(f"{shots(studio, 'Ticked', 3)}list/")
    page.get_by_label("Tick all on this page").check()
    expect(page.get_by_text("3 ticked")).to_be_visible()
    page.get_by_placeholder("Scene").fill("2 · Night")
    page.get_by_role("button", name="Set").click()
    expect(page.get_by_role("cell", name="2 · Night")).to_have_count(3)
    page.get_by_label("Tick shot 020").check()
    page.get_by_role("button", name="Throw away").click()
    expect(page.locator("tr[data-shot]")).to_have_count(2)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("tr[data-shot]")).to_have_count(3)


def test_a_sheet_is_seen_before_it_is_brought(open_page, studio):
    page = open_page(f"{shots(studio, 'Sheet', 1)}list/import")
    page.get_by_label("Or paste the rows").fill(
        "code\ttitle\tseconds\n010\tRenamed\t8\n020\tNew\tseven\n030\tAnother\t5"
    )
    page.get_by_role("button", name="Show what it would change").click()
    expect(page.get_by_text("1 new, 1 changed, 0 as they are, 1 with a problem")).to_be_visible()
    page.get_by_role("button", name="Import 1 new and 1 changed").click()
    expect(page.get_by_role("cell", name="Renamed")).to_be_visible()
    assert codes(page) == ["010", "030"]


def test_boards_are_matched_before_they_are_sent_and_a_rival_is_chosen(open_page, studio):
    path = shots(studio, "Boards", 2)
    page = open_page(f"{path}list/boards")
    files = [
        {**board(), "name": name}
        for name in ("010_a.jpg", "010_b.jpg", "020_kite.jpg", "030_new.jpg", "notes.txt")
    ]
    page.locator("#id_boards").set_input_files(files)
    expect(page.get_by_text("2 to place, 1 of them make a shot, 3 with a problem.")).to_be_visible()
    page.get_by_label("Use 010_a.jpg for shot 010").click()
    page.get_by_label("Use 010_b.jpg for shot 010").click()  # one may change one's mind
    expect(page.locator("tr[data-name='010_b.jpg']")).to_contain_text("first frame of 010")
    expect(page.locator("tr[data-name='010_a.jpg']")).to_contain_text("left out")
    page.get_by_role("button", name="Place 3 boards").click()
    page.wait_for_url("**/list/")
    expect(page.locator("tr[data-shot] [title='It has a first frame']")).to_have_count(3)
    page.goto(f"{path}pictures")
    expect(page.locator(".picture")).to_have_count(1)  # the same file, held once


def test_a_shot_is_thrown_away_on_every_open_page(open_page, studio):
    path = shots(studio, "Gone", 2)
    mine, theirs = open_page(f"{path}shots/020/edit"), open_page(path)
    expect(theirs.locator("live-feed")).to_have_text("Live")
    mine.get_by_role("button", name="Throw the shot away").click()
    expect(mine.get_by_text("Shot 020 is in the trash for 30 days.")).to_be_visible()
    expect(theirs.locator("#shot-020")).to_have_count(0)
    mine.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(mine.get_by_text("Shot 020 is back.")).to_be_visible()
    expect(theirs.locator("#shot-020")).to_be_visible()


def test_boards_sent_after_the_session_ended_are_not_called_placed(open_page, studio):
    path = shots(studio, "Ended", 1)
    page = open_page(f"{path}list/boards", state=None)
    sign_in(page, studio.link_for("owner@rushes.local"))
    page.goto(f"{path}list/boards")
    page.locator("#id_boards").set_input_files([{**board(), "name": "010.jpg"}])
    expect(page.get_by_text("first frame of 010")).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Place 1 board").click()
    expect(page.get_by_text("You are signed out.").first).to_be_visible()
    assert page.url.endswith("/list/boards")
    page.complaints.clear()  # the browser says 401 on the console


def test_a_page_is_not_loaded_again_while_a_press_is_on_its_way(open_page, studio):
    path = shots(studio, "Pressed", 2)
    mine, theirs = open_page(f"{path}shots/010/"), open_page(f"{path}list/")
    mine.get_by_label("Prompt").fill("Dunes at dusk")
    expect(mine.locator("prompt-counter")).to_contain_text("saved")
    kept = []
    mine.route("**/render", lambda route: kept.append(route), times=1)
    mine.locator("button.render").click()
    theirs.get_by_label("Move shot 020").focus()
    theirs.keyboard.press("ArrowUp")
    expect(theirs.get_by_text("Shot 020 moved.")).to_be_visible()
    mine.wait_for_timeout(1500)
    kept[0].continue_()
    expect(mine.locator("#toasts").get_by_role("button", name="Undo")).to_be_visible()
    expect(mine.locator(".filmstrip .take")).to_have_count(1)
