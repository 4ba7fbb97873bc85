"""Pages work by plain form posts first."""

from playwright.sync_api import expect


def test_a_take_is_ordered_watched_and_downloaded_without_any_script(open_page, new_shot):
    path = new_shot("Plain", title="No scripts", takes=1)
    page = open_page(path, java_script_enabled=False)
    page.get_by_label("Prompt").fill("Fog over a valley")
    page.locator("#model-gen-4-turbo").check(force=True)
    page.get_by_role("button", name="Update choices").click()
    expect(page.get_by_label("Prompt")).to_have_value("Fog over a valley")
    page.get_by_role("button", name="Render 1 take").click(force=True)
    expect(page.get_by_role("alert")).to_contain_text("give it a first frame")
    page.locator("#model-gen-4\\.5").check(force=True)
    page.locator("#aspect-720x1280").check(force=True)
    page.get_by_role("button", name="Render 1 take").click(force=True)

    expect(page.get_by_text("1 take queued. Undo is free for 2 s.")).to_be_visible()
    for _ in range(60):
        page.goto(path)
        if page.locator(".take[data-state=ready]").count():
            break
        page.wait_for_timeout(500)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PLAIN_010_t01.mp4").click()
    assert download.value.suggested_filename == "PLAIN_010_t01.mp4"
    page.get_by_role("button", name="Circle").click()
    expect(page.get_by_role("button", name="Circled")).to_be_visible()
