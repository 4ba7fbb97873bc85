"""What a guest can get, byte for byte: takes of the link, and nothing they were made with."""

import base64
import json
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import av
import pytest
from av.bitstream import BitStreamFilterContext
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from studio.generation.renders import credentials, take_files
from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.integrations.credentials import carried, manifests
from studio.integrations.credentials.manifests import Made
from studio.integrations.media import clip_copies, pictures
from studio.planning.ledger import studio_budgets
from studio.planning.projects import actions
from studio.planning.projects.models import Project, Shot
from studio.review.dailies.models import Note
from studio.review.sharing import bare
from tests.integrations.credentials.test_signer import write
from tests.review.sharing.conftest import at, door, media
from tests.takes import FRAMES, stored, write_clip

PROMPT = "ZEPHYRINE KITE OVER OCHRE DUNES"
SEED = 918273645
COST = "7.654321"
LARGE = [{"code": str(uuid4()), "kind": "pen", "colour": "amber", "points": [[0.12, 0.34]] * 600, "text": ""}]
SECRET = "MARIGOLD"  # in the title and the prompt of a shot that is not shared


def bytes_of(response):
    """Everything of an answer: its status line's headers and its body."""
    if not response.streaming:
        body = response.content
    elif response.is_async:

        async def read():
            return b"".join([chunk async for chunk in response.streaming_content])

        from asgiref.sync import async_to_sync

        body = async_to_sync(read)()
    else:
        body = b"".join(response.streaming_content)
    return repr(sorted(response.items())).encode() + body


@pytest.fixture
def world(project, pia, rae, ready, listed, ask, say, note, frame):
    """A list with two takes, one of them with a rejected sister; another shot; what the team says of it all."""
    made, (take, other) = listed(
        2, prompt=PROMPT, seed=SEED, cost=COST, estimate=COST, metadata={"comment": f"{PROMPT} {SEED}"}
    )
    rejected = ready(shot=take.shot, filed=True, prompt=PROMPT, verdict="rejected", number=2)
    made.items.create(render=rejected, position=9)
    secret = actions.create_shot(project, by=pia, title=SECRET, prompt=f"{SECRET} {PROMPT}")
    hidden = ready(shot=secret, filed=True, prompt=f"{SECRET} {PROMPT}")
    note(rae, take, "Team talk: BERGAMOT", frame=3)
    say(rae, take, "retake", reasons=["hands"], text="Team verdict: VERMOUTH")
    Shot.objects.filter(pk=take.shot_id).update(prompt=PROMPT, seed=SEED, first_frame=frame)
    Project.objects.update(budget="76543210.32", unbudgeted_needs_owner=True)
    studio_budgets.set_line("day", Decimal("55443322.11"))
    waits = ready(shot=take.shot, state="waiting", number=3, note="over the studio's budget for a day")
    kept = ready(shot=take.shot, state="kept", number=4, unshown="The clip is damaged: CHARTREUSE")
    TOTPDevice.objects.create(user=pia, name="app", key=b"CARDAMOM".hex())
    StaticDevice.objects.create(user=pia, name="recovery").token_set.create(token="saffronsaffron")
    return {
        **{"made": made, "take": take, "other": other, "rejected": rejected, "hidden": hidden},
        **{"waits": waits, "kept": kept},
    }


def not_for_guests(world):
    return [
        PROMPT,
        str(SEED),
        "7.65",
        "76543210",  # long: a manifest is full of figures
        SECRET,
        "BERGAMOT",
        "VERMOUTH",
        str(world["rejected"].code),
        str(world["hidden"].code),
        str(world["waits"].code),
        str(world["kept"].code),
        "55443322",
        "studio's budget",
        "studio&#x27;s budget",
        "CHARTREUSE",
        b"CARDAMOM".hex(),
        base64.b32encode(b"CARDAMOM").decode(),
        "saffron",
        str(world["rejected"].file),
        world["take"].file,
        world["take"].result_uuid,
        "gen-4.5",
        "runway",
        "@studio.example",
    ]


