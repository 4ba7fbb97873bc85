"""Every prompt of a shot is kept: what is typed in one go once, what came otherwise each time."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from studio.generation.composer import prompt_views
from studio.generation.shotlist import apply_sheet, shotlist
from studio.planning.projects import actions, shot_order
from studio.planning.prompts import history
from studio.planning.prompts.models import PromptVersion
from tests import pages
from tests.conftest import KITE


def versions(shot):
    """(text, via, name of who wrote it), the newest first."""
    return [(each.text, each.via, each.by and each.by.name) for each in shot.prompt_versions.all()]


@pytest.fixture
def type_in(client_of, shot):
    """Type into the prompt box as somebody: the draft that the page sends."""

    def type_in(text, who):
        shot.refresh_from_db()
        data = {"prompt": text, "part": "prompt", "version": shot.version}
        address = reverse("board:draft", args=[shot.project.slug, shot.code])
        assert client_of(who).post(address, data, headers={"HX-Request": "true"}).status_code == 200

    return type_in


def later(shot, **more):
    """Some time goes by."""
    at = timezone.now() - timedelta(**more)
    shot.prompt_versions.update(changed_at=at)


def test_what_is_typed_in_one_go_is_one_version(type_in, ana, shot):
    for text in ("A k", "A kite", "A kite and its keeper"):
        type_in(text, ana)
    assert versions(shot) == [("A kite and its keeper", "typed", "Ana"), (KITE, "typed", "Pia")]


def test_after_a_pause_a_new_version_begins(type_in, ana, shot):
    type_in("A kite", ana)
    later(shot, minutes=3)
    type_in("A kite at dusk", ana)
    assert [text for text, _, _ in versions(shot)] == ["A kite at dusk", "A kite", KITE]


LONG = "A long and careful prompt: the kite climbs over the dunes while its keeper walks backwards, slowly."


@pytest.mark.parametrize(
    "replacement",
    ["x", "Dunes", LONG[::-1], f"{LONG[:30]} and then something else altogether", LONG + "!" * 300],
    ids=[
        "all selected, a letter typed",
        "another line",
        "pasted over",
        "its second half gone",
        "a long paste",
    ],
)
def test_a_text_that_is_replaced_stays_in_the_history(type_in, ana, shot, replacement):
    type_in(LONG, ana)
    type_in(replacement, ana)
    texts = [text for text, _, _ in versions(shot)]
    assert texts[0] == replacement
    assert LONG in texts


def test_a_stale_tab_that_posts_its_old_words_leaves_the_newer_ones(type_in, ana, shot):
    """Tab A typed on from what tab B had saved; a click beside the field in tab B posts B's words once more."""
    type_in(f"{KITE} tab2", ana)
    type_in(f"{KITE} tab2, and a paragraph that took somebody half an hour to write", ana)
    type_in(f"{KITE} tab2", ana)
    assert any("half an hour" in text for text, _, _ in versions(shot))


def test_correcting_a_word_is_still_typing(type_in, ana, shot):
    for text in (LONG, LONG.replace("slowly", "slo"), LONG.replace("slowly", "slower")):
        type_in(text, ana)
    assert [text for text, _, _ in versions(shot)] == [LONG.replace("slowly", "slower"), KITE]


words = st.text("abcdefgh ,.", min_size=1, max_size=120)


@example(texts=["a", ".", "a", ".", "a."])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(words, min_size=2, max_size=8))
def test_of_no_saved_text_more_than_a_few_characters_are_lost(texts, shot, ana):
    """Each text that stood in the box is in the history, or what took its place went on from it."""
    with transaction.atomic():
        PromptVersion.objects.filter(shot=shot).delete()
        stood = ""
        for text in texts:
            history.record(shot, text, by=ana, was=stood)
            stood = text
        kept = [version.text for version in shot.prompt_versions.all()]
        for before, after in pairwise(text.strip() for text in texts):
            assert not before or before in kept or not after or history.goes_on(before, after)
        transaction.set_rollback(True)


def test_somebody_else_begins_a_new_version(type_in, ana, pia, shot):
    type_in("A kite", ana)
    type_in("A kite at dusk", pia)
    assert [name for _, _, name in versions(shot)] == ["Pia", "Ana", "Pia"]


def test_a_version_put_back_is_not_typed_over_and_adds_nothing(type_in, ana, shot):
    type_in("A kite at dusk", ana)
    type_in(KITE, ana)
    assert [text for text, _, _ in versions(shot)] == ["A kite at dusk", KITE]
    type_in(f"{KITE}, and", ana)
    assert [text for text, _, _ in versions(shot)] == [f"{KITE}, and", "A kite at dusk", KITE]


def test_an_emptied_box_forgets_nothing(type_in, ana, shot):
    type_in("", ana)
    type_in("Dunes", ana)
    assert [text for text, _, _ in versions(shot)] == ["Dunes", KITE]


