"""Two people in two browsers: invited, joined on a phone, a take seen arriving, removed."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.patience import LONG


def invite(page, role, email=""):
    page.get_by_label("Role", exact=True).select_option(role)
    page.get_by_label("E-mail, if the link is to be sent too").fill(email)
    page.get_by_role("button", name="Make an invitation").click()
    return page.get_by_label("Link of the invitation").first.input_value()


def join(page, link, name, email):
    page.goto(link)
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("A password").fill("tidal observatory 9")
    page.get_by_role("button", name="Join").click()


def test_one_invites_another_who_joins_sees_a_take_arrive_and_is_removed(open_page, new_shot):
    path = new_shot("Team", prompt="Mist over a lake", takes=1)
    board = path.rsplit("shots", 1)[0]
    mine = open_page(f"{board}people/")
    link = invite(mine, "viewer", "nia@studio.example")
    expect(mine.get_by_text("Viewer, nia@studio.example")).to_be_visible()

    theirs = open_page("/signin", size=PHONE, state=None)
    join(theirs, link, "Nia Nel", "nia@studio.example")
    expect(theirs.locator("#shots .shot")).to_have_count(1)
    expect(theirs.get_by_text("Welcome to Team")).to_be_visible()
    assert "$" not in theirs.content()
    expect(mine.locator("#present")).to_have_attribute("aria-label", "People: Studio, here; Nia, here")

    mine.goto(path)
    mine.locator("button.render").click()
    expect(theirs.locator(".take[data-state=ready]")).to_have_count(1, timeout=LONG)
    assert "$" not in theirs.content()

    mine.goto(f"{board}people/")
    mine.get_by_label("More about Nia").click()
    mine.get_by_role("button", name="Take off the project").click()
    expect(mine.get_by_text("Nia is off the project.")).to_be_visible()
    expect(theirs.locator("live-feed")).to_have_text("Signed out", timeout=LONG)
    poster = theirs.locator(".take img").get_attribute("src")
    assert theirs.request.get(poster).status == 404
    assert theirs.request.get(board).status == 404
    theirs.complaints.clear()  # the browser says on the console that the news are not there


def test_a_used_invitation_says_so(open_page, new_shot):
    board = new_shot("Used").rsplit("shots", 1)[0]
    link = invite(open_page(f"{board}people/"), "artist")
    join(open_page("/signin", state=None), link, "Ulf", "ulf@studio.example")
    late = open_page("/signin", state=None)
    late.goto(link)
    expect(late.get_by_role("heading", name="This invitation is closed")).to_be_visible()
    late.complaints.clear()  # the browser says 410 on the console


def test_a_role_that_changes_changes_the_open_page(open_page, new_shot, studio):
    path = new_shot("Roles", prompt="Dunes")
    board = path.rsplit("shots", 1)[0]
    mine = open_page(f"{board}people/")
    theirs = open_page("/signin", state=None)
    join(theirs, invite(mine, "viewer"), "Rolf", "rolf@studio.example")
    theirs.goto(path)
    expect(theirs.locator("button.render")).to_have_count(0)
    expect(theirs.locator("live-feed")).to_have_text("Live")
    mine.reload()
    mine.get_by_label("Role of Rolf", exact=True).select_option("artist")
    mine.get_by_role("button", name="Save the role of Rolf").click()
    expect(theirs.locator("button.render")).to_be_visible()


def test_a_notice_comes_under_the_bell_when_my_take_is_ready(open_page, new_shot):
    page = open_page(new_shot("Bell", prompt="Dunes at dusk", takes=1))
    before = page.locator("notices-bell .bell__number").text_content()
    page.locator("button.render").click()
    expect(page.locator(".take[data-state=ready]")).to_have_count(1, timeout=LONG)
    expect(page.locator("notices-bell .bell__number")).not_to_have_text(before or "")
    page.locator(".bell").click()
    expect(page.locator(".notice[data-unread]").first).to_contain_text("010 take 1 is ready")
    page.get_by_role("button", name="All read").click()
    expect(page.locator(".notice[data-unread]")).to_have_count(0)


def test_a_picture_of_oneself_is_seen_by_the_others(open_page):
    from tests.browser.test_journey import board

    page = open_page("/account")
    page.get_by_label("Picture").set_input_files(board())
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_alt_text("Your picture now")).to_be_visible()
    page.get_by_label("Show my initials instead").check()
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_alt_text("Your picture now")).to_have_count(0)


def tab_to(page, name):
    """Press Tab until something of this name has the focus, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(() => { const a = document.activeElement; return a.ariaLabel || a.labels?.[0]?.textContent || a.textContent; })()"
        )
        if found and found.strip().startswith(name):
            return
    raise AssertionError(f"Tab never comes to {name}")


def test_by_keyboard_alone_somebody_is_invited_and_a_shot_thrown_away_and_taken_back(open_page, new_shot):
    page = open_page(new_shot("By keys alone", title="Harbour").rsplit("shots", 1)[0])
    tab_to(page, "By keys alone")
    page.keyboard.press("Enter")
    tab_to(page, "People")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Invite somebody")).to_be_visible()
    tab_to(page, "E-mail, if the link")
    page.keyboard.type("keys@studio.example")
    tab_to(page, "Make an invitation")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Artist, keys@studio.example")).to_be_visible()
    tab_to(page, "Shot list")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-shot]")).to_have_count(1)
    tab_to(page, "Tick shot 010")
    page.keyboard.press("Space")
    tab_to(page, "Throw away")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-shot]")).to_have_count(0)
    tab_to(page, "Undo")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-shot]")).to_have_count(1)