def everything(browser, link, takes):
    """Every answer that a guest can get, by its address."""
    found = {door(link): browser.get(door(link))}
    for take in takes:
        for name in ("take", "notes"):
            found[name, take.code] = browser.get(at(link, name, take.code))
        for kind in ("play", "poster", "filmstrip", "download", "original", "review", "last"):
            found[kind, take.code] = browser.get(media(link, take, kind))
        for name, fields in (
            ("note", {"text": "Lovely", "frame": 1}),
            ("note", {"text": "Where?", "frame": -1}),
            ("verdict", {"value": "approved"}),
            ("verdict", {"value": "rejected"}),
        ):
            for headers in ({}, {"X-Rushes": "script"}):
                answer = browser.post(at(link, name, take.code), fields, headers=headers)
                found[name, *fields.values(), *headers] = answer
        fields = {"text": "See", "frame": 2, "strokes": json.dumps(LARGE), "code": str(uuid4())}
        found["drawing", take.code] = browser.post(at(link, "note", take.code), fields)
        fields |= {"strokes": json.dumps(LARGE * 40), "code": str(uuid4())}
        found["too large a drawing", take.code] = browser.post(at(link, "note", take.code), fields)
    for note in Note.objects.all():  # the team's too
        found["strokes", note.pk] = browser.get(at(link, "strokes", note.code))
    for kind in ("play", "poster", "original", "download"):
        for take in Render.objects.exclude(pk__in=[take.pk for take in takes]):
            found[kind, take.code] = browser.get(media(link, take, kind))
    return found


@pytest.mark.parametrize("right", ["none", "may_note", "may_approve", "may_download", "all"])
def test_no_byte_tells_what_it_was_made_with(come, share, world, right):
    rights = ["may_note", "may_approve", "may_download"] if right == "all" else [right]
    link = share(world["made"], **{name: True for name in rights if name != "none"})
    gil = come(link)

    answers = everything(gil, link, [world["take"], world["other"]])
    for where, answer in answers.items():
        assert answer.status_code < 500, where
        told = bytes_of(answer)
        for secret in not_for_guests(world):
            assert secret.encode() not in told, (where, secret)
    page = answers["take", world["take"].code]
    assert page.status_code == 200 and "Dune 0" in page.text


def test_neither_does_a_byte_of_the_cut(come, share, world):
    Render.objects.filter(pk=world["take"].pk).update(verdict="approved")
    Shot.objects.filter(title=SECRET).update(trashed_at=timezone.now())
    link = share(None, may_note=True, may_approve=True, may_download=True)
    gil = come(link)
    for where, answer in everything(gil, link, [world["take"], world["other"]]).items():
        told = bytes_of(answer)
        for secret in not_for_guests(world):
            assert secret.encode() not in told, (where, secret)


def test_a_rejected_take_and_other_shots_cannot_be_named(come, share, world):
    link = share(world["made"], may_note=True, may_approve=True, may_download=True)
    gil = come(link)
    for take in (world["rejected"], world["hidden"]):
        assert gil.get(at(link, "take", take.code)).status_code == 404
        assert gil.get(at(link, "notes", take.code)).status_code == 404
        for name, fields in (("note", {"text": "x"}), ("verdict", {"value": "approved"})):
            assert gil.post(at(link, name, take.code), fields).status_code == 404
        for kind in ("play", "poster", "download"):
            assert gil.get(media(link, take, kind)).status_code == 404


def test_takes_of_another_list_or_project_cannot_be_named(come, share, world, listed, pia, ready, ask):
    _, (elsewhere,) = listed()
    other = actions.create_project(name="Another", by=pia)
    far = ready(shot=actions.create_shot(other, by=pia, title="Far"), filed=True)
    link = share(world["made"], may_download=True)
    gil = come(link)
    for take in (elsewhere, far):
        assert gil.get(at(link, "take", take.code)).status_code == 404
        for kind in ("play", "download"):
            assert gil.get(media(link, take, kind)).status_code == 404


def test_a_take_that_is_rejected_thrown_away_or_veiled_is_gone_at_once(come, share, world):
    link, take = share(world["made"]), world["take"]
    gil = come(link)
    for change, back in (
        ({"verdict": "rejected"}, {"verdict": ""}),
        ({"trashed_at": timezone.now()}, {"trashed_at": None}),
        ({"flagged": True}, {"flagged": False}),
    ):
        Render.objects.filter(pk=take.pk).update(**change)
        assert gil.get(at(link, "take", take.code)).status_code == 404
        assert gil.get(media(link, take, "play")).status_code == 404
        Render.objects.filter(pk=take.pk).update(**back)
    assert gil.get(at(link, "take", take.code)).status_code == 200


