"""Watching together: two browsers, one playhead."""

import random
import time

from playwright.sync_api import expect

from tests.patience import patient

PLACE = """() => {
  const player = document.querySelector("review-player");
  return player && [document.getElementById("main").dataset.shot, player.code, player.film.wanted ?? player.frame, player.film.playing];
}"""


def into_the_room(page):
    page.get_by_role("button", name="Watch together").click()
    expect(page.locator(".room__chip")).to_be_visible()


class Line:
    """The line of a page's room, which can be cut and mended."""

    def __init__(self, page):
        self.whole, self.open = True, []
        page.route_web_socket("**/room/", self.connect)

    def connect(self, socket):
        if not self.whole:
            socket.close()
            return
        self.open.append(socket)
        socket.connect_to_server()

    def cut(self):
        self.whole = False
        for socket in self.open:
            socket.close()

    def mend(self):
        self.whole = True


def press(page, menu):
    page.locator("review-room summary").click()
    page.get_by_role("button", name=menu, exact=True).click()
    if page.locator("review-room details").get_attribute("open") is not None:
        page.locator("review-room summary").click()


def together(one, other):
    """Both at the same take and frame, and standing still: a page of another shot may be on its way."""
    until, there, since = time.monotonic() + patient(30), None, 0.0
    while time.monotonic() < until:
        now = one.evaluate(PLACE)
        if now != there or not now or now[3] or other.evaluate(PLACE) != now:
            there, since = now, time.monotonic()
        elif time.monotonic() - since > 1.0:
            return now
        one.wait_for_timeout(100)
    raise AssertionError(f"{one.evaluate(PLACE)} and {other.evaluate(PLACE)}")


def frames_sent(page):
    """Have the page count what it tells the room."""
    sent = []
    page.on(
        "websocket",
        lambda socket: (
            socket.on("framesent", lambda text: sent.append(text)) if "/room/" in socket.url else None
        ),
    )
    return sent


def test_two_end_at_the_same_frame_after_a_hundred_actions_and_nothing_echoes(
    open_page, member, numbered_film
):
    slug = numbered_film("Room", [2, 1, 2], frames=36)
    path = f"/projects/{slug}/review/shots/010/"
    one = open_page(path)
    other = member(slug, "Rae", "reviewer", path)
    sent = frames_sent(other)
    into_the_room(one)
    into_the_room(other)
    press(one, "Present")
    expect(one.locator(".room__chip")).to_contain_text("Presenting")
    expect(other.locator(".room__chip")).to_contain_text("Watching together")

    chance = random.Random(7)
    keys = [
        "ArrowRight",
        "ArrowLeft",
        "Shift+ArrowRight",
        "Space",
        "Home",
        "End",
        "ArrowDown",
        "ArrowUp",
        "2",
        "1",
        "l",
        "k",
    ]
    for number in range(100):
        one.keyboard.press(chance.choice(keys))
        one.wait_for_timeout(chance.choice([0, 10, 60]))
        if number == 50:
            other.reload()
            expect(other.locator(".room__chip")).to_contain_text("Watching together")
    one.keyboard.press("k")
    there = together(one, other)
    one.wait_for_timeout(1_000)
    assert [one.evaluate(PLACE), other.evaluate(PLACE)] == [there, there]  # nothing swings back
    assert not [text for text in sent if '"move"' in text]

    press(other, "Ask to present")
    one.locator("review-room summary").click()
    expect(one.get_by_text("Rae: asks to present")).to_be_visible()
    one.get_by_role("button", name="Let Rae present").click()
    expect(other.locator(".room__chip")).to_contain_text("Presenting")
    other.keyboard.press("Home")
    other.keyboard.press("ArrowRight")
    together(other, one)


