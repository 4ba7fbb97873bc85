"""Fetched and understood are two steps: what came is kept and can be had, whatever it is (cases 04, 05, 07, 19)."""

import gzip
import hashlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from studio.generation.renders import archive, failure_messages
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.providers import Runware
from studio.people.notifications.models import Notice
from studio.planning.projects.models import Project
from tests.generation.renders.test_failures_files import PRICE, TINY, save
from tests.integrations.media.test_odd_clips import CASES

UNREADABLE = CASES / "04-fetched-whole-but-unreadable"
OTHERS = CASES / "19-still-in-another-format-than-ordered"


def serving(content, *, status=200, **headers):
    """A handler that answers with this file."""

    def handle(request):
        request.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return handle


def until_it_ends(take):
    for _ in range(archive.ATTEMPTS):
        if save(take).state != "saving":
            break
    return take


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("24-truncated-faststart.mp4", "mp4", "damaged"),
        ("27-gif-named.mp4", "gif", "What came is no clip: it is a GIF."),
    ],
)
def test_a_clip_that_cannot_be_shown_is_kept_and_can_be_had(
    saving,
    elsewhere,
    books,
    client_of,
    ana,
    name,
    kind,
    why,
):
    content = (UNREADABLE / name).read_bytes()
    elsewhere(serving(content))
    take = until_it_ends(saving)

    assert (take.state, take.attempts) == ("kept", archive.ALIKE - 1)
    assert why in take.unshown
    assert Path(take.file).suffix == f".{kind}" and take.file_name.endswith(f".{kind}")
    assert hashlib.sha256(Path(default_storage.path(take.file)).read_bytes()).hexdigest() == take.sha256
    client = client_of(ana)
    page = client.get(reverse("board:viewer", args=[take.project.slug, take.shot.code]), {"take": take.code})
    said = page.content.decode()
    assert "Kept, not shown" in said and "Fetch it again" in said and "What the provider said" not in said
    assert "Charged $0.605" in said
    answer = client.get(take.original_url)
    assert b"".join(answer) == content
    assert (
        answer["Content-Disposition"].startswith("attachment")
        and answer["X-Content-Type-Options"] == "nosniff"
    )
    assert not Render.objects.watchable().exists()


def test_what_comes_another_time_as_another_file_is_fetched_until_it_is_whole(saving, elsewhere):
    """A line that breaks where nothing told the length looks like a file: it is never alike twice."""
    whole = (TINY / "tiny.mp4").read_bytes()
    lengths = iter([2000, 3000, len(whole)])

    def handle(request):
        request.send_response(200)
        request.end_headers()
        request.wfile.write(whole[: next(lengths)])

    elsewhere(handle)
    assert save(saving).state == "saving"
    assert saving.file and saving.unshown
    assert save(saving).state == "saving"
    assert save(saving).state == "ready"
    assert saving.unshown == "" and Path(default_storage.path(saving.file)).read_bytes() == whole


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>No", b'{"error": "expired"}'])
def test_an_answer_in_the_place_of_the_file_is_asked_past_and_kept_in_the_end(saving, elsewhere, page):
    elsewhere(serving(page))
    for _ in range(archive.ATTEMPTS - 1):
        assert save(saving).state == "saving"
    assert save(saving).state == "kept"
    assert saving.unshown.startswith("What came is no clip: it is ")


def test_a_kept_file_can_be_fetched_again_and_is_shown_when_it_is_whole(
    saving,
    elsewhere,
    client_of,
    ana,
    bo,
):
    elsewhere(serving((UNREADABLE / "24-truncated-faststart.mp4").read_bytes()))
    take = until_it_ends(saving)
    address = reverse("viewer:fetch_again", args=[take.code])
    assert client_of(bo).post(address).status_code == 404

    elsewhere(serving((TINY / "tiny.mp4").read_bytes()))
    client_of(ana).post(address)
    take.refresh_from_db()
    assert (take.state, take.attempts) == ("saving", 0)
    assert save(take).state == "ready"
    assert take.cost == PRICE and take.poster
    assert not archive.fetch_again(take, by=ana)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(404, "fileGone", "no longer"), (410, "fileGone", "no longer"), (403, "fileUnreached", "403")],
)
def test_gone_is_said_only_of_a_file_of_which_it_was_told(saving, elsewhere, ana, status, code, words):
    elsewhere(serving(b"", status=status))
    take = until_it_ends(saving)
    failure = failure_messages.of_failure(take)
    assert (take.state, take.failure_code, failure.said) == ("failed", code, "")
    assert words in f"{failure.advice} {failure.ours}"
    assert take.can_be_fetched and archive.fetch_again(take, by=ana)
    take.refresh_from_db()
    assert (take.state, take.failure_code) == ("saving", "")


