"""A retake from the note: proposed by a reviewer or sent by an artist, priced before the press, and heard of."""

import threading
import uuid

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.integrations.catalogue import get as model_named
from studio.planning.projects import actions
from studio.planning.projects.models import Shot
from studio.review.dailies import notes, retakes
from studio.review.dailies.models import Retake
from studio.review.dailies.strokes import read
from studio.review.dailies.subjects import Problems, Span

CHANGE = "The gull stays in the picture."


@pytest.fixture
def take(ready):
    return ready()


@pytest.fixture
def form(take):
    """What the page's form sends."""
    return {
        "prompt": f"{take.prompt}\n\n{CHANGE}",
        "model": "gen-4.5",
        "takes": 2,
        "reasons": ["vanished"],
        "text": CHANGE,
        "frame": 12,
        "last": 36,
        "press": str(uuid.uuid4()),
        "shown": "1.21",
    }


@pytest.fixture
def send(client_of, take, form):
    def send(user, **changes):
        fields = {name: value for name, value in {**form, **changes}.items() if value is not None}
        return client_of(user).post(reverse("review:retake", args=[take.code]), fields)

    return send


def page_of(client_of, user, take, **query):
    return client_of(user).get(reverse("review:retake", args=[take.code]), query)


# --- filled in ------------------------------------------------------------------------------


def test_reason_words_drawing_and_range_are_in_the_form(client_of, ana, rae, take, note):
    drawn = read(
        f'[{{"code": "{uuid.uuid4()}", "kind": "pen", "colour": "red", "points": [[0.9, 0.1], [0.95, 0.2]]}}]'
    )
    said = note(rae, take, "The gull pops", frame=12, last=36, strokes=drawn)
    page = page_of(
        client_of, ana, take, notes=str(said.code), reasons="vanished", text="Keep it", frame=12, last=36
    )

    prompt = page.context["form"]["prompt"].value()
    assert prompt.startswith(take.prompt)
    for words in ("Keep it", "The gull pops.", "stays there", "in the upper right of the frame"):
        assert words in prompt
    assert page.context["why"] == ["vanished"]
    assert (page.context["form"]["frame"].value(), page.context["form"]["last"].value()) == ("12", "36")
    assert "<ins>" in page.text and "The gull pops" in page.text.split("<ins>")[1]
    assert "data-strokes" in page.text and "00:12–01:12" in page.text


def test_without_a_word_the_prompt_is_the_takes(client_of, ana, take):
    page = page_of(client_of, ana, take)
    assert page.context["form"]["prompt"].value() == take.prompt
    assert "<ins>" not in page.text and "<del>" not in page.text


def test_notes_of_another_take_do_not_come_along(client_of, ana, take, note, ready):
    other = note(ana, ready(), "Secret of another")
    page = page_of(client_of, ana, take, notes=f"{other.code},kite")
    assert page.status_code == 200 and "Secret of another" not in page.text


@pytest.mark.parametrize("query", [{"frame": "-1"}, {"frame": "48"}, {"reasons": "x"}, {"notes": "x" * 9000}])
def test_nonsense_in_the_address_does_no_harm(client_of, ana, take, query):
    page = page_of(client_of, ana, take, **query)
    assert page.status_code == 200 and page.context["form"]["frame"].value() in (None, "")


def test_the_price_is_there_before_the_press(client_of, ana, take):
    assert "$0.61" in page_of(client_of, ana, take).text
    answer = client_of(ana).post(
        reverse("review:retake_price", args=[take.code]),
        {"prompt": "A kite", "model": "gen-4.5", "takes": 3},
    )
    assert 'value="1.815000000"' in answer.text and "Render 3 takes" in answer.text


def test_what_cannot_be_ordered_has_no_button_but_a_reason(client_of, ana, take):
    url = reverse("review:retake_price", args=[take.code])
    for fields, reason in (
        ({"prompt": "", "model": "gen-4.5", "takes": 1}, "Write a prompt"),
        ({"prompt": "A kite", "model": "gen-4-turbo", "takes": 1}, "give it a first frame"),
        ({"prompt": "A kite", "model": "gen-9", "takes": 1}, "Choose one of these models"),
        ({"prompt": "A kite", "model": "gen-4.5", "takes": 21}, ""),
    ):
        text = client_of(ana).post(url, fields).text
        assert 'aria-disabled="true"' in text and reason in text and 'name="shown"' not in text