def test_who_was_cut_off_comes_back_to_the_exact_frame(open_page, member, numbered_film):
    slug = numbered_film("Cut off", [2, 1], frames=36)
    path = f"/projects/{slug}/review/shots/010/"
    one = open_page(path)
    other = member(slug, "Rae", "reviewer", path)
    line = Line(other)
    other.reload()
    into_the_room(one)
    into_the_room(other)
    press(one, "Present")
    expect(other.locator(".room__chip")).to_contain_text("Watching together")
    line.cut()
    expect(other.locator(".room__chip")).to_contain_text("Joining again")
    one.keyboard.press("ArrowDown")
    expect(one.locator("main[data-shot='020'] review-player")).to_be_visible()
    for _ in range(7):
        one.keyboard.press("ArrowRight")
    one.wait_for_timeout(5_000)
    assert other.evaluate(PLACE)[0] == "010"
    line.mend()
    there = together(one, other)
    assert there[0] == "020" and there[2] == 7


def test_who_looks_around_looks_away_until_they_follow_again(open_page, member, numbered_film):
    slug = numbered_film("Away", [1, 1], frames=36)
    path = f"/projects/{slug}/review/shots/010/"
    one, other = open_page(path), member(slug, "Bo", "viewer", path)
    into_the_room(one)
    into_the_room(other)
    press(one, "Present")
    expect(other.locator(".room__chip")).to_contain_text("Watching together")
    other.keyboard.press("End")
    expect(other.locator(".room__chip")).to_contain_text("Looking away")
    one.keyboard.press("ArrowRight")
    one.wait_for_timeout(400)
    assert other.evaluate(PLACE)[2] == 35
    other.locator("review-room summary").click()
    assert other.get_by_role("button", name="Ask to present").count() == 0  # viewers follow
    other.get_by_role("button", name="Follow again").click()
    together(one, other)


def test_who_writes_while_following_is_left_alone(open_page, member, numbered_film, studio):
    slug = numbered_film("Writing", [1, 1], frames=36)
    path = f"/projects/{slug}/review/shots/010/"
    one, other = open_page(path), member(slug, "Rae", "reviewer", path)
    into_the_room(one)
    into_the_room(other)
    press(one, "Present")
    expect(other.locator(".room__chip")).to_contain_text("Watching together")
    other.keyboard.press("c")
    other.keyboard.type("A car ")
    one.keyboard.press("ArrowDown")
    expect(one.locator("main[data-shot='020']")).to_be_visible()
    one.wait_for_timeout(500)
    other.keyboard.type("exits, a car rolls")
    expect(other.locator("#id_text")).to_have_value("A car exits, a car rolls")
    expect(other.locator(".room__chip")).to_contain_text("Looking away")
    kept = studio.shell(
        f"from studio.review.dailies.models import Verdict; print(Verdict.objects.filter(project__slug={slug!r}).count())"
    )
    assert kept.strip() == "0"


def test_a_link_opens_what_it_names_in_a_tab_that_once_watched(open_page, member, numbered_film):
    slug = numbered_film("Links", [1, 1], frames=36)
    first, second = (f"/projects/{slug}/review/shots/{code}/" for code in ("010", "020"))
    one = open_page(first)
    other = member(slug, "Rae", "reviewer", first)
    into_the_room(one)
    into_the_room(other)
    press(one, "Present")
    expect(other.locator(".room__chip")).to_contain_text("Watching together")
    other.goto(second)  # somebody presents the first shot; the link names the second
    again = other.get_by_role("button", name="Watch together again")
    expect(again).to_be_visible()
    other.wait_for_timeout(1_000)
    assert other.evaluate(PLACE)[0] == "020"
    again.click()
    assert together(one, other)[0] == "010"  # asked for

    press(one, "Stop presenting")
    expect(other.locator(".room__chip")).to_contain_text("Nobody presents")
    other.keyboard.press("ArrowDown")
    expect(other.locator("main[data-shot='020'] review-player")).to_be_visible()
    other.reload()
    expect(other.locator(".room__chip")).to_contain_text("Nobody presents")
    other.wait_for_timeout(1_000)
    assert other.evaluate(PLACE)[0] == "020"  # nobody leads