@pytest.mark.parametrize("encoding", ["identity", "", "aws-chunked", "Identity, AWS-chunked"])
def test_an_encoding_that_packs_nothing_is_no_hindrance(saving, elsewhere, encoding):
    content = (TINY / "tiny.mp4").read_bytes()
    elsewhere(serving(content, Content_Encoding=encoding))
    assert save(saving).state == "ready"
    assert saving.sha256 == hashlib.sha256(content).hexdigest()


def test_a_file_that_comes_packed_is_unpacked(saving, elsewhere):
    content = (TINY / "tiny.mp4").read_bytes()
    elsewhere(serving(gzip.compress(content), Content_Encoding="gzip"))
    assert save(saving).state == "ready"
    assert saving.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzip.compress(bytes(80_000_000)), "gzip"),
        (gzip.compress((TINY / "tiny.mp4").read_bytes())[:-200], "gzip"),
        (b"no gzip at all", "gzip"),
        (b"anything", "br"),
    ],
    ids=["a bomb", "cut short", "not packed", "in another way"],
)
def test_what_cannot_be_unpacked_is_fetched_later(saving, elsewhere, settings, packed, encoding):
    settings.RESULT_LIMIT_BYTES = 1_000_000
    elsewhere(serving(packed, Content_Encoding=encoding))
    assert save(saving).state == "saving"
    assert not saving.file


def test_an_address_with_spaces_around_it_is_fetched(saving, elsewhere):
    elsewhere(serving((TINY / "tiny.mp4").read_bytes()))
    Render.objects.update(result_url=f" {Render.objects.get().result_url}\n")
    assert save(saving).state == "ready"


def test_a_redirect_is_followed_with_the_same_look_at_each_step(saving, elsewhere):
    asked = []

    def handle(request):
        asked.append(request.path)
        steps = {
            "/a.mp4": "/b.mp4",
            "/b.mp4": "http://169.254.169.254/secret",
            "/c.mp4": "/d.mp4",
            "/around": "/around",
        }
        if request.path in steps:
            return serving(b"", status=302, Location=steps[request.path])(request)
        return serving((TINY / "tiny.mp4").read_bytes())(request)

    elsewhere(handle)
    base = Render.objects.get().result_url.removesuffix("/a.mp4")
    assert save(saving).state == "saving"
    assert asked == ["/a.mp4", "/b.mp4"]
    Render.objects.update(result_url=f"{base}/around")
    assert save(saving).state == "saving"
    assert asked.count("/around") == 6
    Render.objects.update(result_url=f"{base}/c.mp4")
    assert save(saving).state == "ready"


def test_a_file_on_a_host_that_is_not_listed_waits_for_a_setting(
    saving,
    client_of,
    ana,
    settings,
    monkeypatch,
):
    """However often it is looked at: it is never given up, and fetched as soon as the host is listed."""
    real = Runware(url="https://api.runware.ai/v1", key="a key", result_hosts=["runware.ai"])
    monkeypatch.setattr(real, "ask", lambda codes: [])
    monkeypatch.setattr(providers, "sandboxed", lambda: False)
    providers.use(real)
    Render.objects.update(result_url="https://cdn.example.com/a.mp4", sandbox=False)
    for _ in range(archive.ATTEMPTS + 3):
        assert save(saving).state == "saving"
    assert (saving.awaits_host, saving.file) == ("cdn.example.com", "")
    page = client_of(ana).get(
        reverse("board:viewer", args=[saving.project.slug, saving.shot.code]), {"take": saving.code}
    )
    said = page.content.decode()
    assert "Waiting for a setting" in said and "cdn.example.com" in said and "RUNWARE_RESULT_HOSTS" in said
    assert "Fetch it again" in said
    card = client_of(ana).get(reverse("viewer:card", args=[saving.code])).content.decode()
    assert "Waiting for a setting" in card

    listed = Runware(url="https://api.runware.ai/v1", key="a key", result_hosts=["runware.ai", "example.com"])
    content = (TINY / "tiny.mp4").read_bytes()

    def fetch(url, file, **limits):
        file.write(content)
        return providers.fetching.Fetched(hashlib.sha256(content).hexdigest(), len(content))

    monkeypatch.setattr(listed, "fetch", fetch)
    providers.use(listed)
    assert save(saving).state == "ready"
    assert saving.awaits_host == ""