def test_a_reviewer_sees_no_price(client_of, rae, take):
    page = page_of(client_of, rae, take)
    assert "Propose it" in page.text and "$" not in page.text
    assert (
        client_of(rae)
        .post(reverse("review:retake_price", args=[take.code]), {"prompt": "A", "takes": 1})
        .status_code
        == 404
    )


def test_who_only_looks_and_strangers_ask_for_none(client_of, send, bo, cid, take):
    for who in (bo, cid):
        assert page_of(client_of, who, take).status_code == 404
        assert send(who).status_code == 404
    assert not Retake.objects.exists()


# --- sent by an artist ----------------------------------------------------------------------


def test_an_artist_sends_it_and_the_new_take_knows_its_parent(send, ana, take, form):
    answer = send(ana)

    made = list(Render.objects.filter(parent=take).order_by("number"))
    assert answer.status_code == 302 and str(made[-1].code) in answer.url
    assert [each.number for each in made] == [2, 3]
    assert {each.prompt for each in made} == {form["prompt"].strip()}
    kept = Retake.objects.get()
    assert (kept.state, kept.by, kept.batch, kept.render) == ("sent", ana, made[0].batch, take)
    assert (kept.frame, kept.last, kept.reasons, kept.text) == (12, 36, ["vanished"], CHANGE)


def test_the_same_press_orders_once(send, ana, take):
    first, again = send(ana), send(ana)
    assert first.url == again.url
    assert Render.objects.filter(parent=take).count() == 2
    assert Retake.objects.count() == 1


def test_the_seed_is_kept_or_new(send, ana, take):
    send(ana, takes=1, keep_seed="on")
    send(ana, takes=1, press=str(uuid.uuid4()))
    kept, new = Render.objects.filter(parent=take).order_by("number")
    assert kept.seed_asked == take.seed != new.seed_asked


def test_of_another_model_no_seed_is_kept(ready, frame, take):
    wish = retakes.wish(take, prompt="A", model="gen-4-turbo", takes=1, keep_seed=True)
    assert wish.seed is None and wish.model == "gen-4-turbo"
    assert model_named("gen-4-turbo").preset(wish.aspect)


def test_the_first_frame_comes_along(ready, frame):
    take = ready(frames=[{"picture": str(frame.code), "sha256": frame.sha256, "position": "first"}])
    wish = retakes.wish(take, prompt="A", model="gen-4.5", takes=1, keep_seed=False)
    assert wish.first_frame == frame


def test_a_still_is_taken_again_as_a_still(client_of, ana, ready):
    still = ready(kind="still")
    page = page_of(client_of, ana, still)
    assert [key for key, _ in page.context["form"].fields["model"].choices] == ["gen-4-image"]
    url = reverse("review:retake", args=[still.code])
    fields = {"prompt": "A kite", "model": "gen-4-image", "takes": 1, "shown": "0.08"}
    assert client_of(ana).post(url, fields).status_code == 302
    assert Render.objects.get(parent=still).kind == "still"


def test_a_price_that_has_risen_is_refused_and_told(send, ana, take):
    answer = send(ana, shown="1.20")
    assert answer.status_code == 422 and "The price is $1.21 now. Press again" in answer.text
    assert not Render.objects.filter(parent=take).exists() and not Retake.objects.exists()
    assert send(ana, shown="5").status_code == 302  # cheaper than shown is fine


def test_a_retake_without_the_first_frame_it_had_is_not_sent(send, ana, take, frame):
    kept = {"picture": str(frame.code), "sha256": frame.sha256, "position": "first", "from": ""}
    Render.objects.update(frames=[kept])
    type(frame).objects.update(trashed_at=timezone.now())
    response = send(ana)

    assert response.status_code == 422
    assert "Its first frame is gone. Order it in the composer of its shot." in response.text
    assert Render.objects.count() == 1


@pytest.mark.parametrize("shown", ["NaN", "sNaN", "-Infinity", "kite", ""])
def test_a_shown_price_that_is_none_breaks_nothing(send, ana, shown):
    assert send(ana, shown=shown).status_code in (302, 422)


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": ""},
        {"takes": 0},
        {"takes": 21},
        {"takes": "two"},
        {"model": "gen-9"},
        {"model": "gen-4-turbo"},
        {"frame": 48},
        {"frame": -1},
        {"text": "x" * 5001},
        {"prompt": "x" * 20_001},
    ],
    ids=str,
)
def test_a_bad_form_orders_nothing_and_says_why(send, ana, take, wrong):
    answer = send(ana, **{k: str(v) for k, v in wrong.items()}, shown="99")
    assert answer.status_code == 422 and 'class="error"' in answer.text
    assert not Render.objects.filter(parent=take).exists() and not Retake.objects.exists()


