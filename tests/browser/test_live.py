"""Live, Catching up, Polling: open pages come true whatever happens to their socket."""

from playwright.sync_api import expect

from tests.patience import LONG


def test_with_sockets_blocked_takes_arrive_by_polling(open_page, new_shot, studio):
    path = new_shot("Blocked", prompt="Fog over a valley")
    page = open_page("/projects/")
    page.route_web_socket("**/live/**", lambda socket: socket.close())
    page.goto(path)
    expect(page.locator("live-feed")).to_have_text("Polling", timeout=15_000)
    page.locator("button.render").click()

    expect(page.locator(".take[data-state=ready]")).to_have_count(1, timeout=LONG)


def test_the_tab_counts_takes_that_came_while_it_was_hidden(open_page, new_shot):
    page = open_page(new_shot("Hidden", prompt="Fog over a valley"))
    page.locator("button.render").click()
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true}); window.away = true"
    )

    expect(page).to_have_title("(1) 010 · Hidden".replace("010 ·", "010  ·"), timeout=LONG)
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).not_to_have_title("(1) 010  · Hidden")


def test_a_page_that_was_away_catches_up(open_page, new_shot, studio):
    path = new_shot("Away", prompt="Fog over a valley")
    slug = path.split("/")[2]
    page = open_page(f"/projects/{slug}/")
    expect(page.locator("live-feed")).to_have_text("Live")
    page.evaluate("document.querySelector('live-feed').socket.close()")
    studio.shell(
        "from studio.planning.projects.models import Project; from studio.planning.projects import actions;"
        f"p = Project.objects.get(slug={slug!r}); actions.create_shot(p, by=None, code='777')"
    )

    expect(page.locator("#shot-777")).to_be_visible(timeout=15_000)
    expect(page.locator("live-feed")).to_have_text("Live")


def test_a_change_made_by_another_process_appears(open_page, new_shot, studio):
    path = new_shot("Elsewhere", prompt="Fog over a valley")
    slug = path.split("/")[2]
    page = open_page(f"/projects/{slug}/")
    expect(page.locator("live-feed")).to_have_text("Live")
    studio.manage("render", "--project", slug, "--prompt", "Dawn", "--seed", "5")

    expect(page.locator(".take[data-state=ready]")).to_have_count(1, timeout=LONG)
