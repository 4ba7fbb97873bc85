"""A take that failed says what to change, and each change is a press that lands in the composer."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from studio.generation.orders import failure_help
from studio.generation.renders.models import Render
from studio.planning.projects import actions

TOO_LONG = "The prompt is too long: 60 characters at most. (parameter: positivePrompt)"


@pytest.fixture
def failed(order, engine, runware):
    """A take that the provider refused: `failed("refuse", code=…, shot=…)`."""

    def failed(fault, *, wish=None, **parameters):
        runware.faults(fault, **parameters)
        (take,) = order(**(wish or {}))
        engine.run()
        take.refresh_from_db()
        assert take.state == "failed"
        return take

    return failed


def keys(take):
    return [remedy.key for remedy in failure_help.of(take).remedies]


# --- which remedies -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "parameters", "expected", "again_first"),
    [
        ("refuse_moderation", {}, ["edit", "figures"], False),
        ("moderation", {}, ["edit", "figures"], False),
        (
            "fail",
            {"code": "invalidProviderContent", "message": "It shows a public figure."},
            ["figures", "edit"],
            False,
        ),
        (
            "refuse",
            {"code": "invalidPositivePromptLength", "parameter": "positivePrompt"},
            ["shorten", "edit", "settings"],
            False,
        ),
        ("refuse", {"code": "unsupportedSeed", "parameter": "seed"}, ["seed", "settings"], False),
        ("refuse", {"code": "unsupportedWidth", "parameter": ["width", "height"]}, ["settings"], False),
        ("refuse", {"code": "validationFailed"}, ["settings"], False),
        ("timeout_provider", {}, [], True),
        ("fail", {"code": "inferenceError"}, [], True),
        ("fail", {"code": "internalServerError"}, [], True),
        ("fail", {"code": "providerInsufficientCredits"}, [], True),
        ("unknown_code", {}, ["edit", "settings"], False),
    ],
)
def test_every_family_has_its_own(failed, fault, parameters, expected, again_first):
    take = failed(fault, wish={"prompt": "A kite over dunes at dawn, slow push in, gulls"}, **parameters)
    found = failure_help.of(take)
    assert [remedy.key for remedy in found.remedies] == expected
    assert found.again_first == again_first
    assert found.again == Decimal("0.605")


def test_what_has_a_length_can_be_shorter(failed):
    take = failed("timeout_provider", wish={"seconds": 10})
    assert keys(take) == ["seconds"]
    refused = failed("refuse", code="unsupportedDuration", parameter="duration", wish={"seconds": 8})
    assert keys(refused)[0] == "seconds"
    assert failure_help.of(refused).remedies[0].label == "Make it 5 s"


def test_what_had_a_picture_can_have_another_or_none_or_another_model(failed, frame):
    take = failed("moderation", wish={"first_frame": frame})
    assert keys(take) == ["edit", "figures", "frame", "frameless", "model:gen-4-turbo"]
    needs = failed("moderation", wish={"first_frame": frame, "model": "gen-4-turbo"})
    assert keys(needs) == ["edit", "figures", "frame", "model:gen-4.5"]


def test_a_picture_that_went_is_asked_for(order, frame, runware, engine):
    (take,) = order(model="gen-4-turbo", first_frame=frame)
    frame.delete()
    engine.run()
    take.refresh_from_db()
    assert take.failure_code == "firstFrameGone"
    assert keys(take) == ["frame"]


def test_the_parameter_they_named_is_kept(failed):
    refused = failed("refuse", code="unsupportedDuration", parameter=["duration", "model"])
    assert refused.failure_parameter == "duration, model"


# --- carrying them out --------------------------------------------------------------------


@pytest.fixture
def press(client_of, ana):
    """Press a remedy as Ana; what the page says afterwards."""

    def press(take, key):
        answer = client_of(ana).post(reverse("viewer:remedy", args=[take.code]), {"do": key}, follow=True)
        assert answer.status_code == 200
        said = re.findall(r'class="toast"[^>]*>([^<]+)', answer.content.decode())
        take.shot.refresh_from_db()
        return " ".join(said)

    return press


def test_shorter_seconds(failed, press, shot):
    said = press(failed("timeout_provider", wish={"seconds": 10}), "seconds")
    shot.refresh_from_db()
    assert shot.seconds == 8
    assert "8 s instead of 10" in said
    assert "Nothing is ordered yet" in said
    assert Render.objects.count() == 1


def test_less_refusal_of_public_figures(failed, press, shot):
    assert "low" in press(failed("refuse_moderation"), "figures")
    shot.refresh_from_db()
    assert shot.threshold == "low"


def test_another_model_brings_what_it_can_do(failed, press, shot, frame, ana):
    actions.change_shot(shot, by=ana, first_frame=frame, seconds=8)
    take = failed("moderation", wish={"first_frame": frame, "seconds": 8})
    assert "Gen-4 Turbo makes it next" in press(take, "model:gen-4-turbo")
    shot.refresh_from_db()
    assert shot.model == "gen-4-turbo"
    assert shot.first_frame == frame


def test_without_its_first_frame(failed, press, shot, frame, ana):
    actions.change_shot(shot, by=ana, first_frame=frame)
    press(failed("moderation", wish={"first_frame": frame}), "frameless")
    shot.refresh_from_db()
    assert shot.first_frame is None


def test_a_shorter_prompt_ends_with_a_sentence_and_says_what_went(failed, press, shot, ana):
    prompt = "A kite over dunes at dawn, slow push in. Gulls turn. Then the wind drops and it falls."
    actions.change_shot(shot, by=ana, prompt=prompt)
    take = failed(
        "refuse", code="invalidPositivePromptLength", message=TOO_LONG, parameter="positivePrompt",
        wish={"prompt": prompt},
    )  # fmt: skip
    said = press(take, "shorten")
    shot.refresh_from_db()
    assert shot.prompt == "A kite over dunes at dawn, slow push in. Gulls turn."
    assert "Then the wind drops" in said
    assert "short enough already" in press(take, "shorten")


@pytest.mark.parametrize(
    ("prompt", "limit", "short"),
    [
        ("A kite", 40, "A kite"),
        ("One sentence here. Another one there", 30, "One sentence here."),
        ("no sentence, only words, and more", 22, "no sentence, only"),
        ("🪁" * 30, 21, "🪁" * 10),
    ],
)
def test_a_prompt_is_cut_at_a_good_place(prompt, limit, short):
    assert failure_help.shortened(prompt, limit) == short


@pytest.mark.parametrize("key", ["frameless", "model:gen-4-image", "edit", "nonsense", ""])
def test_what_is_not_offered_changes_nothing(failed, press, shot, key):
    take = failed("moderation")
    before = {field.attname: getattr(shot, field.attname) for field in shot._meta.concrete_fields}
    assert "does not fit" in press(take, key)
    shot.refresh_from_db()
    assert {field.attname: getattr(shot, field.attname) for field in shot._meta.concrete_fields} == before


# --- again --------------------------------------------------------------------------------


def test_again_orders_at_once_and_once(failed, client_of, ana, shot, engine, runware):
    take = failed("timeout_provider", times=1)
    page = client_of(ana).get(take.get_absolute_url()).content.decode()
    (form,) = re.findall(r'<form class="clinic__again".*?</form>', page, re.DOTALL)
    sent = dict(re.findall(r'name="(press|shown)" value="([^"]+)"', form))
    assert "$0.61" in form
    for _ in range(2):
        client_of(ana).post(reverse("viewer:again", args=[take.code]), sent)
    engine.run()

    assert list(Render.objects.order_by("pk").values_list("state", "parent")) == [
        ("failed", None),
        ("ready", take.pk),
    ]


def test_again_is_not_ordered_when_it_became_dearer(failed, client_of, ana):
    take = failed("timeout_provider")
    client_of(ana).post(reverse("viewer:again", args=[take.code]), {"shown": "0.60"})
    assert Render.objects.count() == 1


def test_again_is_not_ordered_without_the_first_frame_it_had(failed, client_of, ana, frame):
    take = failed("moderation", wish={"first_frame": frame})
    type(frame).objects.update(trashed_at=take.created_at)
    page = client_of(ana).post(reverse("viewer:again", args=[take.code]), {"shown": "0.61"}, follow=True)

    assert "Its first frame is gone." in page.content.decode()
    assert Render.objects.count() == 1


def test_again_keeps_the_look_it_was_made_with(failed, client_of, ana, pia, project, shot):
    actions.change_project(project, by=pia, look="35 mm, grain")
    shot.project = project
    take = failed("moderation")
    assert "35 mm, grain" in take.prompt
    actions.change_project(project, by=pia, look="16 mm")
    client_of(ana).post(reverse("viewer:again", args=[take.code]), {"shown": "0.61"})

    again = Render.objects.latest("pk")
    assert again.parent == take
    assert (again.prompt, again.words, again.look) == (take.prompt, take.words, "35 mm, grain")


def test_two_people_who_press_again_in_the_queue_order_it_once(failed, client_of, ana, pia, project):
    take = failed("moderation")
    drawers = {
        who: client_of(who).get(reverse("queue:queue", args=[project.slug])).content.decode()
        for who in (ana, pia)
    }
    for who, drawer in drawers.items():
        (form,) = re.findall(
            rf'<form method="post" action="[^"]*{take.code}/again.*?</form>', drawer, re.DOTALL
        )
        sent = dict(re.findall(r'name="(press|shown|once)" value="([^"]+)"', form))
        client_of(who).post(reverse("viewer:again", args=[take.code]), sent)

    assert Render.objects.filter(parent=take).count() == 1


# --- what the page says -------------------------------------------------------------------


def test_words_the_provider_named_are_marked(failed, client_of, ana):
    take = failed("fail", code="promptBlocked", message="Not allowed: the words 'kite' and \"dunes\".")
    page = client_of(ana).get(take.get_absolute_url()).content.decode()
    assert "<mark>kite</mark>" in page
    assert "<mark>dunes</mark>" in page


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Blocked terms: kite, slow push.", ["kite", "slow push"]),
        ("The prompt contains “KITE”.", ["kite"]),
        ("Content flagged.", []),
        ("The word 'knife' is not allowed.", []),
    ],
)
def test_which_words_it_named(said, named):
    pieces = failure_help.marked("A kite over dunes, slow push in", said)
    assert [text for text, mark in pieces if mark] == named
    assert not pieces or "".join(text for text, _ in pieces) == "A kite over dunes, slow push in"


def test_who_may_only_look_is_offered_nothing(failed, client_of, rae):
    page = client_of(rae).get(failed("moderation").get_absolute_url()).content.decode()
    assert "Refused by content check" in page
    assert "clinic" not in re.sub(r"<link[^>]*>", "", page)
    assert "$" not in page