@pytest.mark.parametrize("kind", ["original", "review", "last", "file", "../../secret", "PLAY"])
def test_other_kinds_of_file_are_not_there(come, share, world, kind):
    link, take = share(world["made"], may_download=True), world["take"]
    address = media(link, take, "play").replace("/play/", f"/{kind}/")
    assert come(link).get(address).status_code == 404


def test_with_a_wrong_digest_there_is_no_file(come, share, world):
    link, take = share(world["made"]), world["take"]
    address = media(link, take, "play").replace(take.sha256[:12], "0" * 12)
    assert come(link).get(address).status_code == 404


def test_downloads_are_a_right_of_their_own(come, share, world):
    for allowed in (False, True):
        link = share(world["made"], may_note=True, may_approve=True, may_download=allowed)
        answer = come(link).get(media(link, world["take"], "download"))
        assert answer.status_code == (200 if allowed else 404)
    name = answer["Content-Disposition"]
    assert "TIDALOBSERVATORY_020.mp4" in name  # not how many takes there were


def test_a_part_of_a_file_is_answered(come, share, world):
    link, take = share(world["made"]), world["take"]
    answer = come(link).get(media(link, take, "play"), headers={"Range": "bytes=0-99"})
    assert answer.status_code == 206 and answer["Content-Length"] == "100"
    assert come(link).post(media(link, take, "play")).status_code == 405


# --- what is in the files -------------------------------------------------------------------


def words_of(path):
    """All that a file says beside its pictures."""
    with av.open(str(path)) as clip:
        streams = [dict(stream.metadata) for stream in clip.streams]
        return json.dumps([dict(clip.metadata), *streams])


def pictures_of(path):
    with av.open(str(path)) as clip:
        return [(frame.time, frame.to_image().tobytes()) for frame in clip.decode(video=0)]


def downloaded(browser, link, take, tmp_path):
    answer = browser.get(media(link, take, "download"))
    assert answer.status_code == 200
    path = tmp_path / f"downloaded.{take.format.lower()}"
    head = repr(sorted(answer.items())).encode()
    path.write_bytes(bytes_of(answer)[len(head) :])
    return path


@pytest.mark.parametrize(
    ("kind", "codec"), [("MP4", "libx264"), ("MOV", "libx264"), ("MOV", "prores_ks"), ("WEBM", "libvpx-vp9")]
)
def test_a_downloaded_clip_has_its_pictures_and_no_words(come, share, ask, ready, pia, tmp_path, kind, codec):
    file = f"takes/{codec}/original.{kind.lower()}"
    take = ready(filed=True, format=kind, file=file)
    pix_fmt = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    write_clip(stored(take.file), codec=codec, pix_fmt=pix_fmt, comment=PROMPT, title=f"seed {SEED}")
    assert PROMPT in words_of(stored(take.file))  # it was there
    link = share(ask([take], pia), may_download=True)

    path = downloaded(come(link), link, take, tmp_path)
    said = words_of(path)
    assert PROMPT not in said and str(SEED) not in said
    assert PROMPT.encode() not in path.read_bytes()
    assert pictures_of(path) == pictures_of(stored(take.file))
    assert len(pictures_of(path)) == FRAMES


@pytest.mark.parametrize("kind", ["JPG", "PNG", "WEBP"])
def test_a_downloaded_still_has_no_words(come, share, ask, ready, pia, tmp_path, kind):
    exif = Image.Exif()
    exif[0x010E] = exif[0x9286] = PROMPT  # its description, a comment
    chunks = PngInfo()
    chunks.add_text("comment", PROMPT)
    chunks.add_itxt("parameters", f"{PROMPT} {SEED}")
    options = {
        "JPG": {"comment": PROMPT, "exif": exif, "xmp": PROMPT.encode()},
        "PNG": {"pnginfo": chunks, "exif": exif},
        "WEBP": {"exif": exif, "xmp": PROMPT.encode(), "lossless": True},
    }[kind]
    take = ready(kind="still", format=kind, filed=True, metadata=options)
    assert PROMPT.encode() in stored(take.file).read_bytes()
    link = share(ask([take], pia), may_download=True)

    path = downloaded(come(link), link, take, tmp_path)
    assert PROMPT.encode() not in path.read_bytes() and str(SEED).encode() not in path.read_bytes()
    with Image.open(path) as image:
        image.load()
        assert image.size == (160, 90)
        assert not {"comment", "exif", "xmp", "parameters"} & set(image.info)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_poster_of_a_still_has_no_words_either(ready, tmp_path, kind):
    """It is made by us, from a file in which a provider may have written something."""
    chunks = PngInfo()
    chunks.add_text("comment", PROMPT)
    source = tmp_path / f"still.{kind.lower()}"
    options = {"comment": PROMPT} if kind == "JPEG" else {"pnginfo": chunks}
    Image.new("RGB", (160, 90)).save(source, kind, **options)
    take = ready(kind="still", format="JPG" if kind == "JPEG" else "PNG")
    kept = take_files.keep_still(take, source)
    assert PROMPT.encode() not in stored(kept["poster"]).read_bytes()


