"""Whatever two tabs and two people do to the same words, nothing is gone that its own writer did not delete."""

import itertools
import os
import re
from collections import defaultdict

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.planning.projects import actions
from studio.review.dailies import lists
from studio.runtime.live.models import Event
from tests.takes import ready

HTMX = {"HX-Request": "true"}
numbers = itertools.count()


TOKEN = re.compile(r"\bw\d+\b")


def tokens(text):
    return set(TOKEN.findall(text))


class Words:
    """A field that several people write, as the studio keeps it: read, sent to, and what is known of its past."""

    name = "prompt"

    def __init__(self, project, shot, pia):
        self.project, self.shot, self.row = project, shot, shot

    def now(self):
        self.row.refresh_from_db()
        return getattr(self.row, self.name), self.row.version

    def address(self):
        return reverse("board:draft", args=[self.project.slug, self.shot.code])

    def fields(self, text):
        return {"prompt": text, "part": "prompt"}

    def post(self, client, text, basis):
        answer = client.post(self.address(), {**self.fields(text), **basis}, headers=self.headers)
        assert answer.status_code in (200, 302, 409), (answer.status_code, answer.content[:300])
        return answer.status_code == 409

    headers = HTMX

    def past(self):
        told = [event.payload.get("replaced", {}) for event in Event.objects.filter(project=self.project)]
        versions = self.shot.prompt_versions.values_list("text", flat=True)
        return [*versions, *(str(text) for replaced in told for text in replaced.values())]


class Title(Words):
    name, headers = "title", {}

    def address(self):
        return reverse("board:edit_shot", args=[self.project.slug, self.shot.code])

    def fields(self, text):
        self.shot.refresh_from_db()
        return {"code": self.shot.code, "title": self.shot.title, "scene": self.shot.scene, self.name: text}


class Scene(Title):
    name = "scene"


class Cell(Title):
    """The scene, set from the shot list."""

    name = "scene"

    def address(self):
        return reverse("listing:many", args=[self.project.slug])

    def post(self, client, text, basis):
        sent = {
            "shot": self.shot.pk,
            "seen": f"{self.shot.pk}:{basis['version']}",
            "do": "change",
            "scene": text,
        }
        answer = client.post(self.address(), sent)
        assert answer.status_code in (302, 422)
        return answer.status_code == 422


class Look(Words):
    name, headers = "look", {}

    def __init__(self, project, shot, pia):
        super().__init__(project, shot, pia)
        self.row = project

    def address(self):
        return reverse("prompts:look", args=[self.project.slug])

    def fields(self, text):
        return {"look": text}


class ProjectName(Look):
    name = "name"

    def address(self):
        return reverse("dashboard:settings", args=[self.project.slug])

    def fields(self, text):
        self.project.refresh_from_db()
        kept = (
            "model",
            "aspect",
            "seconds",
            "takes",
            "video_format",
            "still_format",
            "quality",
            "safety",
            "threshold",
        )
        return {**{name: getattr(self.project, name) for name in kept}, "name": text}


class ListName(Words):
    name, headers = "name", {}

    def __init__(self, project, shot, pia):
        super().__init__(project, shot, pia)
        self.row = lists.create(project, by=pia, name="Dailies", takes=[ready(shot, pia)], people=[pia])

    def address(self):
        return reverse("review:change_list", args=[self.project.slug, self.row.code])

    def fields(self, text):
        return {"name": text, "people": [seat.user_id for seat in self.row.reviewers.all()]}


