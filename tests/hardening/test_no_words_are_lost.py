"""Two tabs and two people write in the same words: what one of them typed is never replaced unseen."""

import json
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from studio.core import versions
from studio.core.versions import Basis, Overtaken
from studio.generation.shotlist import apply_sheet, shotlist
from studio.planning.projects import actions, shot_order
from studio.review.dailies import lists
from tests.conftest import KITE
from tests.takes import ready

HTMX = {"HX-Request": "true"}


class Tab:
    """A page as a browser keeps it: what it shows of a field, and the version it stands on."""

    def __init__(self, client, shot, page):
        self.client, self.shot, self.page, self.turn = client, shot, page, 0
        self.reload()

    def address(self, name):
        return reverse(name, args=[self.shot.project.slug, self.shot.code])

    def reload(self):
        self.shot.refresh_from_db()
        self.version, self.text = self.shot.version, self.shot.prompt

    def send(self, text, name="board:draft", **more):
        self.turn += 1
        sent = {
            "prompt": text,
            "part": "prompt",
            "version": self.version,
            "page": self.page,
            "turn": self.turn,
        }
        answer = self.client.post(self.address(name), {**sent, **more}, headers=HTMX)
        if answer.status_code == 200 and "HX-Trigger" in answer.headers:
            self.version = json.loads(answer.headers["HX-Trigger"])["words-kept"]["version"]
        return answer


@pytest.fixture
def tab(client_of, shot):
    return lambda user, page: Tab(client_of(user), shot, page)


def prompts(shot):
    return list(shot.prompt_versions.order_by("pk").values_list("text", flat=True))


def test_a_click_beside_the_field_of_an_older_tab_replaces_nothing(tab, ana, shot):
    first, second = tab(ana, "a"), tab(ana, "b")
    assert second.send(f"{KITE} tab2").status_code == 200
    first.reload()
    paragraph = f"{KITE} tab2\n\nA gull crosses the frame from left to right."
    assert first.send(paragraph).status_code == 200
    answer = second.send(f"{KITE} tab2")  # as it stands there: its own page wrote before, and not last
    assert answer.status_code == 409
    shot.refresh_from_db()
    assert shot.prompt == paragraph
    assert "You, in another tab," in answer.content.decode()


def test_two_people_are_shown_both_texts_and_choose(tab, ana, pia, shot):
    mine, theirs = tab(ana, "a"), tab(pia, "b")
    assert theirs.send("Pia's kite").status_code == 200
    answer = mine.send("Ana's kite")
    said = answer.content.decode()
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#prompt-overtaken"
    assert "<strong>Pia</strong> changed the prompt" in said
    assert "Pia&#x27;s kite" in said
    assert "Ana&#x27;s kite" in said
    assert prompts(shot) == [KITE, "Pia's kite", "Ana's kite"]  # whatever is chosen, both are kept
    mine.version = int(re.search(r'data-version="(\d+)"', said)[1])
    assert mine.send("Ana's kite").status_code == 200
    shot.refresh_from_db()
    assert shot.prompt == "Ana's kite"
    assert "Pia's kite" in prompts(shot)


def test_a_page_is_never_in_its_own_way(tab, ana, shot):
    """A draft whose answer was lost, and a press that overtakes a draft still on its way."""
    page = tab(ana, "a")
    page.send("One")
    page.version = 0  # the answer did not arrive
    assert page.send("One two").status_code == 200
    page.turn -= 2  # sent before, arrives after
    assert page.send("On").status_code == 200
    shot.refresh_from_db()
    assert shot.prompt == "One two"


def test_a_press_with_words_that_are_overtaken_orders_nothing(tab, ana, pia, shot, client_of):
    page = tab(ana, "a")
    tab(pia, "b").send("Pia's kite")
    answer = page.send("Ana's kite", "board:render", part="", press="8e5bb8f4-6d2b-4d52-93c5-52c6d6a1a111")
    assert answer.status_code == 409
    assert not shot.renders.exists()
    assert "Ana's kite" in prompts(shot)


