"""Media addresses reach the files of takes and nothing else; a download's name is one line, always."""

import re
from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from studio.generation.renders.models import Render
from studio.planning.projects.models import Picture, Project, Shot

UP = [
    "../../secret_key",
    "..%2f..%2fsecret_key",
    "%2e%2e/%2e%2e/secret_key",
    "%2e%2e%2f%2e%2e%2fsecret_key",
    "..\\..\\secret_key",
    "....//....//secret_key",
    "%00",
    "original%00.mp4",
    "%c0%ae%c0%ae/secret_key",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file",
    "sha256",
    "__class__",
]


@pytest.mark.parametrize("part", UP)
def test_no_address_climbs_out_of_the_media_folder(client_of, bo, ready, frame, part):
    digest = ready.sha256[:12]
    addresses = [
        f"/media/{ready.code}/{part}/{digest}",
        f"/media/{ready.code}/original/{part}",
        f"/media/{ready.code}/{part}",
        f"/media/pictures/{frame.code}/{part}/{frame.sha256[:12]}",
        f"/media/pictures/{frame.code}/working/{part}",
        f"/media/{part}",
        f"/static/{part}",
    ]
    assert {client_of(bo).get(address).status_code for address in addresses} == {404}


@pytest.mark.parametrize("name", ["../secret_key", "/etc/passwd", "takes/../../secret_key"])
def test_not_even_a_wrong_row_leads_out(client_of, bo, ready, frame, settings, name):
    """The storage refuses it; nothing of the file is sent."""
    (settings.MEDIA_ROOT.parent / "secret_key").write_text("the secret")
    Render.objects.update(file=name)
    Picture.objects.update(file=name)
    for address in (
        reverse("renders:media", args=[ready.code, "original", ready.sha256[:12]]),
        reverse("renders:picture", args=[frame.code, "working", frame.sha256[:12]]),
    ):
        assert client_of(bo).get(address).status_code == 400


def test_an_upload_chooses_no_place_on_the_disk(client_of, ana, shot, picture_bytes, settings):
    """Files are named by their hash; the name it came with is only ever shown."""
    sent = ContentFile(picture_bytes(), name="x.jpg")
    sent.name = "../../../evil.jpg"
    address = reverse("board:first_frame", args=[shot.project.slug, shot.code])

    assert client_of(ana).post(address, {"first_frame": sent}).status_code == 302
    picture = Picture.objects.get()
    assert re.fullmatch(r"pictures/[0-9a-f]{2}/[0-9a-f]{64}\.jpg", picture.file)
    assert not list(settings.MEDIA_ROOT.parent.glob("**/evil*"))
    assert default_storage.exists(picture.file)


NAMES = {
    "a new header": "Ice\r\nSet-Cookie: stolen=1",
    "a line feed": "Ice\nX-Evil: 1",
    "quotes": 'Ice"; filename="evil.exe',
    "a path": "../../Ice/../evil",
    "a backslash": "Ice\\evil",
    "a semicolon": "Ice; evil=1",
    "right to left": "Ice\u202efdp.exe",
    "a null": "Ice\x00.exe",
    "nothing that is a letter": "“”…",
    "another alphabet": "Лёд",
    "a script": "<script>alert(1)</script>",
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_download_is_named_in_one_plain_line(client_of, bo, ready, kind):
    """Both words in the name are people's: the project's, and the shot's code."""
    Project.objects.update(name=NAMES[kind])
    Shot.objects.update(code=NAMES[kind][:20])
    address = reverse("renders:media", args=[ready.code, "original", ready.sha256[:12]])
    answer = client_of(bo).get(address, {"download": ""})

    assert answer.status_code == 200
    said = answer["Content-Disposition"]
    plain = re.fullmatch(r'attachment; filename="[A-Za-z0-9_-]+\.mp4"', said)
    encoded = re.fullmatch(r"attachment; filename\*=utf-8''[A-Za-z0-9_%-]+\.mp4", said)
    assert plain or encoded, said
    assert quote("\u202e") not in said
    assert not {"Set-Cookie", "X-Evil"} & set(answer.headers)
    assert answer["X-Content-Type-Options"] == "nosniff"