def test_what_stood_there_before_there_was_a_history_is_kept_too(type_in, ana, shot):
    PromptVersion.objects.all().delete()
    type_in("Dunes", ana)
    assert versions(shot) == [("Dunes", "typed", "Ana"), (KITE, "typed", None)]


def test_an_order_marks_the_version_it_rendered(type_in, order, ana, shot):
    type_in("Dunes", ana)
    shot.refresh_from_db()
    order()
    type_in("Dunes at night", ana)
    assert versions(shot)[:2] == [("Dunes at night", "typed", "Ana"), ("Dunes", "ordered", "Ana")]


def test_an_order_of_words_nobody_typed_is_a_version_of_its_own(order, shot):
    order(prompt="Only ordered")
    assert versions(shot)[0] == ("Only ordered", "ordered", "Ana")
    order(prompt="Only ordered")
    assert len(versions(shot)) == 2


def test_a_shot_list_brings_a_version_a_shot(project, pia, shot):
    sheet = shotlist.read("code,prompt\n010,From the list\n090,A new one\n", existing=[shot])
    apply_sheet.import_sheet(project, sheet, by=pia)
    assert versions(shot) == [("From the list", "listed", "Pia"), (KITE, "typed", "Pia")]
    assert versions(project.shots.get(code="090")) == [("A new one", "listed", "Pia")]


def test_a_copy_begins_with_the_prompt_it_was_made_with(project, pia, shot):
    (copy,) = shot_order.duplicate(project, [shot], by=pia)
    assert versions(copy) == [(KITE, "listed", "Pia")]


def test_the_list_tells_who_and_how_and_puts_one_back(client_of, ana, shot, type_in):
    type_in("Dunes", ana)
    browser = client_of(ana)
    shown = browser.get(reverse("prompts:of_shot", args=[shot.project.slug, shot.code])).content.decode()
    assert "Dunes" in pages.text(shown)
    assert "Ana · Typed" in pages.text(shown)
    old = shot.prompt_versions.last()
    browser.post(reverse("prompts:use", args=[shot.project.slug, shot.code, old.pk]))
    shot.refresh_from_db()
    assert shot.prompt == KITE


def test_who_may_only_look_reads_and_is_offered_no_use(client_of, bo, shot):
    shown = (
        client_of(bo).get(reverse("prompts:of_shot", args=[shot.project.slug, shot.code])).content.decode()
    )
    assert KITE in pages.text(shown)
    assert "data-use" not in shown


def test_a_version_of_another_shot_is_not_put_in(client_of, ana, project, pia, shot):
    other = actions.create_shot(project, by=pia, prompt="Of another")
    address = reverse("prompts:use", args=[project.slug, shot.code, other.prompt_versions.get().pk])
    assert client_of(ana).post(address).status_code == 404


@pytest.fixture
def found(client_of, ana, project):
    """What a search of the project shows, in words."""

    def found(**query):
        response = client_of(ana).get(reverse("prompts:search", args=[project.slug]), query)
        assert response.status_code == 200
        return pages.text(response.content.decode().partition("<main")[2])

    return found


def test_a_search_finds_words_of_any_version_of_any_shot(found, type_in, ana, shot, project, pia):
    type_in("Gone meanwhile: a heron", ana)
    later(shot, minutes=3)
    type_in("Dunes", ana)
    actions.create_shot(project, by=pia, prompt="A HERON lands")
    words = found(q="heron")
    assert "a heron" in words
    assert "A HERON lands" in words
    assert KITE not in words
    assert "No prompt holds these words" in found(q="walrus")
    assert "No prompt" not in found(q="lands heron")


def test_a_search_shows_nothing_of_other_projects_or_of_the_trash(found, pia, project, cid):
    elsewhere = actions.create_project(name="Elsewhere", by=cid)
    actions.create_shot(elsewhere, by=cid, prompt="A secret heron")
    gone = actions.create_shot(project, by=pia, prompt="A thrown heron")
    type(gone).objects.filter(pk=gone.pk).update(trashed_at=timezone.now())
    assert "No prompt" in found(q="heron")


def test_the_search_goes_on_by_key_with_as_many_queries(client_of, ana, project, pia, shot, monkeypatch):
    for number in range(8):
        actions.create_shot(project, by=pia, prompt=f"Heron {number}")
    browser, address = client_of(ana), reverse("prompts:search", args=[project.slug])
    asked = []
    for size in (2, 5):
        monkeypatch.setattr(prompt_views, "PAGE", size)
        browser.get(address)
        with CaptureQueriesContext(connection) as seen:
            shown = browser.get(address, {"q": "heron"})
        asked.append(len(seen))
    assert asked[0] == asked[1]
    assert [each.text for each in shown.context["versions"]] == [f"Heron {n}" for n in (7, 6, 5, 4, 3)]
    rest = browser.get(address, {"q": "heron", "before": shown.context["next"]})
    assert [each.text for each in rest.context["versions"]] == ["Heron 2", "Heron 1", "Heron 0"]


def test_nonsense_in_the_address_is_no_error(found):
    assert found(q="%_\\", before="x") and found(before="9" * 40)
