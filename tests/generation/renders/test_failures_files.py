"""A paid file does not come home at once (`protocols.md` 10, rows 21, 22, 25, 26 and 31)."""

import hashlib
import json
import threading
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders import archive, failure_messages, lifecycle, results
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.providers import Runware
from studio.integrations.providers.base import Result
from tests.generation.conftest import balanced

PRICE = Decimal("0.605")
TINY = Path("studio/integrations/sandbox/tiny")


def save(take):
    Render.objects.filter(pk=take.pk).update(check_at=timezone.now())
    archive.save(str(take.code))
    take.refresh_from_db()
    return take


FAULTS = {
    "not there": ("result_404", {}),
    "not there, in another way": ("result_404", {"status": 403}),
    "over there it is broken": ("result_404", {"status": 500}),
    "cut short, and the length tells": ("result_truncated", {"declared": True}),
    "cut short, and nothing tells": ("result_truncated", {"declared": False}),
    "an HTML page": ("result_wrong_type", {}),
    "from a strange host": ("result_foreign_host", {}),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_file_that_does_not_come_is_fetched_later(order, engine, runware, books, case):
    """Rows 21, 22 and 31: never "failed", never shown half, charged once."""
    fault, parameters = FAULTS[case]
    runware.faults(fault, times=2, **parameters)
    (take,) = order()
    engine.run()

    take.refresh_from_db()
    assert (take.state, take.note) == ("ready", "")
    assert take.sha256
    assert (books().spent, books().held) == (PRICE, 0)


@pytest.mark.parametrize("case", FAULTS)
def test_meanwhile_people_read_why(saving, runware, case):
    """Row 22: the take is saving, its file is not served, and the card says what happens."""
    fault, parameters = FAULTS[case]
    if fault == "result_foreign_host":
        Render.objects.filter(pk=saving.pk).update(result_url="http://files.example.invalid/a.mp4")
    else:
        runware.faults(fault, **parameters)
    revision = saving.revision

    assert (save(saving).state, saving.note) == ("saving", "The file is not there yet. Trying again.")
    assert saving.revision > revision, "cards are cached by revision: nobody would see the note"
    assert not saving.poster_url
    assert balanced(saving.project).spent == PRICE


def test_a_file_without_a_length_is_fine(order, engine, runware, books):
    runware.faults("result_without_length")
    order()
    engine.run()

    assert Render.objects.get().state == "ready"
    assert books().spent == PRICE


def test_a_slow_file_is_waited_for(order, engine, runware):
    runware.faults("result_slow", seconds=0.3)
    order()
    engine.run()

    assert Render.objects.get().state == "ready"


def test_a_file_that_never_comes_is_gone_in_the_end_but_was_paid(saving, runware, books):
    """Row 21: after about two hours of trying; the sentence says that it was paid."""
    runware.faults("result_404")
    for _ in range(archive.ATTEMPTS):
        save(saving)

    assert (saving.state, saving.failure_code) == ("failed", "fileGone")
    assert failure_messages.of_failure(saving).title == "The file is gone"
    assert "paid" in failure_messages.of_failure(saving).advice
    assert (books().spent, books().held) == (PRICE, 0)


def test_the_waits_between_the_tries_grow(saving, runware, settings):
    settings.RETRY_PACE = 1
    runware.faults("result_404")
    waits = []
    for _ in range(archive.ATTEMPTS - 1):
        save(saving)
        waits.append((saving.check_at - timezone.now()).total_seconds())

    assert waits == sorted(waits)
    assert waits[0] < 5
    assert 3600 < sum(waits) < 4 * 3600


def test_an_expired_address_is_asked_for_again(saving, runware, books):
    """Row 21: the address in the row is stale, a poll gives a fresh one."""
    Render.objects.filter(pk=saving.pk).update(result_url=f"{runware.root}/video/old.mp4")

    assert save(saving).state == "saving"
    assert save(saving).state == "ready"
    assert books().spent == PRICE


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:22/",
        "https://vm.runware.ai/a.mp4",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.mp4",
        "http://",
        "",
        "http://[::1",
        "//vm.runware.ai/a.mp4",
    ],
)
def test_only_the_sandbox_itself_is_fetched_from(saving, url, monkeypatch):
    """Row 31: refused before any connection is made."""
    Render.objects.filter(pk=saving.pk).update(result_url=url)
    with monkeypatch.context() as patch:
        patch.setattr(
            "studio.integrations.providers.fetching.download",
            lambda *args, **options: pytest.fail(f"fetched {args}"),
        )
        assert save(saving).state == "saving"