def test_a_shot_that_went_meanwhile_takes_no_order(ana, take, form):
    Shot.objects.filter(pk=take.shot_id).update(trashed_at=timezone.now())
    asked = {"span": Span(), "reasons": [], "text": "", "notes": [], "keep_seed": False}
    asked |= {"prompt": "A kite", "model": "gen-4.5", "takes": 1}
    from studio.generation.renders.create_takes import Closed

    with pytest.raises(Closed):
        retakes.send(take, by=ana, asked=asked)
    assert not Retake.objects.exists()


# --- proposed by a reviewer -----------------------------------------------------------------


@pytest.fixture
def proposal(send, rae, ana):
    send(rae)
    return Retake.objects.get()


def test_a_reviewer_proposes_with_all_of_it(proposal, rae, take, form):
    assert (proposal.state, proposal.by, proposal.render) == ("proposed", rae, take)
    assert (proposal.prompt, proposal.model, proposal.takes) == (form["prompt"], "gen-4.5", 2)
    assert (proposal.reasons, proposal.text, proposal.frame, proposal.last) == (["vanished"], CHANGE, 12, 36)
    assert not Render.objects.filter(parent=take).exists()  # no money is spent


def test_the_maker_is_told_and_nobody_else(proposal, ana, pia, heard):
    assert heard(ana) == [("proposed", "Rae proposes a retake of 010 take 1")]
    assert heard(pia) == []


def test_everyone_who_makes_is_told_when_the_maker_left(send, rae, ana, pia, take, project, heard):
    Render.objects.filter(pk=take.pk).update(created_by=None)
    send(rae)
    assert [kind for kind, _ in heard(ana)] == [kind for kind, _ in heard(pia)] == ["proposed"]


def test_a_press_sent_again_proposes_once(send, rae, ana, heard):
    for _ in range(2):
        assert send(rae).status_code == 302
    assert Retake.objects.count() == 1 and len(heard(ana)) == 1
    send(rae, press=str(uuid.uuid4()))
    assert Retake.objects.count() == 2


def test_the_press_of_somebody_else_is_none_of_ours(send, rae, proposal, take, ready, pia, form):
    other = ready()
    asked = {"span": Span(), "reasons": [], "text": "", "notes": [], "prompt": "A", "model": "gen-4.5"}
    retakes.propose(other, by=pia, takes=1, keep_seed=False, press=proposal.code, **asked)
    assert Retake.objects.count() == 2


def test_it_waits_on_the_overview(client_of, proposal, ana, rae, take, project):
    for who, button in ((ana, True), (rae, False)):
        page = client_of(who).get(reverse("review:overview", args=[project.slug])).text
        assert "Proposed retakes" in page and CHANGE in page and ("Price and send" in page) is button


def test_an_artist_finds_it_filled_in_with_its_price(client_of, proposal, ana, take):
    page = client_of(ana).get(proposal.get_absolute_url())
    assert page.context["form"]["prompt"].value() == proposal.prompt
    assert page.context["total"] == 2 * take.estimate
    assert "Retake proposed by Rae" in page.text and CHANGE in page.text


def test_sent_it_becomes_a_take_with_its_parent(send, proposal, ana, take):
    send(ana, proposal=str(proposal.code))
    proposal.refresh_from_db()
    (first, _) = Render.objects.filter(parent=take).order_by("number")
    assert (proposal.state, proposal.handled_by, proposal.batch) == ("sent", ana, first.batch)
    assert Retake.objects.count() == 1


def test_what_the_artist_changed_is_kept(send, proposal, ana):
    send(ana, proposal=str(proposal.code), takes=1, prompt="A calmer kite")
    proposal.refresh_from_db()
    assert (proposal.takes, proposal.prompt) == (1, "A calmer kite")


def test_handled_twice_it_orders_once(send, proposal, ana, pia, take):
    assert send(ana, proposal=str(proposal.code)).status_code == 302
    answer = send(pia, proposal=str(proposal.code), press=str(uuid.uuid4()))
    assert answer.status_code == 409 and "Somebody else has handled this proposal" in answer.text
    assert Render.objects.filter(parent=take).count() == 2


