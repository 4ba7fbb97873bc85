"""An empty database, on whichever server is tested: `fresh()` makes one more."""

import os
import uuid

import psycopg
import pytest

from tests.upgrades import kept


@pytest.fixture
def fresh(tmp_path):
    made = []
    server = os.environ.get("TEST_DATABASE_URL")

    def fresh():
        name = f"upgrade_{uuid.uuid4().hex}"
        if not server:
            return f"{kept.SQLITE}{tmp_path / name}"
        with psycopg.connect(server, autocommit=True) as postgres:
            postgres.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return f"{server.rpartition('/')[0]}/{name}"

    yield fresh
    for name in made:
        with psycopg.connect(server, autocommit=True) as postgres:
            postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def older(fresh):
    """The database of an earlier commit, as it was left: `older("1f8abce")`."""

    def older(commit):
        database = fresh()
        kept.load(commit, database)
        return database

    return older