@pytest.mark.parametrize("tail", ["/a\x7fb.mp4", "/\x01.mp4", f"/{'a' * 70_000}.mp4"])
def test_an_address_no_client_can_call_is_a_file_that_is_not_there(saving, runware, tail):
    """Row 31: it may not leave the take in the lurch until its lease runs out."""
    Render.objects.filter(pk=saving.pk).update(result_url=runware.root + tail)

    assert save(saving).state == "saving"
    assert save(saving).state == "ready", "the fresh address was not used"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://vm.runware.ai/a.mp4", True),
        ("https://runware.ai/a.mp4", True),
        ("https://VM.Runware.AI:443/a.mp4", True),
        ("http://vm.runware.ai/a.mp4", False),
        ("https://vm.runware.ai:444/a.mp4", False),
        ("https://vm.runware.ai.evil.example/a.mp4", False),
        ("https://evilrunware.ai/a.mp4", False),
        ("https://user@vm.runware.ai/a.mp4", False),
        ("https://runware.ai:x/a.mp4", False),
        ("https:///a.mp4", False),
    ],
)
def test_which_addresses_of_the_real_provider_count(url, allowed):
    """Row 31."""
    provider = Runware(url="https://api.runware.ai/v1", key="a key", result_hosts=["runware.ai"])
    assert provider.may_fetch(url) is allowed


def test_a_file_without_end_is_not_swallowed(saving, elsewhere, settings):
    """Row 31: a cap on size."""
    settings.RESULT_LIMIT_BYTES = 1_000_000

    def handle(request):
        request.send_response(200)
        request.end_headers()
        for _ in range(10_000):
            request.wfile.write(bytes(64 * 1024))

    elsewhere(handle)

    assert save(saving).state == "saving"
    assert not list((Path(settings.VAR_DIR) / "tmp").iterdir())


@pytest.mark.parametrize(("spare", "state"), [(-1, "saving"), (0, "ready")])
def test_a_file_may_be_so_large_and_no_larger(saving, settings, spare, state):
    """Row 31."""
    settings.RESULT_LIMIT_BYTES = (TINY / "tiny.mp4").stat().st_size + spare

    assert save(saving).state == state


@pytest.mark.parametrize(("seconds", "state"), [(0, "saving"), (30, "ready")])
def test_a_file_may_take_so_long_and_no_longer(saving, settings, seconds, state):
    """Row 31."""
    settings.RESULT_TIMEOUT_SECONDS = seconds

    assert save(saving).state == state


def test_a_file_that_comes_too_slowly_is_given_up(saving, elsewhere, settings):
    """Row 31: a cap on time."""
    settings.RESULT_TIMEOUT_SECONDS = 0.05
    enough = threading.Event()

    def handle(request):
        request.send_response(200)
        request.end_headers()
        while not enough.wait(0.01):
            request.wfile.write(bytes(300 * 1024))

    elsewhere(handle)
    assert save(saving).state == "saving"
    enough.set()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"\x00" * 5000,
        (TINY / "tiny.jpg").read_bytes(),
        (TINY / "tiny.png").read_bytes(),
        (TINY / "tiny.mp4").read_bytes()[:-2000],
        (TINY / "tiny.mp4").read_bytes()[: len((TINY / "tiny.mp4").read_bytes()) // 2],
        b"#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n",
    ],
    ids=["empty", "html", "zeros", "jpg", "png", "cut", "half", "playlist"],
)
def test_only_a_whole_clip_becomes_ready(saving, elsewhere, content):
    """Row 22: length and container are checked before the take is ready."""

    def handle(request):
        request.send_response(200)
        request.send_header("Content-Type", "video/mp4")
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    elsewhere(handle)

    assert save(saving).state == "saving"
    assert bool(saving.file) is bool(saving.unshown) is bool(content)  # what came is kept meanwhile
    assert balanced(saving.project).spent == PRICE