def test_a_bare_copy_is_made_once_and_whole(ready):
    take = ready(filed=True)
    name = bare.file_of(take, "play")
    made = stored(name).stat()
    assert bare.file_of(take, "play") == name and stored(name).stat().st_mtime_ns == made.st_mtime_ns
    folder = stored(name).parent
    assert [path.name for path in folder.iterdir()] == [stored(name).name]  # no draft is left


def test_copies_go_with_the_take(ready, django_capture_on_commit_callbacks):
    take, same = ready(filed=True), ready(filed=True)
    Render.objects.filter(pk=same.pk).update(sha256=take.sha256)
    names = [bare.file_of(take, kind) for kind in ("play", "download")]
    long_ago = timezone.now() - timedelta(days=31)
    for left in (True, False):  # the first time another take is the same file
        gone = take if left else same
        Render.objects.filter(pk=gone.pk).update(trashed_at=long_ago)
        with django_capture_on_commit_callbacks(execute=True):
            trash.empty()
        assert [default_storage.exists(name) for name in names] == [left, left]


def test_a_file_that_cannot_be_copied_is_not_there(come, share, ask, ready, pia):
    take = ready(filed=True)
    stored(take.file).write_bytes(b"no clip at all")
    link = share(ask([take], pia), may_download=True)
    gil = come(link)
    for kind in ("play", "download"):
        assert gil.get(media(link, take, kind)).status_code == 404
    default_storage.delete(take.file)
    assert gil.get(media(link, take, "play")).status_code == 404


# --- the pages ----------------------------------------------------------------------------


def test_the_name_stands_over_the_picture_where_one_may_only_watch(come, share, world):
    take = world["take"]
    watch, speak = share(world["made"]), share(world["made"], may_note=True)
    assert 'class="watermark" aria-hidden="true">Gil<' in come(watch).get(at(watch, "take", take.code)).text
    assert 'class="watermark"' not in come(speak).get(at(speak, "take", take.code)).text


def test_it_stands_over_the_cut_too(come, share, world):
    link = share(None)
    assert 'class="watermark" aria-hidden="true">Gil<' in come(link).get(door(link)).text


def test_a_script_in_a_name_or_a_title_stays_words(come, share, listed):
    made, (take,) = listed()
    Shot.objects.filter(pk=take.shot_id).update(title="</script><script>x()</script>")
    script = "<script>y()</script>"
    cut, link = share(None), share(made)
    for where, browser in (
        (door(cut), come(cut, name=script)),
        (at(link, "take", take.code), come(link, name=script)),
    ):
        page = browser.get(where).text
        assert "<script>x()" not in page and script not in page


def test_the_cut_of_a_guest_plays_and_shows_no_rejected_take(come, share, world, project, shot, frame):
    Shot.objects.filter(pk=shot.pk).update(first_frame=frame)
    Render.objects.filter(pk=world["rejected"].pk).update(circled=True)
    link = share(None)
    gil = come(link)
    found = {each["shot"]: each for each in gil.get(door(link)).context["entries"]}
    assert found["010"]["kind"] == "picture"
    assert gil.get(found["010"]["src"]).status_code == 200
    assert found["020"]["take"] == str(
        world["take"].code
    )  # the next best, though the rejected one is circled
    assert gil.get(found["030"]["src"]).status_code == 200
    assert gil.get(found["030"]["poster"]).status_code == 200


