"""Going on from a frame of a take: that very frame becomes a picture, and what another shot starts from."""

from pathlib import Path

import av
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageChops

from studio.generation.renders.models import Render
from studio.planning.projects import actions
from studio.planning.projects.models import Picture, Shot
from tests import numbered


@pytest.fixture
def take(shot):
    """A take of 72 frames, each with its number on it, in long groups and with B-frames."""
    return numbered.take_of(shot, frames=72)


@pytest.fixture
def following(project, pia, shot):
    return actions.create_shot(project, by=pia, title="The gate opens")


@pytest.fixture
def go_on(client_of, ana, take):
    """Continue from a frame of the take as Ana: `go_on(60, to="next")`."""

    def go_on(frame, *, who=ana, take=take, **sent):
        address = reverse("composer:continue", args=[take.code])
        return client_of(who).post(address, {"frame": frame, **sent}, follow=True)

    return go_on


def undo(client, page):
    """Press Undo on the message of this page."""
    (said,) = page.context["messages"]
    return client.post(said.extra_tags, follow=True)


def decoded(take, index):
    with av.open(default_storage.path(take.file)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == index:
                return frame.to_image()


@pytest.mark.parametrize("frame", [0, 60, 71])
def test_the_picture_is_the_very_frame_pixel_by_pixel(go_on, take, following, frame):
    go_on(frame, to="next")

    following.refresh_from_db()
    picture = following.first_frame
    with default_storage.open(picture.file) as file:
        kept = Image.open(file).convert("RGB")
    assert ImageChops.difference(kept, decoded(take, frame)).getbbox() is None
    assert (picture.source, picture.from_take, picture.from_frame) == ("frame", take.code, frame)
    assert picture.from_label == f"from 010, take 1, frame {frame}"
    assert picture.file.endswith(".png")


def test_the_same_frame_is_held_once(go_on, following):
    go_on(60, to="next")
    go_on(60, to="new")
    go_on(60, to="picture")

    assert Picture.objects.count() == 1


def test_it_lands_on_the_next_shot_and_undo_gives_back_what_that_started_from(
    go_on, client_of, ana, following, frame
):
    crop = {"left": 10.0, "top": 0.0, "width": 800.0, "for": "1280x720"}
    actions.change_shot(following, by=ana, first_frame=frame, crop=crop)
    page = go_on(60, to="next")

    following.refresh_from_db()
    assert page.redirect_chain[-1][0] == f"{following.get_absolute_url()}#id_prompt"
    assert following.first_frame != frame and following.crop is None
    undo(page.client, page)
    following.refresh_from_db()
    assert (following.first_frame, following.crop) == (frame, crop)


def test_undo_leaves_alone_what_somebody_has_changed_since(go_on, pia, following, frame):
    page = go_on(60, to="next")
    following.refresh_from_db()
    actions.change_shot(following, by=pia, first_frame=frame)
    undo(page.client, page)

    following.refresh_from_db()
    assert following.first_frame == frame


def test_undo_is_for_who_pressed(go_on, client_of, pia, following):
    page = go_on(60, to="next")
    answer = undo(client_of(pia), page)

    following.refresh_from_db()
    assert following.first_frame is not None
    assert "cannot be undone" in answer.text


def test_a_new_shot_comes_behind_in_the_same_scene_and_shape(go_on, project, pia, shot, following):
    actions.change_shot(shot, by=pia, scene="1 · Causeway", aspect="720x1280")
    Render.objects.update(aspect="9:16")
    page = go_on(60, to="new")

    codes = list(project.shots.kept().in_order().values_list("code", flat=True))
    assert codes == ["010", "011", "020"]
    new = Shot.objects.get(code="011")
    assert page.redirect_chain[-1][0] == f"{new.get_absolute_url()}#id_prompt"
    assert (new.scene, new.preset.label, new.first_frame.from_frame) == ("1 · Causeway", "9:16", 60)


def test_undo_of_a_new_shot_throws_it_away_and_leads_back_to_the_frame(go_on, take, following):
    page = go_on(60, to="new")
    answer = undo(page.client, page)

    assert Shot.objects.get(code="011").trashed_at
    assert answer.redirect_chain[-1][0] == f"{take.get_absolute_url()}&frame=60"


def test_a_new_shot_with_takes_stays(go_on, ana, ready):
    page = go_on(60, to="new")
    ready(shot=Shot.objects.get(code="011"))
    answer = undo(page.client, page)

    assert Shot.objects.get(code="011").trashed_at is None
    assert "it stays" in answer.text


def test_another_shot_is_named_by_its_code(go_on, project, pia, following):
    other = actions.create_shot(project, by=pia, code="B-7")
    go_on(60, to="shot", shot="b-7")

    other.refresh_from_db()
    assert other.first_frame.from_frame == 60


def test_it_may_only_be_kept_as_a_picture(go_on, take, following):
    page = go_on(60, to="picture")

    assert page.redirect_chain[-1][0] == f"{take.get_absolute_url()}&frame=60"
    assert Picture.objects.get().from_frame == 60
    following.refresh_from_db()
    assert following.first_frame is None


def test_a_still_can_be_continued_from_too(go_on, ready, following):
    still = ready(kind="still", filed=True)
    go_on(0, take=still, to="next")

    following.refresh_from_db()
    assert following.first_frame.from_label == "from 010, still 1"
    assert following.first_frame.source == "still"


def test_the_review_copy_serves_where_the_original_cannot_be_read(go_on, take, following):
    assert take.review
    with default_storage.open(take.file, "wb") as file:
        file.write(b"not a clip any more")
    go_on(60, to="next")

    following.refresh_from_db()
    assert following.first_frame.from_frame == 60


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"frame": "72", "to": "next"}, "has the frames 0 to 71"),
        ({"frame": "-1", "to": "next"}, "has the frames 0 to 71"),
        ({"frame": "kite", "to": "next"}, "A frame is a whole number."),
        ({"frame": "", "to": "next"}, "Which frame?"),
        ({"frame": "60"}, "Choose where it goes on."),
        ({"frame": "60", "to": "elsewhere"}, "Choose where it goes on."),
        ({"frame": "60", "to": "shot", "shot": "999"}, "There is no shot 999."),
        ({"frame": "60", "to": "shot"}, "Which shot?"),
        ({"frame": "60", "to": "next", "shot": "010"}, "Press “Use there”"),
    ],
)
def test_what_cannot_be_done_is_said_beside_its_field(go_on, following, sent, said):
    page = go_on(sent.pop("frame"), **sent)

    assert page.status_code == 422
    assert said in page.text
    assert not Picture.objects.exists()


