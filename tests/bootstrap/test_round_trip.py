"""Whatever a column can hold comes back as it was, on both databases."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.bootstrap.backup import loading, making, restoring, snapshot, values
from studio.generation.renders.models import Render
from studio.oversight.provider_check.models import Callback
from studio.people.accounts.models import StudioEvent
from studio.planning.ledger import seal
from studio.planning.ledger.models import LedgerEntry
from studio.planning.projects.models import Project, Shot
from tests.bootstrap.conftest import rows

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
amounts = st.integers(-(9 * 10**18), 9 * 10**18).map(lambda nano: Decimal(nano).scaleb(-9))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(words, each, max_size=3),
    max_leaves=6,
)
once = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def one(studios, filled):
    with studios.at("one"):
        yield filled


def there_and_back(model):
    """Read the rows into words, forget them, and write them from the words. What the table held both times."""
    before = held(model)
    with snapshot.taken() as seen:
        told = [json.dumps(row) for row in seen.rows(seen.schema.tables[model._meta.db_table])]
        shape = seen.schema.tables[model._meta.db_table]
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    loading._load_table(shape, (json.loads(line) for line in told))
    return before, held(model)


def held(model):
    """The table as its database holds it."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY id')
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]


@once
@given(
    at=moments,
    body=st.binary(max_size=200),
    code=st.uuids(),
    headers=json_values.filter(lambda each: each is not None),
    answered=st.integers(0, 32767),
)
def test_bytes_moments_codes_and_json(one, at, body, code, headers, answered):
    Callback.objects.all().delete()
    made = Callback.objects.create(code=code, body=body, headers=headers, answered=answered)
    Callback.objects.filter(pk=made.pk).update(at=at)
    before, after = there_and_back(Callback)
    assert before == after and len(after) == 1
    back = Callback.objects.get()
    assert (back.code, bytes(back.body), back.at, back.answered) == (code, body, at, answered)


@once
@given(
    amount=amounts,
    day=st.dates(date(1, 1, 2)),
    what=words,
    none=st.none() | amounts,
    big=st.integers(1, 2**62),
)
def test_money_days_and_words(one, amount, day, what, none, big):
    with connection.cursor() as cursor:
        for statement in seal.breaking(connection.vendor):
            cursor.execute(statement)
    LedgerEntry.objects.all().delete()
    LedgerEntry.objects.create(
        project=one["project"],
        render_code=one["take"].code,
        task_code=one["take"].code,
        kind="charge",
        amount=amount,
        estimate=none,
        day=day,
        what=what,
        shot_ref=big,
        provider="runware",
        sandbox=True,
    )
    before, after = there_and_back(LedgerEntry)
    assert before == after
    back = LedgerEntry.objects.get()
    assert (back.amount, back.estimate, back.day, back.what, back.shot_ref) == (amount, none, day, what, big)


@once
@given(address=st.none() | st.ip_addresses().map(str), detail=words, gone=st.booleans())
def test_addresses_and_words(one, address, detail, gone):
    StudioEvent.objects.all().delete()
    StudioEvent.objects.create(
        kind="refused", address=address, detail=detail, user=None if gone else one["owner"]
    )
    before, after = there_and_back(StudioEvent)
    assert before == after and len(after) == 1


@once
@given(
    frames=st.lists(json_values, max_size=3),
    prompt=words,
    size=st.none() | st.integers(0, 2**62),
    veiled=st.booleans(),
)
def test_takes(one, frames, prompt, size, veiled):
    Render.objects.filter(pk=one["take"].pk).update(frames=frames, prompt=prompt, size=size, flagged=veiled)
    before, after = there_and_back(Render)
    assert before == after and len(after) == 2


def test_no_value_and_the_value_null_are_two_things(studios, filled, tmp_path):
    """A JSON column may hold either, and Django reads None of both."""
    with studios.at("one"), connection.cursor() as cursor:
        cast = "::jsonb" if connection.vendor == "postgresql" else ""
        cursor.execute(f"UPDATE projects_shot SET crop = 'null'{cast}")
        before = held(Shot)
        making.make(tmp_path / "b.tar")
    with studios.at("two"):
        restoring.restore(tmp_path / "b.tar")
        assert held(Shot) == before
    assert rows(tmp_path / "b.tar")["projects_shot"][0]["crop"] == "null"


@pytest.mark.parametrize("value", [object(), {1}, 1j])
def test_what_has_no_words_is_an_error_and_not_a_guess(value):
    with pytest.raises(TypeError):
        values.to_words(value)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("plain", "plain"), ("a\0b", "a\ufffdb"), ("half \ud83e", "half \ufffd"), ("whole 🪁", "whole 🪁")],
)
def test_postgresql_is_given_no_text_it_cannot_hold(text, cleaned):
    assert values.clean(text) == cleaned
    assert json.loads(values._clean_json(json.dumps({text: [text]}))) == {cleaned: [cleaned]}


def test_every_column_of_every_table_has_a_way_there_and_back(one):
    """Also of the tables that no test fills: a field of a new kind fails here first."""
    with snapshot.taken() as seen:
        for model in seen.schema.tables.values():
            list(seen.rows(model))
            loading._load_table(model, iter(()))
    assert Project.objects.exists()
