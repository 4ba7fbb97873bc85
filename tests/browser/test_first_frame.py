"""A first frame cropped by hand: what the provider receives is exactly what was drawn."""

import io
import time

from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_quick_hands import hold
from tests.patience import patient

SIZE = (1600, 1200)
ASKED = {
    "model": "gen-4-turbo",
    "aspect": "1104x832",
    "seconds": 5,
    "takes": 1,
    "prompt": "Dunes, slow push in",
}


def chart():
    """A picture that is redder to the right and greener below: a pixel's colour says where it is."""
    wide = Image.linear_gradient("L").rotate(90).resize(SIZE)
    high = Image.linear_gradient("L").resize(SIZE)
    picture = Image.merge("RGB", (wide, high, Image.new("L", SIZE, 90)))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return picture, {"name": "chart.png", "mimeType": "image/png", "buffer": out.getvalue()}


def with_frame(page):
    picture, upload = chart()
    page.locator("#id_first_frame").set_input_files(upload)
    expect(page.locator("#crop")).to_be_visible()
    return picture


def on_screen(page, svg, x, y):
    """Where a pixel of the original is in the window."""
    at = page.locator(svg).evaluate(
        "(svg, [x, y]) => { const p = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM()); return [p.x, p.y]; }",
        [x, y],
    )
    return at[0], at[1]


def pull(page, svg, start, end):
    page.mouse.move(*on_screen(page, svg, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, svg, *end), steps=4)
    page.mouse.up()


def numbers(page):
    return [float(page.locator(f"#crop_{name}").input_value()) for name in ("left", "top", "width")]


def received(studio, *, known):
    """The picture that the sandbox is sent beside those it had; it need not be drawn from yet."""
    until = time.monotonic() + patient(40)
    while not (new := pictures_at(studio) - known):
        assert time.monotonic() < until, "the sandbox was sent no picture"
        time.sleep(0.2)
    return Image.open(new.pop()).convert("RGB")


def pictures_at(studio):
    folder = studio.folder / "sandbox" / "files" / "in"
    return {path for path in folder.iterdir() if path.suffix == ".jpg"} if folder.exists() else set()


def test_a_crop_drawn_by_mouse_and_keys_is_what_the_provider_receives(open_page, new_shot, studio):
    page = open_page(new_shot("Crop", **ASKED))
    picture = with_frame(page)
    page.keyboard.press("c")
    large = "#crop-large"
    expect(page.locator(large)).to_be_focused()

    pull(page, large, (1596.15, 1200), (1003.85, 750))  # the corner: 1000 pixels wide
    pull(page, large, (400, 300), (700, 400))  # and moved by 300, 100
    left, top, width = numbers(page)
    assert abs(left - 304) <= 3 and abs(top - 100) <= 3 and abs(width - 1000) <= 3, (left, top, width)

    page.get_by_role("textbox", name="Width").fill("960")
    page.keyboard.press("Enter")
    page.locator(large).focus()
    for key, times in (("ArrowRight", 320 - int(left)), ("ArrowDown", 110 - int(top))):
        for _ in range(times):
            page.keyboard.press(key)
    page.keyboard.press("Shift+ArrowLeft")
    assert numbers(page) == [310, 110, 960]
    with page.expect_response("**/draft"):  # the keys have paused
        pass
    page.get_by_role("button", name="Done").click()
    page.reload()
    assert numbers(page) == [310, 110, 960]
    expect(page.locator("#crop_small")).to_contain_text("enlarged 1.1× to 1104 × 832.")

    known = pictures_at(studio)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".filmstrip .take")).to_have_count(1)
    sent = received(studio, known=known)
    assert sent.size == (1104, 832)
    high = 960 * 832 / 1104
    wanted = picture.resize((1104, 832), Image.Resampling.LANCZOS, box=(310, 110, 1270, 110 + high))
    for at in [(3, 3), (1100, 3), (552, 416), (3, 828), (1100, 828), (300, 700)]:
        off = [abs(one - other) for one, other in zip(sent.getpixel(at), wanted.getpixel(at), strict=True)]
        assert max(off) <= 2, (at, sent.getpixel(at), wanted.getpixel(at))


def test_a_hand_on_the_crop_is_not_fought_by_a_late_answer(open_page, new_shot):
    page = open_page(new_shot("Late", **ASKED))
    with_frame(page)
    page.locator("#crop").focus()
    with page.expect_response("**/draft"):
        for _ in range(8):
            page.keyboard.press("+")
    sent, let_go = hold(page, "**/draft")
    page.locator("#seconds-8").check(force=True)
    sent()
    page.mouse.move(*on_screen(page, "#crop", 800, 600))
    page.mouse.down()
    with page.expect_response("**/draft"):
        let_go()
    page.wait_for_timeout(100)
    page.mouse.move(*on_screen(page, "#crop", 900, 650), steps=4)
    with page.expect_response("**/draft"):
        page.mouse.up()
    drawn = numbers(page)
    assert drawn[0] > 340 and page.locator("#seconds-8").is_checked()
    page.reload()
    assert numbers(page) == drawn


def test_a_take_is_dropped_on_the_box_and_a_picture_chosen_by_keyboard(open_page, numbered_film):
    slug = numbered_film("Dropped", [2])
    page = open_page(f"/projects/{slug}/shots/010/")
    page.locator(".filmstrip .take__open").nth(1).drag_to(page.locator(".framebox"))
    expect(page.locator(".framebox .name a")).to_have_text("from 010, take 2, frame 0")

    page.get_by_role("link", name="Pictures…").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take 1, first frame").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".framebox .name a")).to_have_text("from 010, take 1, frame 0")
    expect(page.locator("#part")).not_to_be_visible()

    page.get_by_role("link", name="Pictures…").click()
    page.get_by_label("An address of a picture").fill("http://127.0.0.1/board.jpg")
    page.keyboard.press("Enter")
    expect(page.locator("#address_error")).to_be_visible()
    expect(page.get_by_label("An address of a picture")).to_have_value("http://127.0.0.1/board.jpg")