@pytest.mark.parametrize("to", ["picture", "next", "new"])
@pytest.mark.parametrize("damage", ["gone", "other bytes", "a folder"])
def test_a_frame_that_cannot_be_read_says_so_beside_it(go_on, take, following, to, damage):
    """Case 32: the original was moved away, or is another by now."""
    for name in filter(None, (take.file, take.review)):
        path = Path(default_storage.path(name))
        path.unlink()
        if damage == "other bytes":
            path.write_bytes(b"not a clip any more")
        elif damage == "a folder":
            path.mkdir()
    page = go_on(0, to=to)
    assert page.status_code == 422
    assert "cannot be read" in page.text
    assert not Picture.objects.exists()


def test_the_last_shot_has_no_next_one(go_on):
    assert "No shot comes after this one." in go_on(60, to="next").text


def test_without_scripts_the_page_asks_for_the_frame(client_of, ana, take, following):
    page = client_of(ana).get(reverse("composer:continue", args=[take.code]), {"frame": "60"})

    assert 'name="frame"' in page.text and 'value="60"' in page.text
    assert "020" in page.text and "its first frame is replaced" not in page.text


def test_what_is_veiled_or_thrown_away_or_not_there_yet_is_not_found(go_on, take, following):
    for columns in (
        {"flagged": True},
        {"trashed_at": timezone.now(), "flagged": False},
        {"trashed_at": None, "state": "failed"},
    ):
        Render.objects.update(**columns)
        assert go_on(60, to="next").status_code == 404
    Render.objects.update(state="ready", flagged=True, unveiled_at=timezone.now())
    assert go_on(60, to="next").status_code == 200


def test_viewers_reviewers_and_strangers_may_not(go_on, rae, bo, cid, following):
    for who in (rae, bo, cid):
        assert go_on(60, to="next", who=who).status_code == 404


def test_the_take_says_where_it_goes_on(go_on, client_of, bo, take, following):
    go_on(60, to="next")
    page = client_of(bo).get(take.get_absolute_url()).text

    assert "continues in" in page and following.get_absolute_url() in page


def test_the_shot_and_its_row_lead_to_the_take_at_that_frame(go_on, client_of, ana, bo, take, following):
    go_on(60, to="next")
    link = f"{take.get_absolute_url()}&amp;frame=60"

    for who in (ana, bo):
        browser = client_of(who)
        for address in (following.get_absolute_url(), take.project.get_absolute_url()):
            page = browser.get(address).text
            assert link in page and "from 010, take 1, frame 60" in page, (who, address)
