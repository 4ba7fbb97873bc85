"""Every page at both sizes: axe finds nothing, nothing sticks out, nothing is styled inline."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, listen
from tests.patience import LONG

PAGES = {
    "projects": "/projects/",
    "new project": "/projects/new",
    "account": "/account",
    "board": "/projects/first-light/",
    "filtered board": "/projects/first-light/?status=rendering",
    "shot": "/projects/first-light/shots/020/",
    "empty shot": "/projects/first-light/shots/030/",
    "what changed": "/projects/first-light/shots/020/changes",
    "still shot": "/projects/first-light/shots/010/edit",
    "choosing a first frame": "/projects/first-light/shots/020/first-frame/choose",
    "new shot": "/projects/first-light/new-shot",
    "costs": "/projects/first-light/costs",
    "costs by reason": "/projects/first-light/costs?by=reason&range=1y",
    "ledger": "/projects/first-light/costs/ledger",
    "statement": "/projects/first-light/costs/statement",
    "costs of all projects": "/costs",
    "reconciliation": "/costs/reconciliation",
    "plan": "/projects/first-light/plan?status=draft",
    "empty plan": "/projects/first-light/plan",
    "plan of variables": "/projects/first-light/shots/030/grid",
    "prompts": "/projects/first-light/prompts",
    "prompts of a shot": "/projects/first-light/shots/020/prompts",
    "vocabulary": "/projects/first-light/vocabulary",
    "look": "/projects/first-light/look",
    "grid": "/projects/first-light/grids/00000000-0000-4000-8000-000000000001",
    "settings": "/projects/first-light/settings",
    "people": "/projects/first-light/people/",
    "pictures": "/projects/first-light/pictures",
    "shelf": "/projects/first-light/shelf",
    "new reference": "/projects/first-light/shelf/new",
    "where a reference is used": "/projects/first-light/shelf/ridge/used",
    "trash": "/projects/first-light/trash",
    "activity": "/projects/first-light/activity",
    "shot list": "/projects/first-light/list/",
    "import": "/projects/first-light/list/import",
    "boards": "/projects/first-light/list/boards",
    "library": "/projects/first-light/library",
    "narrowed library": "/projects/first-light/library?q=dawn&state=ready&seed=1",
    "review": "/projects/first-light/review/",
    "review of a take": "/projects/first-light/review/shots/020/",
    "wall": "/projects/first-light/review/shots/020/?mode=wall",
    "wipe": "/projects/first-light/review/shots/020/?mode=wipe",
    "review of an empty shot": "/projects/first-light/review/shots/030/",
    "new review list": "/projects/first-light/review/lists/new",
    "cut": "/projects/first-light/cut/",
    "queue": "/projects/first-light/queue",
    "share links": "/projects/first-light/links/",
    "notices": "/notices/",
    "switches": "/account/notices",
    "projects in the trash": "/projects/trash",
    "everyone": "/studio/people",
    "log": "/studio/log",
}


@pytest.fixture(scope="module", autouse=True)
def some_takes(studio, signed_in):
    """The sample with takes of its second shot, really rendered."""
    studio.shell(
        "from studio.planning.projects.models import Shot; from studio.generation.orders import orders; from studio.generation.renders import lifecycle;"
        "s = Shot.objects.get(project__slug='first-light', code='020');"
        "[lifecycle.start(shot=s, by=s.project.created_by,"
        " order=orders.check(orders.Wish.of(s), s.project)) for _ in range(2)];"
        "from studio.planning.references import actions;"
        "actions.add(s.project, s.first_frame, name='ridge', kind='place', by=s.project.created_by)"
    )
    studio.shell(
        "from studio.planning.projects import actions; from studio.planning.projects.models import Shot;"
        "from studio.generation.grids import wishes; from studio.generation.grids.models import Grid;"
        "s = Shot.objects.get(project__slug='first-light', code='030'); by = s.project.created_by;"
        "actions.change_project(s.project, by=by, look='35mm, soft dusk light');"
        "actions.change_shot(s, by=by, prompt='Storm at {dawn|dusk}, {calm|rough} sea, without rain');"
        "g = Grid.objects.create(code='00000000-0000-4000-8000-000000000001', project=s.project, shot=s,"
        " prompt=s.prompt, wish=wishes.kept(wishes.of_shot(s)));"
        "[g.cells.create(place=n, choices=[a, b], prompt=a + b) for n, (a, b) in"
        " enumerate((a, b) for a in ('dawn', 'dusk') for b in ('calm', 'rough'))]"
    )


@pytest.fixture(scope="module")
def tabs(chromium, studio, signed_in):
    """A tab of each size for all pages: to open a new one takes longer than to show a page."""
    contexts = {
        size["width"]: chromium.new_context(viewport=size, storage_state=signed_in, base_url=studio.base)
        for size in (DESK, PHONE)
    }
    tabs = {width: context.new_page() for width, context in contexts.items()}
    for page in tabs.values():
        page.complaints = []
        listen(page, page.complaints)
    yield tabs
    for context in contexts.values():
        context.close()


@pytest.fixture
def turn_to(tabs):
    """Show a page in the tab of this size; at the end nothing may have been said on the console."""
    turned = []

    def turn_to(path, *, size):
        page = tabs[size["width"]]
        turned.append(page)
        page.goto("about:blank")  # the page before has its last word
        page.complaints.clear()
        page.__dict__.pop("measured", None)
        page.goto(path)
        return page

    yield turn_to
    for page in turned:
        assert not page.complaints, page.complaints


def check(page):
    page.measured = True
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"the page is {wide} px too wide"
    # what scripts do with the page later is theirs; a kept connection may just have been closed
    sent = page.request.get(page.url, headers={"Connection": "close"}).text()
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<script>|<style", sent)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean(turn_to, name, size):
    page = turn_to(PAGES[name], size=size)
    expect(page.locator("#main")).to_be_visible()
    if name == "shot":
        expect(page.locator(".take[data-state=ready]")).to_have_count(4, timeout=LONG)
        page.locator(".take__open").first.click()
        page.locator(".madewith summary").click()
        page.locator(".desk summary").first.click()
        if page.locator("#composer-more").count():
            page.locator("#composer-more summary").click()
    check(page)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_in_firefox_no_page_sticks_out_or_is_complained_about(open_in_firefox, size):
    page = open_in_firefox("/projects/", size=size)
    faults = {}
    for name, path in PAGES.items():
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults[name] = [*page.complaints, *([f"{wide} px too wide"] if wide > 0 else [])]
        page.complaints.clear()
    assert {name: each for name, each in faults.items() if each} == {}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["/signin", "/forgotten", "/reset/MQ/no-link/", "an invitation"])
def test_a_page_for_who_is_not_signed_in_is_clean(open_page, size, path, studio):
    if path == "an invitation":
        path = studio.shell(
            "from studio.planning.projects import people; from studio.planning.projects.models import Project;"
            "p = Project.objects.get(slug='first-light');"
            "print(people.path_of(people.invite(p, role='artist', by=p.created_by)))"
        ).strip()
    check(open_page(path, size=size, state=None))


def test_a_missing_page_is_clean(open_page):
    page = open_page("/signin", state=None)
    page.complaints.clear()
    page.goto("/nothing-here")
    expect(page.get_by_text("Nothing here")).to_be_visible()
    check(page)
    page.complaints.clear()


def test_one_link_signs_in_once(open_page, studio):
    page = open_page(studio.link, state=None)
    expect(page.get_by_text("used up or too old")).to_be_visible()


def test_a_password_signs_in_and_a_wrong_one_says_so(open_page, studio):
    studio.shell(
        "from studio.people.accounts.models import User;"
        "User.objects.create_user('pat@studio.example', 'tidal-observatory', name='Pat Lee')"
    )
    page = open_page("/signin", state=None)
    page.get_by_label("E-mail").fill("pat@studio.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("E-mail")).to_have_value("pat@studio.example")
    page.get_by_label("Password").fill("tidal-observatory")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Projects", exact=True)).to_be_visible()
    expect(page.get_by_text("A producer lets you in with an invitation.")).to_be_visible()