def test_declined_it_is_not_sent(client_of, send, proposal, ana, rae, take, heard):
    url = reverse("review:decline", args=[proposal.code])
    assert client_of(rae).post(url).status_code == 404
    assert client_of(ana).post(url).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.handled_by) == ("declined", ana)
    assert send(ana, proposal=str(proposal.code)).status_code == 409
    assert heard(rae, kind="came") == [("came", f"Ana declined the retake you proposed of {take}")]
    assert "Declined by Ana" in client_of(rae).get(proposal.get_absolute_url()).text
    assert not Render.objects.filter(parent=take).exists()


def test_an_order_that_fails_leaves_the_proposal_open(send, proposal, ana):
    assert send(ana, proposal=str(proposal.code), prompt="").status_code == 422
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


@pytest.mark.parametrize("code", ["kite", "00000000-0000-0000-0000-000000000000"])
def test_a_proposal_that_is_none_is_404(client_of, ana, take, code):
    assert page_of(client_of, ana, take, proposal=code).status_code == 404


def test_a_proposal_about_another_take_is_404(client_of, proposal, ana, ready):
    assert page_of(client_of, ana, ready(), proposal=str(proposal.code)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_artists_who_send_it_at_once_order_it_once(proposal, ana, pia, take):
    asked = {"span": Span(), "reasons": [], "text": "", "notes": [], "keep_seed": False}
    asked |= {"prompt": "A kite", "model": "gen-4.5", "takes": 1}
    start, ends = threading.Barrier(2), []

    def press(user):
        try:
            mine = Render.objects.select_related("shot__project", "project").get(pk=take.pk)
            theirs = Retake.objects.get(pk=proposal.pk)
            start.wait(10)
            retakes.send(mine, by=user, proposal=theirs, press=str(uuid.uuid4()), asked=asked)
            ends.append("sent")
        except Problems:
            ends.append("refused")
        finally:
            connections.close_all()

    connection.close()
    threads = [threading.Thread(target=press, args=(user,)) for user in (ana, pia)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends) == ["refused", "sent"]
    assert Render.objects.filter(parent=take).count() == 1


# --- come back ------------------------------------------------------------------------------


def test_whoever_asked_hears_that_it_is_here_beside_the_old_one(
    client_of, engine, send, proposal, rae, ana, take, heard
):
    send(ana, proposal=str(proposal.code), takes=1)
    engine.run()

    new = Render.objects.get(parent=take)
    assert heard(rae) == [("came", "010 take 2 is here, the retake you asked for of take 1")]
    assert ("ready", "010 take 2 is ready") in heard(ana)
    assert "came" not in [kind for kind, _ in heard(ana)]
    page = client_of(rae).get(rae.notices.get().path)
    assert [reel["code"] for reel in page.context["reels"]] == [str(take.code), str(new.code)]
    assert page.context["mode"] == "side"


def test_a_retake_of_ones_own_is_told_once_as_ready(engine, send, ana, heard):
    send(ana, takes=1)
    engine.run()
    assert [kind for kind, _ in heard(ana)] == ["ready"]


def test_a_failed_retake_has_not_come(engine, runware, send, proposal, ana, rae, heard):
    runware.faults("moderation")
    send(ana, proposal=str(proposal.code), takes=1)
    engine.run()
    assert heard(rae) == []


def test_a_retake_that_comes_into_the_trash_is_not_told(engine, send, proposal, ana, rae, take, heard):
    send(ana, proposal=str(proposal.code), takes=1)
    Shot.objects.filter(pk=take.shot_id).update(trashed_at=timezone.now())
    engine.run()
    assert heard(rae) == []


def test_who_left_meanwhile_is_not_told(engine, send, proposal, ana, rae, heard, project):
    send(ana, proposal=str(proposal.code), takes=1)
    project.memberships.filter(user=rae).delete()
    engine.run()
    assert heard(rae) == []


def test_open_notes_of_the_old_take_are_asked_about_on_the_new(engine, send, note, ana, rae, take):
    note(rae, take, "The gull pops", frame=12)
    send(ana, takes=1)
    engine.run()
    assert [each.text for each in notes.carried(Render.objects.get(parent=take))] == ["The gull pops"]


def test_over_the_budget_it_waits_for_a_producer(send, ana, pia, take, project):
    actions.change_project(project, by=pia, budget=0)
    assert send(ana, takes=1).status_code == 302
    assert Render.objects.get(parent=take).state == "waiting"
