"""Strokes: vectors relative to the frame, one row each, harmless when sent again."""

import json
import uuid

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from studio.review.dailies import drawing, strokes
from studio.review.dailies.models import Note, Stroke
from studio.review.dailies.subjects import Problems


def pen(*points, **more):
    return {
        "code": str(uuid.uuid4()),
        "kind": "pen",
        "colour": "amber",
        "points": [list(point) for point in points or ((0.1, 0.2), (0.3, 0.4))],
        **more,
    }


@pytest.fixture
def take(ready):
    return ready()


@pytest.fixture
def draw(client_of, rae, take):
    """Send strokes with a note: `draw([pen()], text="Here")`."""

    def draw(sent, *, user=rae, **fields):
        body = {"code": uuid.uuid4(), "text": "", "frame": 3, **fields, "strokes": json.dumps(sent)}
        url = reverse("review:note_take", args=[take.code])
        return client_of(user).post(url, body, headers={"X-Rushes": "script"})

    return draw


def test_a_drawing_needs_no_words(draw):
    stroke = pen()
    assert draw([stroke]).status_code == 200

    kept = Stroke.objects.get()
    assert (str(kept.code), kept.points, kept.colour) == (stroke["code"], [[0.1, 0.2], [0.3, 0.4]], "amber")
    assert Note.objects.get().text == ""


def test_the_same_strokes_sent_again_are_kept_once(draw):
    code, sent = uuid.uuid4(), [pen(), pen()]
    for _ in range(3):
        assert draw(sent, code=code).status_code == 200
    assert Stroke.objects.count() == 2


def test_a_second_sending_adds_only_what_is_missing(draw):
    code, first, second = uuid.uuid4(), pen(), pen()
    draw([first], code=code)
    draw([first, second], code=code)
    assert [str(each) for each in Stroke.objects.order_by("pk").values_list("code", flat=True)] == [
        first["code"],
        second["code"],
    ]


def test_the_same_code_twice_in_one_sending_is_one_stroke(draw):
    stroke = pen()
    draw([stroke, stroke])
    assert Stroke.objects.count() == 1


def test_a_stroke_that_was_erased_stays_erased(client_of, rae, draw):
    code, stroke = uuid.uuid4(), pen()
    draw([stroke], code=code)
    url = reverse("review:erase_stroke", args=[code, stroke["code"]])
    client_of(rae).post(url)
    draw([stroke], code=code)

    assert Stroke.objects.get().deleted_at
    assert drawing.strokes(Note.objects.threads().get()) == ""


def test_only_who_drew_it_erases_it(client_of, pia, draw):
    code, stroke = uuid.uuid4(), pen()
    draw([stroke], code=code)
    url = reverse("review:erase_stroke", args=[code, stroke["code"]])
    assert client_of(pia).post(url).status_code == 404
    assert Stroke.objects.get().deleted_at is None


def test_a_stroke_of_another_note_is_not_moved(draw, ana):
    stroke = pen()
    draw([stroke], code=uuid.uuid4())
    draw([stroke], user=ana, text="Mine now?")
    assert Stroke.objects.get().note.by.name == "Rae"


def test_an_arrow_has_two_points_and_words_have_one(draw):
    arrow = pen((0.1, 0.1), (0.9, 0.9), kind="arrow")
    word = pen((0.5, 0.5), kind="text", text=" sharper ", colour="white")
    assert draw([arrow, word]).status_code == 200
    assert list(Stroke.objects.order_by("pk").values_list("kind", "text")) == [
        ("arrow", ""),
        ("text", "sharper"),
    ]


def test_a_hand_that_slips_off_the_edge_is_put_back(draw):
    draw([pen((-0.0005, 0.5), (1.0004, 1))])
    assert Stroke.objects.get().points == [[0.0, 0.5], [1.0, 1.0]]


def test_fifty_thousand_points_are_refused_with_their_number(draw):
    answer = draw([pen(*[(0.5, 0.5)] * 50_000)])
    assert answer.status_code == 422
    assert "50000 points" in answer.json()["errors"]["strokes"]
    assert not Stroke.objects.exists() and not Note.objects.exists()


