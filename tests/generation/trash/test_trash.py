"""Throwing away and taking back: thirty days, then only the ledger remembers."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders import create_takes, lifecycle
from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.oversight.cost_reports import period
from studio.oversight.cost_reports.costs import Costs
from studio.planning.ledger import lines
from studio.planning.ledger.models import Budget, LedgerEntry
from studio.planning.projects import actions
from studio.planning.projects.models import Picture, Project, Shot


@pytest.fixture
def take(order, engine):
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    return take


def long_ago(model, pk):
    model.objects.filter(pk=pk).update(trashed_at=timezone.now() - timedelta(days=31))


def test_a_shot_is_thrown_away_and_undone(client_of, pia, project, shot, take):
    browser = client_of(pia)
    board = browser.post(reverse("trash:trash_shot", args=[project.slug, "010"]), follow=True)
    assert "in the trash for 30 days" in board.content.decode()
    assert f"shot-{shot.code}" not in board.content.decode()
    undo = reverse("trash:restore_shot", args=[project.slug, shot.pk])
    assert f'formaction="{undo}"' in board.content.decode()

    browser.post(undo)
    board = browser.get(project.get_absolute_url()).content.decode()
    assert f"shot-{shot.code}" in board and str(take.code) in board


def test_its_code_may_be_given_away_meanwhile(client_of, pia, project, shot):
    browser = client_of(pia)
    browser.post(reverse("trash:trash_shot", args=[project.slug, "010"]))
    actions.create_shot(project, by=pia, code="010", title="Another")
    browser.post(reverse("trash:restore_shot", args=[project.slug, shot.pk]))
    shot.refresh_from_db()
    assert shot.code == "010_2"


def test_what_was_not_sent_is_taken_back_for_nothing(client_of, pia, project, shot, order):
    (waiting,) = order()
    client_of(pia).post(reverse("trash:trash_shot", args=[project.slug, "010"]))
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"
    assert LedgerEntry.objects.filter(kind="release").count() == 1


def test_what_is_being_made_is_finished_filed_and_charged_in_the_trash(pia, project, shot, order, engine):
    (take,) = order()
    engine.hurry()
    lifecycle.submit(str(take.batch))
    trash.trash_shots(project, [shot], by=pia)
    engine.run()
    take.refresh_from_db()
    assert take.state == "ready"
    assert LedgerEntry.objects.filter(kind="charge").count() == 1


def test_a_take_is_thrown_away_and_taken_back(client_of, pia, take):
    browser = client_of(pia)
    browser.post(reverse("trash:trash_take", args=[take.code]), follow=True)
    assert str(take.code) not in browser.get(take.shot.get_absolute_url()).content.decode()
    browser.post(reverse("trash:restore_take", args=[take.code]))
    assert str(take.code) in browser.get(take.shot.get_absolute_url()).content.decode()


def test_a_take_on_its_way_is_not_thrown_away(client_of, pia, order):
    (take,) = order()
    page = client_of(pia).post(reverse("trash:trash_take", args=[take.code]), follow=True)
    assert "on its way" in page.content.decode()
    take.refresh_from_db()
    assert take.trashed_at is None


def test_a_picture_that_a_shot_starts_from_stays(client_of, pia, shot, frame):
    actions.change_shot(shot, by=pia, first_frame=frame)
    page = client_of(pia).post(reverse("trash:trash_picture", args=[frame.code]), follow=True)
    assert "Shot 010 starts from it" in page.content.decode()
    actions.change_shot(shot, by=pia, first_frame=None)
    client_of(pia).post(reverse("trash:trash_picture", args=[frame.code]))
    frame.refresh_from_db()
    assert frame.trashed_at


def test_a_project_is_thrown_away_and_only_its_producer_takes_it_back(
    client_of, pia, ana, cid, project, take
):
    client_of(pia).post(reverse("trash:trash_project", args=[project.slug]))
    assert client_of(ana).get(project.get_absolute_url()).status_code == 404
    assert (
        project.name
        not in client_of(pia)
        .get(reverse("dashboard:projects"))
        .content.decode()
        .split("<main")[1]
        .split("toast")[0]
    )
    for stranger in (ana, cid):
        assert (
            client_of(stranger).post(reverse("trash:restore_project", args=[project.slug])).status_code == 404
        )
    client_of(pia).post(reverse("trash:restore_project", args=[project.slug]))
    assert client_of(ana).get(project.get_absolute_url()).status_code == 200


def test_a_project_with_takes_on_their_way_is_not(client_of, pia, project, order):
    order()
    page = client_of(pia).post(reverse("trash:trash_project", args=[project.slug]), follow=True)
    assert "on their way" in page.content.decode()
    assert Project.objects.get().trashed_at is None


@pytest.mark.django_db(transaction=True)
def test_after_thirty_days_files_are_gone_and_the_ledger_is_not(pia, project, shot, take):
    files = [
        getattr(take, column)
        for column in ("file", "poster", "filmstrip", "last_frame")
        if getattr(take, column)
    ]
    assert files and all(default_storage.exists(name) for name in files)
    before = list(LedgerEntry.objects.order_by("pk").values())
    trash.trash_shots(project, [shot], by=pia)
    trash.empty()
    assert Render.objects.exists(), "not yet"
    long_ago(Shot, shot.pk)
    trash.empty()

    assert not Render.objects.exists() and not Shot.objects.exists()
    assert not any(default_storage.exists(name) for name in files)
    assert list(LedgerEntry.objects.order_by("pk").values()) == before


@pytest.mark.django_db(transaction=True)
def test_a_file_that_two_pictures_share_stays_as_long_as_one_is_there(pia, project, frame):
    other = actions.create_project(name="Another", by=pia)
    twin = Picture.objects.get(pk=frame.pk)
    twin.pk, twin.project = None, other
    twin.code = uuid.uuid4()
    twin.save()
    trash.trash_picture(frame, by=pia)
    long_ago(Picture, frame.pk)
    trash.empty()
    assert not Picture.objects.filter(pk=frame.pk).exists()
    assert default_storage.exists(twin.file)


def test_of_a_project_only_its_ledger_is_left(client_of, pia, project, take, frame):
    trash.trash_project(project, by=pia)
    long_ago(Project, project.pk)
    trash.empty()
    project.refresh_from_db()
    assert project.purged_at
    assert not Shot.objects.exists() and not Picture.objects.exists()
    assert project.ledger.filter(kind="charge").count() == 1
    assert client_of(pia).post(reverse("trash:restore_project", args=[project.slug])).status_code == 404


def test_the_trash_asks_the_same_questions_whatever_lies_in_it(
    client_of, pia, project, django_assert_max_num_queries
):
    for number in range(30):
        shot = actions.create_shot(project, by=pia, code=f"{number:03d}")
        trash.trash_shots(project, [shot], by=pia)
    browser = client_of(pia)
    with django_assert_max_num_queries(
        14
    ):  # one of them, whether the studio stands still, every five seconds
        assert browser.get(reverse("trash:trash", args=[project.slug])).status_code == 200


def test_a_page_without_scripts_takes_back_too(client_of, pia, project, shot):
    trash.trash_shots(project, [shot], by=pia)
    page = client_of(pia).get(reverse("trash:trash", args=[project.slug])).content.decode()
    assert f'action="{reverse("trash:restore_shot", args=[project.slug, shot.pk])}"' in page


# --- money, numbers, second presses -------------------------------------------------------


def sent(take, engine):
    engine.hurry()
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()


def expire(take):
    Render.objects.filter(pk=take.pk).update(state="expired")
    take.refresh_from_db()


def test_a_take_that_may_still_come_is_not_thrown_away_alone(client_of, pia, order, engine):
    (take,) = order()
    sent(take, engine)
    expire(take)
    page = client_of(pia).post(reverse("trash:trash_take", args=[take.code]), follow=True)
    assert "Write it off first" in page.content.decode()


def test_what_an_expired_take_held_is_free_again_when_its_shot_is_gone(pia, project, shot, order, engine):
    (take,) = order()
    sent(take, engine)
    expire(take)
    trash.trash_shots(project, [shot], by=pia)
    long_ago(Shot, shot.pk)
    trash.empty()
    trash.empty()
    assert not Render.objects.exists()
    assert project.balances.get().held == 0
    assert list(LedgerEntry.objects.order_by("pk").values_list("kind", flat=True)) == ["hold", "release"]


def test_a_number_is_never_given_twice(pia, take, order):
    trash.trash_take(take, by=pia)
    long_ago(Render, take.pk)
    trash.empty()
    assert not Render.objects.exists()
    (after,) = order(shot=Shot.objects.get())
    assert after.number == 2


def test_undo_pressed_twice_is_done_once(pia, project, shot):
    trash.trash_shots(project, [shot], by=pia)
    twice = list(Shot.objects.all())
    for _ in range(2):
        trash.restore_shots(project, twice, by=pia)
    assert Shot.objects.get().code == "010"


def test_taken_back_before_the_visit_came_to_it_it_stays(pia, project, shot, take, monkeypatch):
    trash.trash_take(take, by=pia)
    long_ago(Render, take.pk)
    found = list(Render.objects.all())
    trash.restore_take(take, by=pia)
    trash._delete_take(found[0], timezone.now())
    assert Render.objects.exists()


def test_nothing_is_ordered_on_what_went_meanwhile(pia, project, shot, order):
    trash.trash_shots(project, [shot], by=pia)
    with pytest.raises(create_takes.Closed):
        order()
    trash.restore_shots(project, [shot], by=pia)
    trash.archive_project(project, by=pia)
    with pytest.raises(create_takes.Closed):
        order()
    assert not Render.objects.exists()


def test_the_take_of_a_shot_in_the_trash_is_not_drawn_into_its_successor(pia, project, shot, order, engine):
    from studio.runtime.live import frames

    (take,) = order()
    sent(take, engine)
    trash.trash_shots(project, [shot], by=pia)
    actions.create_shot(project, by=pia, code="010", title="The new one")
    project.refresh_from_db()
    since = project.last_event
    engine.run()
    text = frames.draw(project.pk, since, {"money"}).texts["money"]
    assert "takes-010" not in text and "Kite" not in text


def test_a_picture_sent_again_comes_out_of_the_trash(client_of, ana, pia, project, shot, picture_bytes):
    import io

    from studio.integrations.media import pictures

    read = pictures.read(io.BytesIO(picture_bytes()))
    first = actions.keep_picture(project, read, by=ana, name="board.jpg")
    trash.trash_picture(first, by=pia)
    again = actions.keep_picture(project, read, by=ana, name="board.jpg")
    assert again.pk == first.pk
    assert Picture.objects.get().trashed_at is None
    assert client_of(ana).get(again.preview_url).status_code == 200


def test_the_money_of_a_shot_that_is_gone_keeps_its_name_and_its_scene(
    order, engine, runware, project, pia, shot
):
    actions.change_shot(shot, by=pia, scene="1 · Dunes")
    Budget.objects.create(project=project, scope="scene", scene="1 · Dunes", amount=Decimal("1"))
    order()
    engine.run()
    trash.trash_shots(project, [shot], by=pia)
    Shot.objects.update(trashed_at=timezone.now() - timedelta(days=31))
    for _ in range(2):  # its take goes first
        trash.empty()
    assert not Shot.objects.exists()

    costs = Costs(project, period.read({}, sandbox=True))
    (line,) = costs.lines("shot")
    assert (line.label, line.title, line.spent) == ("010", "Kite (thrown away)", Decimal("0.605"))
    assert [line.label for line in costs.lines("scene")] == ["1 · Dunes"]
    allowance = lines.allowance(project, person_id=None, sandbox=True)
    assert allowance.scenes["1 · Dunes"].used == Decimal("0.605")


@pytest.mark.django_db(transaction=True)
def test_a_picture_a_take_waits_with_stays_until_it_is_made(pia, project, shot, frame, order, engine):
    actions.change_shot(shot, by=pia, first_frame=frame)
    (take,) = order(model="gen-4-turbo")
    actions.change_shot(shot, by=pia, first_frame=None)
    trash.trash_picture(frame, by=pia)
    long_ago(Picture, frame.pk)
    trash.empty()
    assert Picture.objects.filter(pk=frame.pk).exists()

    engine.run()
    take.refresh_from_db()
    assert take.state == "ready"
    trash.empty()
    assert not Picture.objects.filter(pk=frame.pk).exists()
