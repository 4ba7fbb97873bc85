"""From a prompt to a take in either browser, and Firefox calling nobody outside."""

from base64 import b64encode
from io import BytesIO

from PIL import Image

from tests.browser.conftest import DESK


def board(folder):
    path = folder / "020_board.jpg"
    Image.linear_gradient("L").resize((1600, 900)).convert("RGB").save(path, "JPEG")
    return path


def says(page, selector, words, **options):
    page.wait_for(
        "({ selector, words }) => document.querySelector(selector)?.innerText.includes(words)",
        {"selector": selector, "words": words},
        **options,
    )


def prompt_of(page):
    return page.evaluate("() => document.querySelector('[name=prompt]').value")


def test_the_price_follows_the_choices_and_the_takes_arrive_and_play(browser_page, new_shot):
    page = browser_page(new_shot("Composed", takes=1))
    page.fill("[name=prompt]", "Inside the lamp room, slow push in, rain on the panes")
    says(page, "prompt-counter", "saved")
    says(page, "button.render", "Render")
    before = page.text("button.render")
    page.click("button", "One more")
    says(page, "button.render", "Render 2 takes")
    assert page.text("button.render") != before
    page.click("button.render")
    page.wait_for("() => document.querySelectorAll('.take[data-state=ready]').length === 2", seconds=40)
    page.click(".take[data-state=ready] .take__open")
    page.wait_for(
        "() => !document.querySelector('.htmx-request') && document.querySelector('take-viewer video')?.readyState >= 2"
    )
    page.click("take-viewer [data-play]")
    page.wait_for("() => document.querySelector('take-viewer').frame > 5")


def test_what_is_typed_is_saved_and_there_after_a_reload(browser_page, new_shot):
    page = browser_page(new_shot("Kept words", prompt="Old words"))
    page.fill("[name=prompt]", "Dunes under a red sky – größer, 東京")
    says(page, "prompt-counter", "saved")
    page.reload()
    assert prompt_of(page) == "Dunes under a red sky – größer, 東京"


def test_a_first_frame_is_given_by_file_and_what_is_no_picture_refused(browser_page, new_shot, tmp_path):
    page = browser_page(new_shot("Given", prompt="Dunes", model="gen-4-turbo"))
    fake = tmp_path / "board.jpg"
    fake.write_bytes(b"not a picture at all")
    page.choose_files("#id_first_frame", [fake])
    says(page, "#first_frame_error", "not a picture we can read")
    page.choose_files("#id_first_frame", [board(tmp_path)])
    page.wait_for("() => document.querySelector('svg.crop')?.checkVisibility()")
    says(page, "frame-drop", "020_board.jpg")
    page.reload()
    page.wait_for("() => document.querySelector('svg.crop')?.checkVisibility()")


GIVE = """(kind) => new Promise((done) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 360];
  canvas.getContext("2d").fillRect(0, 0, kind === "drop" ? 300 : 500, 200);
  canvas.toBlob((blob) => {
    const files = new DataTransfer();
    files.items.add(new File([blob], `${kind}.png`, { type: "image/png" }));
    const event = new Event(kind, { bubbles: true, cancelable: true });
    // Firefox lets no script make a paste that carries files
    Object.defineProperty(event, kind === "drop" ? "dataTransfer" : "clipboardData", { value: files });
    document.querySelector("frame-drop").dispatchEvent(event);
    done();
  });
})"""


def test_a_first_frame_is_dropped_and_pasted(browser_page, new_shot):
    page = browser_page(new_shot("Handed", prompt="Dunes", model="gen-4-turbo"))
    for kind in ("drop", "paste"):
        page.evaluate(GIVE, kind)
        says(page, "frame-drop", f"{kind}.png")


def test_firefox_calls_nobody_outside_and_we_would_hear_it(firefox):
    person = firefox.new_person()
    page = firefox.new_page(
        person, base="", size=DESK, complaints=[]
    )  # that nobody answers is no fault of ours
    page.goto("about:blank")
    assert firefox.outside.asked == []
    page.evaluate("() => fetch('http://somewhere.example/', { mode: 'no-cors' }).catch(() => {})")
    assert firefox.outside.asked == ["GET http://somewhere.example/ HTTP/1.1"]
    firefox.outside.asked.clear()
    page.close()
    firefox.forget(person)


DROPPED = """({ kind, data, folder }) => {
    const files = new DataTransfer();
    for (const [type, words] of data) files.setData(type, words);
    for (const name of folder ? ["boards"] : kind === "files" ? ["a.png", "b.png"] : []) {
        const bytes = Uint8Array.from(atob(PICTURE), (letter) => letter.charCodeAt(0));
        files.items.add(new File([bytes], name, { type: folder ? "" : "image/png" }));
    }
    const real = DataTransferItem.prototype.webkitGetAsEntry;
    if (folder) DataTransferItem.prototype.webkitGetAsEntry = () => ({ isDirectory: true });
    const event = kind === "paste" ? new Event("paste", { bubbles: true, cancelable: true }) : new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
    if (kind === "paste") Object.defineProperty(event, "clipboardData", { value: files });
    document.querySelector("frame-drop").dispatchEvent(event);
    DataTransferItem.prototype.webkitGetAsEntry = real;
}"""


def png():
    out = BytesIO()
    Image.linear_gradient("L").resize((640, 360)).save(out, "PNG")
    return b64encode(out.getvalue()).decode()


def drop(page, kind="drop", data=(), *, folder=False):
    page.evaluate(DROPPED.replace("PICTURE", f"'{png()}'"), {"kind": kind, "data": data, "folder": folder})


def test_of_two_dropped_pictures_one_is_taken_and_the_other_named_and_a_folder_is_called_one(
    browser_page, new_shot
):
    """Case 30."""
    page = browser_page(new_shot("Two dropped", prompt="Dunes", model="gen-4-turbo"))
    drop(page, folder=True)
    says(page, "#first_frame_error", "That is a folder.")
    drop(page, "files")
    says(page, "frame-drop", "a.png")
    says(page, "#toasts", "a.png is used, b.png is not")


def test_a_picture_of_another_page_comes_by_its_address_or_as_it_is_written_out(browser_page, new_shot):
    """Case 21."""
    page = browser_page(new_shot("Of another page", prompt="Dunes", model="gen-4-turbo"))
    drop(
        page,
        data=[
            ["text/uri-list", "http://127.0.0.1:1/a.jpg"],
            ["text/html", '<img src="http://127.0.0.1:1/a.jpg">'],
        ],
    )
    page.wait_for("() => document.querySelector('#first_frame_error')?.textContent.length > 10")
    drop(page, data=[["text/html", "<p>no picture</p>"]])
    says(page, "#first_frame_error", "There is no picture in that.")
    drop(page, "paste", data=[["text/html", f'<img src="data:image/png;base64,{png()}">']])
    says(page, "frame-drop", "pasted.png")
