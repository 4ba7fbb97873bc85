"""Of several takes on screen one leads: what is outlined, named, marked, noted and decided is the same take."""

from playwright.sync_api import expect


def agree(page, number):
    """Outline, heading, row and panel are all about this take."""
    code = page.locator(f".takesrow [data-place='{number}']").get_attribute("href").split("take=")[1][:36]
    screens = page.locator(".screen")
    if screens.count() > 1:
        expect(page.locator(".screen[aria-current]")).to_have_count(1)
        expect(page.locator(".screen[aria-current] .screen__name")).to_contain_text(f"take {number}")
        expect(page.locator(".screen[aria-current] .screen__leads")).to_be_visible()
    expect(page.locator(".review__title")).to_contain_text(f"take {number} · 4 takes")
    expect(page.locator(".takesrow [aria-current]")).to_have_count(1)
    expect(page.locator(".takesrow [aria-current]")).to_have_attribute("data-place", str(number))
    expect(page.locator(".notes")).to_have_id(f"notes-{code}")
    expect(page.locator("#decisions")).to_have_attribute("data-code", code)
    assert page.evaluate("document.querySelector('review-player').code") == code


def verdicts(studio, slug):
    """The numbers of the takes of the first shot, with what was said of each."""
    found = studio.shell(
        "from studio.generation.renders.models import Render;"
        f"found = Render.objects.filter(project__slug={slug!r}, shot__code='010').exclude(verdict='').order_by('number');"
        "print(*[f'{take.number}:{take.verdict}' for take in found])"
    )
    return found.strip()


def sent(page):
    page.wait_for_function("() => !JSON.parse(localStorage.getItem('rushes:outbox') ?? '[]').length")


def test_in_every_mode_the_keys_act_on_the_take_that_is_outlined_named_and_noted(
    open_page, numbered_film, studio
):
    slug = numbered_film("Leading", [4], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/?mode=single")
    page.wait_for_function("() => document.querySelector('review-player')?.film")
    for mode in ("single", "side", "wipe", "difference"):
        expect(page.locator(f"main[data-mode={mode}] review-player")).to_be_visible()
        agree(page, 4)
        page.keyboard.press("w")

    expect(page.locator("main[data-mode=flip] review-player")).to_be_visible()
    agree(page, 4)
    page.keyboard.press("`")
    agree(page, 3)
    expect(page.locator(".takesrow [data-compared]")).to_have_attribute("data-place", "4")
    page.keyboard.press("a")
    sent(page)
    assert verdicts(studio, slug) == "3:approved"
    expect(page.locator(".decision")).to_contain_text("approved")
    page.keyboard.press("`")
    agree(page, 4)
    expect(page.locator(".decision")).to_have_count(0)
    page.keyboard.press("w")

    expect(page.locator("main[data-mode=wall] review-player")).to_be_visible()
    agree(page, 4)
    page.locator(".screen").nth(1).click()
    agree(page, 2)
    expect(page.locator(".screen:visible")).to_have_count(4)  # it leads; pressed again it is alone
    page.locator(".screen").nth(1).click()
    expect(page.locator(".screen:visible")).to_have_count(1)
    page.locator(".screen").nth(1).click()
    expect(page.locator(".screen:visible")).to_have_count(4)
    page.reload()
    agree(page, 2)
    page.wait_for_function("() => document.querySelector('review-player')?.film")
    page.keyboard.press("s")
    expect(page.locator(".takesrow [data-circled]")).to_have_attribute("data-place", "2")
    page.keyboard.press("x")  # then the next that nobody here has decided leads
    agree(page, 1)
    page.keyboard.press("c")
    page.keyboard.type("Of the first.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note:not([data-pending])")).to_contain_text("Of the first.")
    page.locator(".screen").nth(3).click()
    agree(page, 4)
    expect(page.locator(".notes > .note")).to_have_count(0)
    page.keyboard.press("r")
    sent(page)
    assert verdicts(studio, slug) == "2:rejected 3:approved 4:retake"
    kept = studio.shell(
        "from studio.generation.renders.models import Render; from studio.review.dailies.models import Note;"
        f"print(Render.objects.get(project__slug={slug!r}, circled=True).number, Note.objects.get(project__slug={slug!r}).render.number)"
    )
    assert kept.strip() == "2 1"


def test_reasons_and_a_note_that_was_begun_stay_with_the_take_they_were_for(open_page, numbered_film, studio):
    slug = numbered_film("Begun", [4], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/?mode=wall")
    page.wait_for_function("() => document.querySelector('review-player')?.film")
    page.get_by_role("checkbox", name="hands").check(force=True)
    page.locator("#id_text").fill("About the fourth")
    page.locator(".screen").nth(0).click()
    page.keyboard.press("r")  # at once, before the panel has come
    agree(page, 2)
    expect(page.locator("#id_text")).to_have_value("")
    page.locator(".screen").nth(3).click()
    agree(page, 4)
    expect(page.locator("#id_text")).to_have_value("About the fourth")
    sent(page)
    kept = studio.shell(
        "from studio.review.dailies.models import Verdict;"
        f"print([(v.render.number, v.value, v.reasons) for v in Verdict.objects.filter(project__slug={slug!r})])"
    )
    assert kept.strip() == "[(1, 'retake', [])]"


def test_a_room_follows_the_take_that_leads(open_page, member, numbered_film):
    slug = numbered_film("Leading a room", [4], frames=24)
    path = f"/projects/{slug}/review/shots/010/"
    one = open_page(f"{path}?mode=wall")
    other = member(slug, "Rae", "reviewer", path)
    for page in (one, other):
        page.get_by_role("button", name="Watch together").click()
    one.locator("review-room summary").click()
    one.get_by_role("button", name="Present", exact=True).click()
    one.locator("review-room summary").click()
    expect(other.locator(".room__chip")).to_contain_text("Watching together")
    one.locator(".screen").nth(1).click()
    agree(one, 2)
    expect(other.locator("main[data-mode=wall]")).to_be_visible()
    agree(other, 2)
    one.keyboard.press("3")  # alone, and told on as the one that leads
    agree(other, 3)
    expect(other.locator(".room__chip")).to_contain_text("Watching together")
    one.get_by_role("link", name="Flip").click()
    expect(other.locator("main[data-mode=flip]")).to_be_visible()
    one.keyboard.press("`")
    agree(one, 4)
    agree(other, 4)
    assert other.locator(".screen[aria-current]").is_visible()