class Page:
    """A tab as `row-words.js`, `kept-text.js` and `prompt-autosave.js` make it behave."""

    def __init__(self, words, client, name, stores):
        self.words, self.client, self.stores = words, client, stores
        self.who = name
        self.open()

    def open(self):
        self.page, self.turn, self.asked = f"{self.who}-{next(numbers)}", 0, None
        self.text, self.version = self.words.now()
        self.base, self.seen = self.text, tokens(self.text)

    @property
    def touched(self):
        return self.text != self.base

    def type(self, word):
        self.text = f"{self.text} {word}".strip()
        self.stores[self.who][self.page] = self.text

    def send(self, *, arrives=True, answered=True):
        """Save what was typed; the request, or its answer, may be lost on the way."""
        if not self.touched or self.asked is not None:
            return
        self.turn += 1
        if not arrives:
            return
        basis = {"version": self.version, "page": self.page, "turn": self.turn}
        before, _ = self.words.now()
        overtaken = self.words.post(self.client, self.text, basis)
        _, version = self.words.now()
        self.replaced_nothing_unseen(before)
        if not answered:
            return
        if overtaken:
            self.asked = version
            self.seen |= tokens(before)
            return
        self.version, self.base = version, self.text
        self.stores[self.who].pop(self.page, None)

    def replaced_nothing_unseen(self, before):
        """What stood there and is gone now was on this page, or its own."""
        unseen = tokens(before) - tokens(self.words.now()[0]) - self.seen - tokens(self.text)
        assert not unseen, unseen

    def press(self):
        """Render: it says everything that stands there, typed or not."""
        if isinstance(self.words, Title | Look | ListName):
            return self.send()
        self.turn += 1
        address = reverse("board:render", args=[self.words.project.slug, self.words.shot.code])
        sent = {"prompt": self.text, "version": self.version, "page": self.page, "turn": self.turn}
        before, _ = self.words.now()
        answer = self.client.post(address, sent, headers=HTMX)
        self.replaced_nothing_unseen(before)
        if answer.status_code == 409:
            self.asked = self.words.now()[1]
            self.seen |= tokens(before)
        elif answer.status_code == 200:
            self.version, self.base = self.words.now()[1], self.text
            self.stores[self.who].pop(self.page, None)
        return None

    def hear(self):
        """News comes: where nothing was typed theirs stands in the field."""
        text, version = self.words.now()
        if not self.touched and self.asked is None:
            self.seen |= tokens(text)
            self.text = self.base = text
            self.version = version

    def mine(self):
        if self.asked is not None:
            self.version, self.asked = self.asked, None
            self.send()

    def reload(self):
        self.open()

    def put_back(self):
        """Take what an earlier page of this browser had not saved."""
        store = self.stores[self.who]
        for page in [page for page in store if page.split("-")[0] == self.who and page != self.page]:
            self.text = f"{self.text} {store.pop(page)}".strip()
            self.stores[self.who][self.page] = self.text


DEEDS = {
    "type": lambda page: page.type(f"w{next(numbers)}"),
    "blur": lambda page: page.send(),
    "lose the request": lambda page: page.send(arrives=False),
    "lose the answer": lambda page: page.send(answered=False),
    "hear": lambda page: page.hear(),
    "keep mine": lambda page: page.mine(),
    "reload": lambda page: page.reload(),
    "put back": lambda page: page.put_back(),
    "press": lambda page: page.press(),
}
PLACES = [Words, Title, Scene, Cell, Look, ProjectName, ListName]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@settings(
    max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "12")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    deeds=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([*DEEDS, "type", "type", "blur"])),
        min_size=6,
        max_size=30,
    )
)
def test_no_word_is_gone(place, client_of, pia, cid, deeds):
    project = actions.create_project(name=f"Film {next(numbers)}", by=pia)
    project.memberships.create(user=cid, role="producer")
    shot = actions.create_shot(project, by=pia, title="Kite", prompt="A kite")
    words, stores = place(project, shot, pia), defaultdict(dict)
    first, second = client_of(pia), client_of(cid)
    pages = [
        Page(words, first, "pia", stores),
        Page(words, first, "pia", stores),
        Page(words, second, "cid", stores),
    ]
    typed = set()
    for number, deed in deeds:
        DEEDS[deed](pages[number])
        typed |= tokens(pages[number].text)
        here = [words.now()[0], *words.past(), *(page.text for page in pages)]
        here += [text for store in stores.values() for text in store.values()]
        gone = typed - tokens(" ".join(here))
        assert not gone, (deed, number, gone)
