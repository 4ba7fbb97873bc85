"""The shelf page: what stands there, where it is used, and what people do with it."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders import input_images as inputs
from studio.generation.trash import trash
from studio.integrations.media import pictures
from studio.planning.projects import actions as projects
from studio.planning.projects.models import Picture
from studio.planning.references import actions
from studio.planning.references.models import Reference
from studio.runtime.live import frames
from tests.pages import text


@pytest.fixture
def mira(project, frame, pia):
    return actions.add(project, frame, name="mira", kind="character", by=pia)


@pytest.fixture
def at(project):
    return lambda name, *more: reverse(f"pictures:{name}", args=[project.slug, *more])


def shown(response):
    return text(response.content.decode().split("<main")[1])


def asked(browser, address):
    """How many queries a page takes, once the faces in its header are kept."""
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
    return len(seen)


def made_with(reference):
    return {"kind": "still", "frames": [inputs.frozen(reference.picture, "reference", name=reference.name)]}


# --- adding -------------------------------------------------------------------------------


def test_an_upload_is_put_on_the_shelf(client_of, ana, project, at, picture_bytes):
    upload = SimpleUploadedFile("mira.jpg", picture_bytes())
    sent = {"upload": upload, "name": "@Mira ", "kind": "character", "in_look": "on"}
    response = client_of(ana).post(at("new"), sent)
    assert response.url == at("shelf")
    mira = Reference.objects.get()
    assert (mira.name, mira.kind, mira.in_look, mira.created_by) == ("mira", "character", True, ana)
    assert mira.picture.name == "mira.jpg"


def test_a_picture_of_the_project_is_named_after_its_file(client_of, ana, frame, at):
    page = client_of(ana).get(f"{at('new')}?picture={frame.code}").content.decode()
    assert 'value="board"' in page and f'value="{frame.code}"' in page
    client_of(ana).post(at("new"), {"picture": frame.code, "name": "board", "kind": "place"})
    assert Reference.objects.get().picture == frame


def test_a_still_becomes_a_picture_and_a_reference(client_of, ana, shot, at, ready):
    still = ready(kind="still", filed=True)
    page = client_of(ana).get(f"{at('new')}?take={still.code}", headers={"HX-Request": "true"})
    assert 'value="kite"' in page.content.decode() and "<main" not in page.content.decode()
    response = client_of(ana).post(at("new"), {"take": still.code, "name": "kite", "kind": "style"})
    assert response.url == still.get_absolute_url()
    picture = Reference.objects.get().picture
    assert (picture.from_take, picture.from_label) == (still.code, "from 010, still 1")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": "mira"}, "There is a @mira on the shelf already"),
        ({"name": "m"}, "A name has 3 to 16 small letters"),
        ({"name": ""}, "Give it a name"),
        ({"name": "keeper", "kind": "ghost"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client_of, ana, mira, frame, at, sent, sentence):
    response = client_of(ana).post(at("new"), {"picture": frame.code, "kind": "place", **sent})
    assert response.status_code == 422
    assert sentence in text(response.content.decode())
    assert f'value="{sent["name"]}"' in response.content.decode()
    assert Reference.objects.count() == 1


def test_a_picture_whose_name_is_refused_need_not_be_sent_again(client_of, ana, project, at, picture_bytes):
    upload = SimpleUploadedFile("mira.jpg", picture_bytes())
    browser = client_of(ana)
    page = browser.post(at("new"), {"upload": upload, "name": "m", "kind": "place"}).content.decode()
    picture = Picture.objects.get()
    assert f'name="picture" value="{picture.code}"' in page
    browser.post(at("new"), {"picture": picture.code, "name": "mira", "kind": "place"})
    assert Reference.objects.get().picture == picture


def test_without_a_picture_one_is_asked_for(client_of, ana, at):
    response = client_of(ana).post(at("new"), {"name": "mira", "kind": "place"})
    assert response.status_code == 422 and "Choose a picture" in response.content.decode()


def test_a_file_that_is_no_picture_says_so(client_of, ana, at):
    upload = SimpleUploadedFile("mira.jpg", b"no picture")
    response = client_of(ana).post(at("new"), {"upload": upload, "name": "mira", "kind": "place"})
    assert response.status_code == 422 and "not a picture we can read" in response.content.decode()


def test_a_still_whose_file_is_gone_says_so(client_of, ana, project, shot, at, ready):
    still = ready(kind="still", file="takes/gone.png")
    sent = {"take": still.code, "name": "mira", "kind": "character"}
    response = client_of(ana).post(at("new"), sent)

    assert response.status_code == 422
    assert "cannot be read any more" in shown(response)
    response = client_of(ana).post(reverse("viewer:use_as_first_frame", args=[still.code]), follow=True)
    assert "cannot be read any more" in response.text


def test_what_belongs_to_another_project_is_not_there(client_of, pia, frame, shot, ready):
    still = ready(kind="still", filed=True)
    other = projects.create_project(name="Another", by=pia)
    for key, code in {"picture": frame.code, "take": still.code}.items():
        sent = {key: code, "name": "mira", "kind": "place"}
        assert client_of(pia).post(reverse("pictures:new", args=[other.slug]), sent).status_code == 404
    assert not Reference.objects.exists()


def test_a_veiled_still_is_not_put_there(client_of, ana, at, ready):
    still = ready(kind="still", filed=True, flagged=True)
    assert client_of(ana).get(f"{at('new')}?take={still.code}").status_code == 404


def test_a_still_whose_file_is_gone_is_refused_in_words(client_of, ana, at, ready):
    still = ready(kind="still", file="gone.jpg")
    sent = {"take": still.code, "name": "kite", "kind": "style"}
    response = client_of(ana).post(at("new"), sent)
    assert response.status_code == 422
    assert "cannot be read any more" in text(response.content.decode())
    assert 'value="kite"' in response.content.decode()
    assert not Reference.objects.exists()


# --- looking ------------------------------------------------------------------------------


def test_the_shelf_says_where_each_is_used(client_of, bo, pia, project, shot, mira, at, ready):
    projects.change_shot(shot, by=pia, prompt="@mira flies a kite")
    given = projects.create_shot(project, by=pia, title="Night")
    actions.give(given, mira, by=pia)
    ready(**made_with(mira))
    ready(**made_with(mira))
    ready(**{**made_with(mira), "state": "cancelled"})
    page = client_of(bo).get(at("shelf"))
    assert "Characters @mira Used by 010 , 020 · 2 takes" in shown(page)
    assert "Change" not in shown(page)

    used = client_of(bo).get(at("used", "mira"))
    assert "010 Kite named in the prompt 020 Night given" in shown(used)
    assert used.content.decode().count('<article id="render-') == 2
    assert "$" not in shown(used)


def test_takes_made_with_it_go_on_by_key(client_of, ana, shot, mira, at, ready, monkeypatch):
    takes = [ready(**made_with(mira)) for _ in range(3)]
    monkeypatch.setattr("studio.generation.reference_pages.shelf_views.PAGE", 2)
    page = client_of(ana).get(at("used", "mira")).content.decode()
    assert str(takes[2].code) in page and str(takes[0].code) not in page
    older = client_of(ana).get(f"{at('used', 'mira')}?before={takes[1].pk}").content.decode()
    assert str(takes[0].code) in older and str(takes[1].code) not in older


def test_the_shelf_asks_as_often_for_twelve_as_for_two(client_of, ana, project, shot, frame, at, ready):
    def queries(number):
        for _ in range(number):
            reference = actions.add(
                project, frame, name=f"name{Reference.objects.count()}", kind="place", by=ana
            )
            given = projects.create_shot(project, by=ana, prompt=f"@{reference.name} at dusk")
            actions.give(given, reference, by=ana)
            ready(**made_with(reference))
        return asked(client_of(ana), at("shelf"))

    assert queries(2) == queries(10)


# --- changing -----------------------------------------------------------------------------


def change(browser, at, *, to="mira", **sent):
    return browser.post(at("change", "mira"), {"name": to, "kind": "character", **sent})


def test_a_new_name_says_who_still_says_the_old_one_and_changes_them_in_one_press(
    client_of, ana, shot, mira, at
):
    projects.change_shot(shot, by=ana, prompt="@mira flies a kite")
    browser = client_of(ana)
    page = browser.get(change(browser, at, to="keeper").url)
    assert "@mira is @keeper now. The prompt of shot 010 still says @mira." in shown(page)
    browser.post(at("reword", "keeper"), {"was": "mira"})
    shot.refresh_from_db()
    assert shot.prompt == "@keeper flies a kite"


def test_a_name_somebody_else_uses_by_now_is_not_written_over(client_of, ana, project, frame, shot, mira, at):
    projects.change_shot(shot, by=ana, prompt="@mira flies a kite")
    actions.add(project, frame, name="keeper", kind="place", by=ana)
    client_of(ana).post(at("reword", "keeper"), {"was": "mira"})
    shot.refresh_from_db()
    assert shot.prompt == "@mira flies a kite"


def test_kind_and_look_are_changed(client_of, ana, mira, at):
    response = change(client_of(ana), at, kind="style", in_look="on")
    assert response.url == f"{at('shelf')}#reference-{mira.pk}"
    mira.refresh_from_db()
    assert (mira.kind, mira.in_look) == ("style", True)


def test_a_change_by_htmx_answers_with_the_card(client_of, ana, mira, at):
    sent = {"name": "mira", "kind": "character", "in_look": "on"}
    response = client_of(ana).post(at("change", "mira"), sent, headers={"HX-Request": "true"})
    assert f'id="reference-{mira.pk}"' in response.content.decode()
    assert "in the look" in text(response.content.decode()) and "<main" not in response.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_bad_new_name_is_said_beside_it(client_of, ana, project, frame, mira, at, headers):
    actions.add(project, frame, name="harbour", kind="place", by=ana)
    sent = {"name": "harbour", "kind": "character"}
    response = client_of(ana).post(at("change", "mira"), sent, headers=headers)
    assert response.status_code == 422
    assert text(response.content.decode()).count("There is a @harbour on the shelf already") == 1
    assert ("<main" in response.content.decode()) is not bool(headers)


def test_off_the_shelf_its_picture_stays(client_of, ana, mira, at):
    client_of(ana).post(at("remove", "mira"))
    assert not Reference.objects.exists()
    assert Picture.objects.kept().filter(pk=mira.picture_id).exists()


# --- the trash ----------------------------------------------------------------------------


def test_a_picture_on_the_shelf_is_not_thrown_away_and_says_where_it_is_used(
    client_of, pia, shot, frame, mira, at
):
    projects.change_shot(shot, by=pia, prompt="@mira flies a kite")
    page = client_of(pia).post(reverse("trash:trash_picture", args=[frame.code]), follow=True)
    assert "It is @mira on the shelf, used by 010. Take it off the shelf first." in text(
        page.content.decode()
    )
    frame.refresh_from_db()
    assert frame.trashed_at is None


def test_what_is_on_the_shelf_does_not_go_from_the_trash_for_good(frame, mira):
    Picture.objects.update(trashed_at=timezone.now() - timezone.timedelta(days=31))
    trash.empty()
    assert Reference.objects.get().picture == frame


# --- live ---------------------------------------------------------------------------------


def test_news_of_the_shelf_are_drawn_for_each_audience(project, mira, pia):
    project.refresh_from_db()
    before = project.last_event
    actions.change(mira, by=pia, kind="place")
    texts = frames.draw(project.pk, before, {"money", "member"}).texts
    money, member = (json.loads(texts[audience])["html"] for audience in ("money", "member"))
    assert 'data-into="shelf-place"' in money and 'data-into="shelf-place"' in member
    assert "/change" in money and "/change" not in member
    assert money.index("data-gone") < money.index("data-into")  # to another list
    assert 'data-signal="shelf-changed"' in member


def test_what_was_taken_off_goes_from_open_pages(project, mira, pia):
    project.refresh_from_db()
    key, before = mira.pk, project.last_event
    actions.remove(mira, by=pia)
    html = json.loads(frames.draw(project.pk, before, {"member"}).texts["member"])["html"]
    assert f'id="reference-{key}" data-gone' in html


# --- the pictures -------------------------------------------------------------------------


def test_the_pictures_page_offers_the_shelf(picture_bytes, client_of, ana, bo, project, frame, mira, at):
    other = projects.keep_picture(
        project, pictures.read(io.BytesIO(picture_bytes(64, 36))), by=ana, name="other.jpg"
    )
    page = client_of(ana).get(at("pictures")).content.decode()
    assert f"{at('new')}?picture={other.code}" in page
    assert at("used", "mira") in page and f"?picture={frame.code}" not in page
    assert at("new") not in client_of(bo).get(at("pictures")).content.decode()


def test_the_pictures_page_asks_as_often_for_many(picture_bytes, client_of, ana, project, frame, at):
    browser = client_of(ana)
    actions.add(project, frame, name="mira", kind="place", by=ana)
    few = asked(browser, at("pictures"))
    for number in range(5):
        read = pictures.read(io.BytesIO(picture_bytes(64, 36, colour=(number * 20, 10, 10))))
        picture = projects.keep_picture(project, read, by=ana, name=f"{number}.jpg")
        actions.add(project, picture, name=f"name{number}", kind="place", by=ana)
    assert asked(browser, at("pictures")) == few


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_change_that_is_refused_keeps_the_kind_and_the_look_that_were_chosen(
    client_of, ana, mira, at, headers
):
    sent = {"name": "m", "kind": "style", "in_look": "on"}
    response = client_of(ana).post(at("change", "mira"), sent, headers=headers)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="style" selected' in page and 'value="character" selected' not in page
    assert 'name="in_look" value="on" checked' in page
    mira.refresh_from_db()
    assert (mira.name, mira.kind, mira.in_look) == ("mira", "character", False)