def test_only_first_frames_that_are_shown_can_be_named(come, share, world, project, shot, frame, ready):
    cut, listed_link = share(None), share(world["made"])
    address = at(cut, "picture", frame.code)
    gil = come(cut)
    assert gil.get(address).status_code == 404  # it is the first frame of no shot without a take
    Shot.objects.filter(pk=shot.pk).update(first_frame=frame)
    assert gil.get(address).status_code == 200
    assert Client().get(address).status_code == 404
    assert come(listed_link).get(at(listed_link, "picture", frame.code)).status_code == 404
    ready(filed=True)  # now the shot has a take
    assert gil.get(address).status_code == 404


def test_an_empty_list_says_so(come, share, world):
    Render.objects.update(verdict="rejected")
    link = share(world["made"])
    assert "Nothing to see yet" in come(link).get(door(link)).text


def test_a_day_is_named_at_the_door(client, share):
    day = timezone.localdate() + timedelta(days=3)
    page = client.get(door(share(expires_on=day))).text
    assert f"Good until the end of {day:%B} {day.day}" in page
    assert reverse("accounts:signin") not in page


# --- what copies say of how they were made --------------------------------------------------


def told_elsewhere(path):
    """What a process that knows nothing of this studio reads of a file's manifest, and whether it holds."""
    script = (
        "import json, sys, c2pa\n"
        "with c2pa.Reader(sys.argv[1]) as reader:\n"
        "    print(json.dumps([reader.get_validation_state(), json.loads(reader.detailed_json())]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("kind", "format"),
    [("video", "MP4"), ("video", "MOV"), ("still", "JPG"), ("still", "PNG"), ("still", "WEBP")],
)
@pytest.mark.parametrize("sandbox", [False, True])
def test_a_guests_copy_says_how_it_was_made_and_nothing_more(
    come, share, ask, ready, pia, tmp_path, kind, format, sandbox
):
    file = f"takes/a/original.{format.lower()}"
    take = ready(
        kind=kind, format=format, file=file, filed=True, sandbox=sandbox, prompt=PROMPT, seed=SEED, cost=COST
    )
    if kind == "video":
        write_clip(stored(take.file), comment=PROMPT)
    link = share(ask([take], pia), may_download=True)

    path = downloaded(come(link), link, take, tmp_path)
    state, said = told_elsewhere(path)
    assert state == "Valid"
    said = json.dumps(said)
    model = f"Runway {take.catalogue_model.name}"
    assert (f"the sandbox of Rushes, in place of {model}" if sandbox else model) in said
    assert ("/trainedAlgorithmicMedia" in said) != sandbox
    for secret in [PROMPT, str(SEED), COST, str(take.code), "@studio.example", "TIDAL", "Tidal"]:
        assert secret not in said
    if kind == "video":
        assert pictures_of(path) == pictures_of(stored(take.file))


@pytest.mark.parametrize(("kind", "format"), [("video", "MP4"), ("still", "JPG"), ("still", "PNG")])
def test_a_manifest_that_came_with_the_file_is_named_by_its_hash_and_stays_behind(
    come, share, ask, ready, pia, tmp_path, kind, format
):
    file = f"takes/a/original.{format.lower()}"
    take = ready(kind=kind, format=format, file=file, filed=True)
    if kind == "video":
        write_clip(stored(take.file))
    manifests.sign(stored(take.file), Made(f"Somebody, from {PROMPT}", by_a_model=True), [])
    assert PROMPT.encode() in stored(take.file).read_bytes()
    link = share(ask([take], pia), may_download=True)

    path = downloaded(come(link), link, take, tmp_path)
    assert PROMPT.encode() not in path.read_bytes()
    read = manifests.read(path)
    assert read.state is manifests.State.WHOLE
    assert read.source == carried.digest(stored(take.file)) != ""


def test_copies_are_made_anew_for_another_certificate(ready, settings, tmp_path):
    take = ready(filed=True)
    first = bare.file_of(take, "play")
    settings.C2PA_CERT, settings.C2PA_KEY = write(tmp_path / "real", ec.generate_private_key(ec.SECP256R1()))
    second = bare.file_of(take, "play")
    assert first != second and "Tidal Pictures" in manifests.read(stored(second)).by
    Render.objects.filter(pk=take.pk).delete()
    bare.forget(take)
    assert not stored(first).exists() and not stored(second).exists()