def test_without_scripts_the_page_comes_back_with_both(client_of, ana, pia, shot, tab):
    tab(pia, "b").send("Pia's kite")
    address = reverse("board:draft", args=[shot.project.slug, shot.code])
    answer = client_of(ana).post(address, {"prompt": "Ana's kite", "part": "prompt", "version": 0})
    said = answer.content.decode()
    assert answer.status_code == 409
    assert re.search(r'id="id_prompt"[^>]*>\s*Ana&#x27;s kite</textarea>', said)
    assert "Keep mine" in said
    shot.refresh_from_db()
    assert f'name="version" id="shot-version" value="{shot.version}"' in said


@pytest.mark.parametrize("name", ["title", "scene"])
def test_a_title_and_a_scene_ask_too(client_of, ana, pia, shot, name):
    actions.change_shot(shot, by=pia, **{name: "Of Pia"})
    sent = {"code": shot.code, "title": shot.title, "scene": shot.scene, name: "Of Ana", "version": 0}
    address = reverse("board:edit_shot", args=[shot.project.slug, shot.code])
    answer = client_of(ana).post(address, sent)
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "Of Pia" in said
    assert 'value="Of Ana"' in said
    version = re.search(r'name="version" value="(\d+)"', said)[1]
    assert client_of(ana).post(address, {**sent, "version": version}).status_code == 302
    shot.refresh_from_db()
    assert getattr(shot, name) == "Of Ana"
    history = client_of(ana).get(reverse("activity:activity", args=[shot.project.slug])).content.decode()
    assert f"the {name} was “Of Pia”" in history


@pytest.mark.parametrize(("page", "field"), [("dashboard:settings", "name"), ("prompts:look", "look")])
def test_settings_and_the_look_ask_too(client_of, pia, project, page, field):
    address = reverse(page, args=[project.slug])
    form = client_of(pia).get(address).context["form"]
    sent = {each.name: each.value() for each in form if each.value() is not None}
    actions.change_project(project, by=None, **{field: "Of somebody"})
    answer = client_of(pia).post(address, {**sent, field: "Of Pia", "version": 0})
    assert answer.status_code == 409
    assert "Of somebody" in answer.content.decode()
    project.refresh_from_db()
    assert getattr(project, field) == "Of somebody"


def test_the_name_of_a_list_asks_too(client_of, pia, rae, project, shot):
    made = lists.create(project, by=rae, name="Dailies", takes=[ready(shot, pia)], people=[rae])
    lists.change(made, by=pia, name="Of Pia", people=[rae], due_at=None)
    address = reverse("review:change_list", args=[project.slug, made.code])
    answer = client_of(rae).post(address, {"name": "Of Rae", "people": [rae.pk], "version": 0})
    assert answer.status_code == 409
    assert "Of Pia" in answer.content.decode()
    made.refresh_from_db()
    assert made.name == "Of Pia"


def test_cells_of_the_shot_list_ask_too(client_of, ana, pia, project, shot):
    seen = f"{shot.pk}:{shot.version}"
    actions.change_shot(shot, by=pia, scene="Harbour")
    sent = {"shot": shot.pk, "seen": seen, "do": "change", "scene": "Pier"}
    answer = client_of(ana).post(reverse("listing:many", args=[project.slug]), sent)
    assert answer.status_code == 422
    assert f"Somebody changed {shot.code} after this was shown" in answer.content.decode()
    shot.refresh_from_db()
    assert shot.scene == "Harbour"
    sent["seen"] = f"{shot.pk}:{shot.version}"
    assert client_of(ana).post(reverse("listing:many", args=[project.slug]), sent).status_code == 302


def test_an_import_asks_where_words_changed_after_its_preview(client_of, ana, pia, project, shot):
    client, text = client_of(ana), f"code,title\n{shot.code},Of the sheet\n"
    preview = client.post(reverse("listing:import", args=[project.slug]), {"text": text})
    actions.change_shot(shot, by=pia, title="Of Pia")
    apply = reverse("listing:apply", args=[project.slug])
    answer = client.post(apply, {"ticket": preview.context["ticket"]})
    assert answer.status_code == 409
    assert "Of Pia" in answer.content.decode()  # the preview, drawn anew
    shot.refresh_from_db()
    assert shot.title == "Of Pia"
    assert client.post(apply, {"ticket": preview.context["ticket"]}).status_code == 302
    shot.refresh_from_db()
    assert shot.title == "Of the sheet"