@pytest.mark.parametrize(
    ("wish", "name", "kind"),
    [
        ("JPG", "21-logo-transparent.png", "png"),
        ("PNG", "34-webp-exif6.webp", "webp"),
        ("WEBP", "14-p3-nclx.avif", "avif"),
        ("JPG", "41-gray16.png", "png"),
        ("PNG", "47-exif6.jpg", "jpg"),
    ],
)
def test_a_still_of_another_kind_is_named_for_what_it_is_and_looks_like_its_poster(
    order, engine, runware, wish, name, kind
):
    path = OTHERS / name
    runware.faults("result_is", path=str(path.resolve()))
    (still,) = order(model="gen-4-image", format=wish)
    engine.run()
    still.refresh_from_db()

    assert still.state == "ready"
    assert still.file_name.endswith(f"_s01.{kind}") and Path(still.file).suffix == f".{kind}"
    turned = "exif6" in name
    with Image.open(path) as stored, Image.open(default_storage.path(still.poster)) as poster:
        size = stored.size[::-1] if turned else stored.size
        assert (still.file_width, still.file_height) == size == poster.size
        assert poster.mode == "RGB" and poster.getextrema() != ((255, 255),) * 3


def test_a_clip_of_another_kind_is_named_for_what_it_is(order, engine, runware):
    runware.faults("result_is", path=str((OTHERS / "22-webm-named.mp4").resolve()))
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    assert take.state == "ready" and take.file_name.endswith("_t01.webm")


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("Éclair", "ÉCLAIR_"),
        ("東京の夜", "東京の夜_"),
        ("فيلم", "فيلم_"),
        ("Первый свет", "ПЕРВЫЙСВЕТ_"),
        ("!!!", "RUSHES_"),
    ],
)
def test_a_project_of_any_script_gives_its_name_to_downloads(order, engine, client_of, ana, name, begins):
    (ordered,) = order()
    engine.run()
    Project.objects.update(name=name)
    take = Render.objects.select_related("shot", "project").get(pk=ordered.pk)
    assert take.file_name.startswith(begins)
    answer = client_of(ana).get(f"{take.original_url}?download")
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]


def test_a_take_that_came_and_cannot_be_shown_is_told_to_whoever_ordered_it(saving, elsewhere):
    elsewhere(serving((UNREADABLE / "24-truncated-faststart.mp4").read_bytes()))
    take = until_it_ends(saving)
    assert Notice.objects.get(subject=take.code).text.endswith("came, and cannot be shown")
    assert take.ended_at <= timezone.now()


@pytest.mark.parametrize("page", [b"<!doctype html><p>No", b'{"error": "rate limited"}'])
def test_an_answer_does_not_take_the_place_of_a_file_that_is_kept(saving, elsewhere, ana, page):
    content = (UNREADABLE / "24-truncated-faststart.mp4").read_bytes()
    elsewhere(serving(content))
    take = until_it_ends(saving)
    archive.fetch_again(take, by=ana)
    elsewhere(serving(page))
    for _ in range(archive.ATTEMPTS):
        save(take)
    assert take.state == "kept" and take.size == len(content)
    assert Path(default_storage.path(take.file)).read_bytes() == content


def test_a_picture_that_came_for_a_clip_is_kept_as_one(saving, elsewhere):
    elsewhere(serving((OTHERS / "14-p3-nclx.avif").read_bytes()))
    take = until_it_ends(saving)
    assert (take.state, take.unshown) == ("kept", "What came is no clip: it is an AVIF.")
    assert take.file.endswith(".avif")


def test_gzip_of_several_members_is_one_file(saving, elsewhere):
    content = (TINY / "tiny.mp4").read_bytes()
    packed = gzip.compress(content[:900]) + gzip.compress(content[900:])
    elsewhere(serving(packed, Content_Encoding="gzip"))
    assert save(saving).state == "ready"
    assert saving.size == len(content)