def test_a_guest_reads_that_it_was_made_with_ai_and_who_signs_for_it(come, share, ask, ready, pia):
    take, other = (
        ready(filed=True, sandbox=False),
        ready(filed=True, sandbox=False, format="WEBM", file="a.webm"),
    )
    drawn = ready(filed=True, sandbox=True)
    link = share(ask([take, other, drawn], pia))
    said = "Copies carry content credentials, signed by this studio, not on a trust list."
    assert f"Made with AI. {said}" in come(link).get(at(link, "take", take.code)).text
    page = come(link).get(at(link, "take", other.code)).text
    assert "Made with AI. A file of this kind holds no content credentials." in page
    page = come(link).get(at(link, "take", drawn.code)).text
    assert f"Drawn by the sandbox of Rushes, not by AI. {said}" in page


def test_what_is_written_between_the_pictures_of_a_film_stays_behind(ready, tmp_path):
    take, plain = ready(filed=True), tmp_path / "plain.mp4"
    write_clip(plain)
    said = f"h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+{SECRET}"
    with av.open(str(plain)) as clip, av.open(str(stored(take.file)), "w", format="mp4") as out:
        film = clip.streams.video[0]
        copy = out.add_stream_from_template(film)
        written = BitStreamFilterContext(said, film, copy)
        for packet in clip.demux(film):
            for each in written.filter(packet) if packet.dts is not None else ():
                each.stream = copy
                out.mux(each)
    assert SECRET.encode() in stored(take.file).read_bytes()
    copy = stored(bare.file_of(take, "play"))
    assert SECRET.encode() not in copy.read_bytes()
    assert pictures_of(copy) == pictures_of(plain)


def test_what_is_written_behind_a_profile_stays_behind(ready):
    take = ready(kind="still", format="JPG", filed=True)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (64, 48), "red").save(stored(take.file), icc_profile=profile + SECRET.encode())
    copy = stored(bare.file_of(take, "download"))
    assert SECRET.encode() not in copy.read_bytes()
    with Image.open(copy) as image:
        assert image.info["icc_profile"] == profile


def test_a_still_that_is_held_otherwise_is_upright_in_a_guests_copy(ready):
    take = ready(kind="still", format="JPG", filed=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGB", (64, 48), "red")
    image.paste("blue", (0, 0, 32, 48))
    image.save(stored(take.file), exif=exif, quality=95)
    before, after = (
        pictures.shown(stored(name)).image for name in (take.file, bare.file_of(take, "download"))
    )
    assert before.size == after.size == (48, 64)
    assert after.getpixel((24, 5))[2] > 200 and after.getpixel((24, 60))[0] > 200


def test_a_copy_that_could_not_be_signed_is_made_again_later(ready, monkeypatch):
    take = ready(filed=True)
    with monkeypatch.context() as patch:
        patch.setattr(manifests, "sign", lambda *told: False)
        first = bare.file_of(take, "play")
        assert bare.file_of(take, "play") == first
    assert manifests.read(stored(first)).state is manifests.State.NONE
    assert bare.file_of(take, "play") == first  # not at every look
    monkeypatch.setattr(bare, "_TRIED_AGAIN", timedelta(0))
    assert manifests.read(stored(bare.file_of(take, "play"))).state is manifests.State.WHOLE


def test_where_nothing_can_be_signed_every_page_says_so(come, share, ask, ready, pia, client_of, settings):
    take = ready(filed=True)
    link = share(ask([take], pia), may_download=True)
    settings.C2PA_CERT = settings.C2PA_KEY = "/nowhere"
    assert "this studio cannot sign now" in come(link).get(at(link, "take", take.code)).text
    assert come(link).get(media(link, take, "play")).status_code == 200
    address = reverse("board:viewer", args=[take.project.slug, take.shot.code])
    assert "this studio cannot sign now" in client_of(pia).get(address, {"take": take.code}).content.decode()


def test_a_copy_that_was_encoded_again_says_so(ready, monkeypatch):
    take = ready(filed=True)
    monkeypatch.setattr(clip_copies, "_leaves_something_out", lambda source: True)
    read = manifests.read(stored(bare.file_of(take, "play")))
    assert read.steps == ("c2pa.transcoded", "c2pa.repackaged")


def test_a_webm_with_a_copy_for_review_is_told_apart(ready):
    take = ready(filed=True, format="WEBM", file="takes/a/original.webm", review="takes/a/review-a.mp4")
    assert "but for the file itself, whose kind holds none" in credentials.of_copies(take)
