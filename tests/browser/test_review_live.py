"""What others do is seen in the rows of a review page that is open, without loading it."""

from playwright.sync_api import expect

from tests.browser.test_review_lead import sent

TAKES = (
    "from tests import numbered; from studio.people.accounts.models import User;"
    "from studio.planning.projects.models import Shot; from studio.generation.renders.models import Render;"
    "from studio.generation.trash import trash; from studio.generation.viewer import viewer;"
    "by = User.objects.order_by('pk').first();"
)


def list_of(studio, slug):
    """A review list of all takes of the film; its code."""
    code = studio.shell(
        f"{TAKES} from studio.review.dailies import lists;"
        f"takes = list(Render.objects.filter(project__slug={slug!r}).order_by('pk'));"
        "print(lists.create(takes[0].project, by=by, name='Monday', takes=takes, people=[by]).code)"
    )
    return code.strip()


def counted(page):
    """The addresses of the review page that this page asks for from now on."""
    asked = []
    page.on("request", lambda request: "/review/shots/" in request.url and asked.append(request.url))
    return asked


def test_a_colleagues_verdict_is_seen_in_every_row(open_page, member, numbered_film, studio):
    slug = numbered_film("Rows of Tom", [4, 2], frames=24)
    path = f"/projects/{slug}/review/shots/010/"
    monday = list_of(studio, slug)
    tom = member(slug, "Tom", "reviewer", path)
    listed = tom.context.new_page()
    listed.goto(f"{path}?list={monday}")
    pia = open_page(path)
    third = tom.locator(".takesrow [data-place='3']")
    expect(third).to_have_attribute("data-verdict", "")
    tom.locator("#id_text").fill("Half a thought")
    marked = tom.locator(".shotsrow [aria-current]").evaluate(
        "cell => (cell.was = true, cell.getAttribute('aria-label'))"
    )
    assert "for review" in marked

    pia.keyboard.press("3")
    expect(pia.locator(".review__title")).to_contain_text("take 3")
    pia.wait_for_function("() => document.querySelector('review-player')?.film")
    pia.keyboard.press("s")
    pia.keyboard.press("a")
    sent(pia)
    expect(third).to_have_attribute("data-verdict", "approved")
    expect(third.locator(".dot.s-approved")).to_be_visible()
    expect(third).to_have_attribute("data-circled", "")
    expect(tom.locator(".shotsrow [aria-current]")).to_have_attribute("aria-label", "010 Shot 1, approved")
    expect(tom.locator(".takesrow [aria-current]")).to_have_attribute(
        "data-place", "4"
    )  # he looks on at his own
    expect(tom.locator("#id_text")).to_have_value("Half a thought")
    expect(listed.locator(".shotsrow .thumb").nth(2)).to_have_attribute(
        "aria-label", "010 Shot 1, take 3, approved"
    )

    tom.goto(f"{path}?mode=wall")
    expect(tom.locator(".screen[data-verdict=approved] .screen__name")).to_contain_text("take 3")
    pia.keyboard.press("4")
    expect(pia.locator(".review__title")).to_contain_text("take 4")
    pia.wait_for_function("() => document.querySelector('review-player')?.film")
    pia.keyboard.press("a")
    expect(tom.locator(".screen[data-verdict=approved]")).to_have_count(2)


def test_takes_come_and_go_in_the_row_and_the_shot_shows_the_one_that_stands(
    open_page, numbered_film, studio
):
    slug = numbered_film("Coming", [2, 0, 1], frames=24)
    tom = open_page(f"/projects/{slug}/review/shots/010/")
    empty = open_page(f"/projects/{slug}/review/shots/020/")
    expect(empty.get_by_text("Nothing to look at yet")).to_be_visible()
    takes = tom.locator(".takesrow .thumb")
    expect(takes).to_have_count(2)
    poster = tom.locator(".shotsrow [aria-current] img")
    stood = poster.get_attribute("src")

    studio.shell(
        f"{TAKES} [numbered.take_of(shot, frames=24, first=256) for shot in Shot.objects.filter(project__slug={slug!r}, code__in=['010', '020'])]"
    )
    expect(takes).to_have_count(3)
    expect(tom.locator(".review__title")).to_contain_text(
        "take 2 · 3 takes"
    )  # he looks on at what he looked at
    expect(tom.locator(".takesrow [aria-current]")).to_have_attribute("data-place", "2")
    expect(poster).not_to_have_attribute("src", stood)
    expect(empty.locator("review-player")).to_be_visible()

    studio.shell(
        f"{TAKES} viewer.circle(Render.objects.get(project__slug={slug!r}, shot__code='010', number=2), by=by, circled=True)"
    )
    expect(tom.locator(".takesrow [data-circled]")).to_have_attribute("data-place", "2")
    expect(tom.locator("[data-circle]")).to_have_attribute("aria-pressed", "true")
    expect(poster).to_have_attribute("src", stood)

    studio.shell(
        f"{TAKES} trash.trash_take(Render.objects.get(project__slug={slug!r}, shot__code='010', number=1), by=by)"
    )
    expect(takes).to_have_count(2)
    expect(tom.locator(".takesrow [aria-current] .thumb__number")).to_have_text("2")
    tom.locator("#id_text").fill("Words about it")
    studio.shell(
        f"{TAKES} trash.trash_take(Render.objects.get(project__slug={slug!r}, shot__code='010', number=2), by=by)"
    )
    expect(tom.get_by_text("The take on this page was thrown away.")).to_be_visible()
    expect(takes).to_have_count(1)
    expect(tom.locator(".takesrow [aria-current]")).to_have_count(0)
    expect(tom.locator("#id_text")).to_have_value("Words about it")


def test_many_changes_make_few_requests_and_a_hidden_tab_waits(open_page, numbered_film, studio):
    slug = numbered_film("Many", [3, 1], frames=24)
    page = open_page(f"/projects/{slug}/review/shots/010/")
    expect(page.locator("live-feed")).to_have_text("Live")
    asked = counted(page)
    page.evaluate(
        "() => { for (let n = 0; n < 30; n += 1) document.body.dispatchEvent(new Event(n % 2 ? 'rows-changed' : 'review-changed')); }"
    )
    page.wait_for_timeout(1_500)
    assert len(asked) == 1
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true}); window.away = true"
    )
    studio.shell(
        f"{TAKES} viewer.circle(Render.objects.get(project__slug={slug!r}, shot__code='010', number=1), by=by, circled=True)"
    )
    page.wait_for_timeout(1_500)
    assert len(asked) == 1
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".takesrow [data-circled]")).to_have_attribute("data-place", "1")
    assert len(asked) == 2