def test_the_most_points_are_kept(draw):
    assert draw([pen(*[(0.5, 0.5)] * Stroke.MOST_POINTS)]).status_code == 200


REFUSED = {
    "no list": {"points": []},
    "no code": [pen(code="kite")],
    "another kind": [pen(kind="circle")],
    "a kind that is a list": [pen(kind=["pen"])],
    "another colour": [pen(colour="url(x)")],
    "a colour that is a list": [pen(colour=["amber"])],
    "no points": [pen(points=[])],
    "points that are none": [pen(points="0.1,0.2")],
    "one number": [pen(points=[[0.5]])],
    "a word for a number": [pen(points=[["0.5", 0.5]])],
    "true for a number": [pen(points=[[True, 0.5]])],
    "far off the frame": [pen((0.5, 1.5))],
    "endless": [pen((float("inf"), 0.5))],
    "no number": [pen((float("nan"), 0.5))],
    "beyond every float": [pen((10**400, 0.5))],
    "an arrow of three points": [pen((0, 0), (0.5, 0.5), (1, 1), kind="arrow")],
    "empty words": [pen((0.5, 0.5), kind="text", text="  ")],
    "long words": [pen((0.5, 0.5), kind="text", text="x" * 201)],
    "words that are none": [pen((0.5, 0.5), kind="text", text=7)],
    "half a character": [pen((0.5, 0.5), kind="text", text="\ud800")],
    "a zero byte": [pen((0.5, 0.5), kind="text", text="a\x00b")],
    "not a stroke": ["kite"],
    "too many": [pen() for _ in range(strokes.MOST + 1)],
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_drawing_is_refused_in_words(draw, what):
    answer = draw(REFUSED[what], text="With words")
    assert answer.status_code == 422, what
    assert answer.json()["errors"]["strokes"]
    assert not Note.objects.exists()


@pytest.mark.parametrize("sent", ["{", "[" * 100_000, "NaN", "null", '"x"'], ids=lambda sent: sent[:5])
def test_what_is_no_json_is_refused(sent):
    with pytest.raises(Problems):
        strokes.read(sent)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("kind", "colour", "points", "text"), anything)))
def test_nothing_a_browser_sends_breaks_the_reading(fields):
    """It is a stroke inside the frame, or a sentence."""
    try:
        (stroke,) = strokes.read(json.dumps([pen(**fields)]))
    except Problems:
        return
    assert all(0 <= number <= 1 for point in stroke.points for number in point)


def test_the_script_gets_the_strokes_as_attribute_text(draw):
    answer = draw([pen((0.5, 0.5), kind="text", text='"><script>x</script>')])
    assert "<script>" not in answer.text and "&lt;script&gt;" in answer.text


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([(0.1, 0.1)], "in the upper left"),
        ([(0.9, 0.9)], "in the lower right"),
        ([(0.5, 0.5)], "in the middle"),
        ([(0.1, 0.5)], "on the left"),
        ([(0.5, 0.1)], "in the upper middle"),
        ([], ""),
    ],
)
def test_a_drawing_is_told_in_words(points, said):
    drawn = [Stroke(points=[list(point) for point in points])] if points else []
    assert strokes.where(drawn) == said


def test_a_stroke_stays_on_the_frame_it_was_drawn_on(draw, take):
    draw([pen(frame=7), pen(frame=3), pen(), pen(frame=10**6)], frame=3, last=9)
    frames = Stroke.objects.order_by("pk").values_list("frame", flat=True)
    assert list(frames) == [7, None, None, None]  # the note's own, also for what is on no frame of the take
    sent = json.loads(drawing.strokes(Note.objects.threads().get()))
    assert [each["frame"] for each in sent] == [7, None, None, None]
    assert drawing.drawn_at(Note.objects.threads().get()) == [7]


@pytest.mark.parametrize("frame", [-1, 2.5, True, "7", 10**7, [3]])
def test_a_stroke_is_on_a_frame_or_on_its_notes(draw, frame):
    assert draw([pen(frame=frame)]).status_code == 422
    assert not Stroke.objects.exists()