def test_a_clip_is_no_still(order, engine, elsewhere):
    """Row 22, the other way round."""
    (still,) = order(model="gen-4-image")
    lifecycle.submit(str(still.batch))
    still.refresh_from_db()

    def handle(request):
        request.send_response(200)
        request.end_headers()
        request.wfile.write((TINY / "tiny.mp4").read_bytes())

    elsewhere(handle)
    url = providers.get("runware").url.replace("/v1", "/a.jpg")
    results.receive(Result(still.code, uuid="s", url=url, cost=still.estimate), asked=True)
    assert save(still).state == "saving"


def test_what_a_killed_save_left_behind_is_replaced(saving):
    """Row 22: half a file under the final name."""
    save_to = f"takes/{saving.code.hex[:2]}/{saving.code}"
    sha = hashlib.sha256((TINY / "tiny.mp4").read_bytes()).hexdigest()
    default_storage.save(f"{save_to}/original-{sha[:12]}.mp4", (TINY / "tiny.jpg").open("rb"))

    assert save(saving).state == "ready"
    with default_storage.open(saving.file) as file:
        assert len(file.read()) == saving.size
    assert len(default_storage.listdir(save_to)[1]) == 4


def test_a_disk_that_is_full_loses_nothing(saving, settings):
    """The row stays, with its lease; the next try finds room."""
    folder = Path(settings.MEDIA_ROOT)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("no folder can be made here")

    with pytest.raises(OSError):
        save(saving)
    saving.refresh_from_db()
    assert (saving.state, saving.cost) == ("saving", PRICE)
    folder.unlink()
    assert save(saving).state == "ready"


def test_the_providers_address_never_reaches_a_browser(order, engine, client_of, ana, shot):
    """Row 21."""
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    browser = client_of(ana)

    pages = [
        shot.get_absolute_url(),
        shot.project.get_absolute_url(),
        reverse("viewer:card", args=[take.code]),
    ]
    for address in pages:
        page = browser.get(address).content.decode()
        assert str(take.code) in page
        assert take.result_url not in page
        assert "/video/os/" not in page


def test_a_first_frame_that_cannot_be_stored_there_travels_in_the_order_itself(order, frame, answering):
    """Rows 25 and 26: nothing over there has to reach us or remember an upload; 33 % larger is small."""
    seen = answering(lambda request: httpx.Response(502))
    (take,) = order(model="gen-4-turbo", first_frame=frame)
    lifecycle.submit(str(take.batch))

    stored, ordered = (json.loads(request.content) for request in seen)
    assert stored[0]["taskType"] == "mediaStorage"
    (task,) = ordered
    image = task["inputs"]["frameImages"][0]["image"]
    assert image.startswith("data:image/jpeg;base64,")
    assert len(image) < 5 * 1024 * 1024


def test_real_takes_wait_for_their_key(order, engine, saving):
    """A studio started by mistake without its key must not give up what was paid for."""
    Render.objects.filter(pk=saving.pk).update(sandbox=False, result_url="https://vm.runware.ai/a.mp4")
    for _ in range(archive.ATTEMPTS + 1):
        save(saving)

    assert (saving.state, saving.attempts) == ("saving", 0)


@pytest.mark.parametrize("kind", ["MP4", "MOV", "WEBM"])
def test_every_format_that_can_be_ordered_comes_home(order, engine, runware, books, kind):
    order(format=kind)
    engine.run()

    take = Render.objects.get()
    assert (take.state, take.file.rsplit(".")[-1]) == ("ready", kind.lower())
    assert books().spent == PRICE
