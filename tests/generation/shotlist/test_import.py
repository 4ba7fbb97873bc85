"""A shot list from a spreadsheet: seen before it is done, done again without harm."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.planning.projects import actions
from studio.planning.projects.models import Shot
from studio.runtime.live.models import Event

SHEET = "code,title,prompt,seconds\n010,First light,Dawn over dunes,8\n020,Harbour,Night harbour,5\n"


@pytest.fixture
def give(client_of, ana, project):
    def give(source, **more):
        sent = {"text": source} if isinstance(source, str) else {"file": io.BytesIO(source)}
        if "file" in sent:
            sent["file"].name = "shots.csv"
        return client_of(ana).post(reverse("listing:import", args=[project.slug]), {**sent, **more})

    return give


@pytest.fixture
def bring(give, client_of, ana, project):
    """Preview and say yes."""

    def bring(source):
        ticket = give(source).context["ticket"]
        return client_of(ana).post(
            reverse("listing:apply", args=[project.slug]), {"ticket": ticket}, follow=True
        )

    return bring


def test_a_preview_says_what_would_change_and_changes_nothing(give, project, pia):
    actions.create_shot(project, by=pia, code="010", title="Old title", prompt="Dawn over dunes", seconds=8)
    page = give(SHEET).content.decode()
    assert "1 new, 1 changed, 0 as they are" in page
    assert "<del>Old title</del>" in page and "<ins>First light</ins>" in page
    assert Shot.objects.count() == 1


def test_yes_does_it_with_one_event(bring, project):
    page = bring(SHEET)
    assert "Imported: 2 new, 0 changed." in page.content.decode()
    assert list(project.shots.in_order().values_list("code", "title", "seconds")) == [
        ("010", "First light", 8),
        ("020", "Harbour", 5),
    ]
    assert Event.objects.filter(kind="shot.imported").count() == 1


def test_brought_again_nothing_changes(bring, give):
    bring(SHEET)
    assert "There is nothing to change" in give(SHEET).content.decode()


def test_a_shot_made_between_preview_and_yes_is_changed_not_doubled(give, client_of, ana, pia, project):
    ticket = give(SHEET).context["ticket"]
    actions.create_shot(project, by=pia, code="020", title="Made meanwhile")
    client_of(ana).post(reverse("listing:apply", args=[project.slug]), {"ticket": ticket})
    assert list(project.shots.filter(code="020").values_list("title", flat=True)) == ["Harbour"]


def test_a_ticket_is_for_whoever_gave_the_sheet_and_once(give, client_of, pia, ana, project):
    ticket = give(SHEET).context["ticket"]
    for person in (pia, ana, ana):
        client_of(person).post(reverse("listing:apply", args=[project.slug]), {"ticket": ticket})
    assert Event.objects.filter(kind="shot.imported").count() == 1


def test_semicolons_and_a_byte_order_mark_are_read(bring, project):
    bring("\ufeffCode;Titel;Title\r\n010;x;Erstes Licht\r\n".encode())
    assert project.shots.get().title == "Erstes Licht"


def test_bad_rows_are_named_and_the_good_ones_stay(give, bring, project):
    sheet = "code,title,seconds\n010,Good,5\n,No code,5\n010,Twice,5\n030,Long,seven\n=1+1,Formula,5\n"
    page = give(sheet).content.decode()
    for row in ("3", "4", "5", "6"):
        assert f'<td class="mono">{row}</td>' in page
    bring(sheet)
    assert list(project.shots.values_list("code", flat=True)) == ["010"]


def test_a_formula_stays_words_and_goes_out_harmless(bring, client_of, ana, project):
    bring('code,title\n010,"=HYPERLINK(""http://x"")"\n')
    assert project.shots.get().title.startswith("=HYPERLINK")
    sent = client_of(ana).get(reverse("listing:export", args=[project.slug])).content.decode()
    assert "'=HYPERLINK" in sent
    bring(sent)
    assert project.shots.get().title.startswith("=HYPERLINK")


@pytest.mark.parametrize(
    "source", [b"", b"PK\x03\x04 a spreadsheet", b"title only\nno code here\n", b"\x00\x01\x02"]
)
def test_what_is_no_sheet_is_refused_beside_the_field(give, source):
    answer = give(source)
    assert answer.status_code == 422
    assert 'id="sheet_error"' in answer.content.decode()


def test_what_was_pasted_is_still_there_after_a_refusal(give):
    assert "nothing like a sheet" in give("nothing like a sheet").content.decode()


def test_five_thousand_rows_are_written_many_at_a_time(give, client_of, ana, project):
    rows = "".join(f"{n:05d},Title {n},A prompt of shot {n}\n" for n in range(5000))
    ticket = give("code,title,prompt\n" + rows).context["ticket"]
    with CaptureQueriesContext(connection) as asked:
        client_of(ana).post(reverse("listing:apply", args=[project.slug]), {"ticket": ticket})
    assert project.shots.count() == 5000
    assert len(asked) < 220  # SQLite takes 999 values in one; each prompt is a version too


def test_what_the_sheet_does_not_name_stays_as_it_was(bring, project, pia):
    actions.create_shot(project, by=pia, code="010", takes=99, seconds=7)
    bring("code,title\n010,Renamed\n")
    shot = project.shots.get()
    assert (shot.title, shot.takes, shot.seconds) == ("Renamed", 99, 7)