def test_words_of_the_vocabulary_ask_too(client_of, ana, pia, project):
    address = reverse("prompts:change_words", args=[project.slug, "size"])
    shown = {"was": "", "terms": "Wide"}
    assert client_of(pia).post(address, {"terms": "Tight = a tight shot"}).status_code == 302
    answer = client_of(ana).post(address, shown)
    assert answer.status_code == 409
    assert "a tight shot" in answer.content.decode()


def test_what_nobody_changed_since_is_simply_written(ana, pia, shot):
    actions.change_shot(shot, by=pia, title="Of Pia")
    basis = Basis(version=shot.version)
    actions.change_shot(shot, by=pia, prompt="Pia's kite")
    actions.change_shot(shot, by=ana, basis=basis, title="Of Ana")  # the prompt is another field
    with pytest.raises(Overtaken):
        actions.change_shot(shot, by=ana, basis=basis, prompt="Ana's kite")


def test_the_words_of_a_shot_tell_who_wrote_them(client_of, rae, pia, shot):
    actions.change_shot(shot, by=pia, title="Of Pia")
    told = client_of(rae).get(reverse("board:words", args=[shot.project.slug, shot.code])).json()
    assert told["version"] == shot.version
    assert told["fields"]["title"] == {"text": "Of Pia", "who": "Pia", "version": shot.version, "page": ""}


def test_one_row_changes_in_one_conditional_update(shot, pia, monkeypatch):
    """Where another change comes between reading and writing, it is read anew."""
    real, raced = versions.settled, []

    def settled(now, wanted, **more):
        if not raced:
            raced.append(True)
            versions.write(shot, {"title": "Came between"}, basis=None, by=None)
        return real(now, wanted, **more)

    monkeypatch.setattr(versions, "settled", settled)
    versions.write(shot, {"scene": "Harbour"}, basis=None, by=pia.pk)
    shot.refresh_from_db()
    assert (shot.title, shot.scene) == ("Came between", "Harbour")
    assert shot.version == 2


def test_a_sheet_and_many_shots_at_once_raise_the_versions(shot, project, pia):
    shot_order.change_many(project, [shot], by=pia, scene="Pier")
    sheet = shotlist.read(f"code,title\n{shot.code},Other\n", existing=[shot])
    apply_sheet.import_sheet(project, sheet, by=pia)
    shot.refresh_from_db()
    assert shot.version == 2
    assert shot.written["title"]["version"] == 2


def settings_of(client, shot):
    """The choices as a page shows them, and what goes along with them."""
    page = client.get(shot.get_absolute_url()).content.decode()
    shown = {
        name: unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])
        for name in ("shown_choices", "shown_more")
    }
    return {**json.loads(shown["shown_choices"]), **json.loads(shown["shown_more"]), **shown}


@pytest.mark.parametrize(
    ("part", "mine", "theirs"),
    [
        ("settings", {"takes": "3"}, {"model": "gen-4-turbo", "seconds": 8}),
        ("settings", {"seconds": "8"}, {"takes": 2, "seed": 421}),
        ("settings", {"seed_mode": "lock", "seed": "7"}, {"takes": 2}),
        ("more", {"quality": "80"}, {"format": "WEBM"}),
    ],
)
def test_a_choice_writes_itself_and_not_what_an_older_page_shows_beside_it(
    client_of, ana, pia, shot, part, mine, theirs
):
    client = client_of(ana)
    sent = {**settings_of(client, shot), **mine, "part": part, "prompt": shot.prompt}
    actions.change_shot(shot, by=pia, **theirs)
    assert (
        client.post(
            reverse("board:draft", args=[shot.project.slug, shot.code]), sent, headers=HTMX
        ).status_code
        == 200
    )
    shot.refresh_from_db()
    assert {name: getattr(shot, name) for name in theirs} == theirs
    wanted = {name: value for name, value in mine.items() if name != "seed_mode"}
    assert {name: str(getattr(shot, name)) for name in wanted} == wanted


# --- what fresh eyes found --------------------------------------------------------------------


def test_a_choice_does_not_vouch_for_words_it_never_compared(tab, ana, pia, shot):
    page = tab(ana, "a")
    tab(pia, "b").send("Pia's kite")
    assert "HX-Trigger" not in page.send(KITE, part="settings", aspect="720x1280").headers
    assert page.version == 0
    assert page.send("Ana's kite").status_code == 409


@pytest.mark.parametrize(
    "texts",
    [
        ["Kite over dunes", "Rain in Berlin"],
        ["K", "Ki", "A kite", "Rain"],
        [f"{KITE} by night"[:length] for length in range(len(KITE) + 9, 0, -9)]
        + ["Rain"],  # little by little
    ],
)
def test_a_text_that_was_typed_over_stays_in_the_history(tab, ana, shot, texts):
    page = tab(ana, "a")
    for text in texts:
        assert page.send(text).status_code == 200
    assert max(texts[:-1], key=len) in prompts(shot)
    assert prompts(shot)[-1] == texts[-1]


def test_going_back_to_our_words_asks_too_and_the_old_ones_are_in_the_activity(client_of, ana, pia, project):
    address = reverse("prompts:change_words", args=[project.slug, "size"])
    client_of(pia).post(address, {"terms": "Tight = a tight shot"})
    answer = client_of(ana).post(address, {"was": "Vast", "do": "ours"})
    assert answer.status_code == 409
    assert "a tight shot" in answer.content.decode()
    assert client_of(ana).post(address, {"was": "Tight = a tight shot", "do": "ours"}).status_code == 302
    history = client_of(ana).get(reverse("activity:activity", args=[project.slug])).content.decode()
    assert "Tight = a tight shot" in history


def test_a_page_with_an_older_code_goes_on_saving(tab, ana, pia, shot):
    page, old = tab(ana, "a"), shot.code
    actions.change_shot(shot, by=pia, code="015")
    page.shot.code = old
    assert page.send("Ana's kite").status_code == 200
    shot.refresh_from_db()
    assert (shot.code, shot.prompt) == ("015", "Ana's kite")
    other = actions.create_shot(shot.project, by=pia, code=old, prompt="Another")
    page.shot.code = old
    assert (
        page.send("Ana's kite, later", row=shot.row_name).status_code == 200
    )  # the code is another shot's now
    shot.refresh_from_db()
    other.refresh_from_db()
    assert (shot.prompt, other.prompt) == ("Ana's kite, later", "Another")


def test_a_chip_without_scripts_on_a_prompt_at_the_limit_is_refused_and_nothing_is_lost(client_of, ana, shot):
    address, long = reverse("board:draft", args=[shot.project.slug, shot.code]), "a" * 19_999
    answer = client_of(ana).post(address, {"prompt": long, "word": "fog"})
    assert answer.status_code == 422
    assert long in answer.content.decode()
    shot.refresh_from_db()
    assert shot.prompt == KITE


def test_a_new_shot_keeps_its_prompt_as_the_composer_does(client_of, ana, project):
    sent = {"code": "", "title": "", "scene": "", "prompt": " a\r\nb\x00"}
    client_of(ana).post(reverse("board:new_shot", args=[project.slug]), sent)
    assert project.shots.get().prompt == " a\nb"


def test_the_studio_says_which_pages_form_it_has_taken(client_of, ana, rae, shot):
    address = reverse("board:edit_shot", args=[shot.project.slug, shot.code])
    sent = {"code": shot.code, "title": "Of Ana", "scene": "", "page": "abc"}
    assert client_of(ana).post(address, sent).cookies["rushes_kept"].value == "abc"
    assert "rushes_kept" not in client_of(ana).post(address, {**sent, "code": "no code!"}).cookies
    assert "rushes_kept" not in client_of(rae).post(address, sent).cookies
    assert "rushes_kept" not in Client().post(address, sent).cookies


def test_what_an_import_replaced_is_short_on_the_page_and_whole_in_the_csv(client_of, ana, pia, project):
    shots = [actions.create_shot(project, by=pia, title=f"Old title {number}") for number in range(60)]
    rows = "".join(f"{shot.code},New\n" for shot in shots)
    apply_sheet.import_sheet(project, shotlist.read(f"code,title\n{rows}", existing=shots), by=pia)
    page = client_of(ana).get(reverse("activity:activity", args=[project.slug])).content.decode()
    whole = client_of(ana).get(reverse("activity:activity_csv", args=[project.slug])).getvalue().decode()
    assert "Old title 0" in page
    assert "Old title 59" not in page.split("imported a shot list")[1].split("</li>")[0]
    assert "Old title 59" in whole
