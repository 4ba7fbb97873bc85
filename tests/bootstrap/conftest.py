"""Studios in folders and databases of their own, all in this process: one is backed up, another restored."""

import json
import os
import shutil
import tarfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as conf
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from psycopg.conninfo import make_conninfo

from studio.bootstrap.backup import archive, making, places
from studio.people.accounts.models import User
from studio.planning.projects import actions
from tests import takes


class Places:
    """Each place is made where it is first gone to."""

    def __init__(self, folder, settings, *, template=None):
        self.folder, self.settings, self._template = folder, settings, template
        self._names = {}
        self.vendor = connections["default"].vendor

    @contextmanager
    def at(self, name, *, vendor=None, empty=False):
        """Be the studio of this name: its folder, its database, its key."""
        folder = self.folder / name
        vendor = vendor or self.vendor
        folder.mkdir(exist_ok=True)
        database = self._database(name, vendor, folder, empty=empty)
        before = connections["default"]
        key = folder / "secret_key"
        if not key.exists():
            key.write_text(f"the key of {name}")
        changed = {
            "VAR_DIR": folder,
            "MEDIA_ROOT": folder / "media",
            "SECRET_KEY": key.read_text(),
        }
        kept = {name: getattr(self.settings, name) for name in changed}
        connections["default"] = database
        for each, value in changed.items():
            setattr(self.settings, each, value)
        _forget()
        try:
            if not empty and vendor != self.vendor:
                call_command("migrate", verbosity=0, interactive=False)
            yield folder
        finally:
            database.close()
            connections["default"] = before
            for each, value in kept.items():
                setattr(self.settings, each, value)
            _forget()

    def begin(self, name, *, like):
        """Have a place begin as a copy of this database."""
        (self.folder / name).mkdir()
        if self.vendor == "sqlite":
            shutil.copy(like, self.folder / name / "studio.sqlite3")
        else:
            self._create(name, like)

    def _create(self, name, like):
        self._names[name] = f"place_{uuid.uuid4().hex[:12]}"
        _admin(f'CREATE DATABASE "{self._names[name]}"' + (f' TEMPLATE "{like}"' if like else ""))

    def _database(self, name, vendor, folder, *, empty):
        like = self._template if vendor == self.vendor and not empty else None
        if vendor == "sqlite":
            path = folder / "studio.sqlite3"
            if like and not path.exists():
                shutil.copy(like, path)
            return sqlite(path)
        if name not in self._names:
            self._create(name, like)
        return postgres(self._names[name])

    def close(self):
        for name in self._names.values():
            _admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def sqlite(path):
    from django.db.backends.sqlite3.base import DatabaseWrapper

    own = connections["default"].settings_dict
    given = {
        **own,
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
        },
    }
    return DatabaseWrapper(given, "default")


def postgres(name):
    return places.own_connection(connections["default"], NAME=name)


def _admin(statement):
    with psycopg.connect(make_conninfo(os.environ["TEST_DATABASE_URL"]), autocommit=True) as connection:
        connection.execute(statement)


def _forget():
    ContentType.objects.clear_cache()
    cache.clear()


@pytest.fixture(scope="session")
def _template(tmp_path_factory, django_db_setup, django_db_blocker):
    """An empty studio to begin from."""
    with django_db_blocker.unblock(), _being(_new("template", tmp_path_factory)) as name:
        call_command("migrate", verbosity=0, interactive=False)
    yield name
    _drop(name)


@pytest.fixture(scope="session")
def _small(tmp_path_factory, _template, django_db_blocker):
    """A small studio with takes, files, words and money: its database, its folder of media and what is in it."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(conf, "MEDIA_ROOT", folder / "media")
        with _being(_new("small", tmp_path_factory, like=_template)) as name:
            things = fill()
    yield name, folder / "media", things
    _drop(name)


@contextmanager
def _being(name):
    """Have this database as the usual one."""
    before = connections["default"]
    own = postgres(name) if isinstance(name, str) else sqlite(name)
    connections["default"] = own
    try:
        yield name
    finally:
        own.close()
        connections["default"] = before


def _new(name, tmp_path_factory, *, like=None):
    if connections["default"].vendor == "sqlite":
        path = tmp_path_factory.mktemp(name) / "studio.sqlite3"
        if like:
            shutil.copy(like, path)
        return path
    name = f"{name}_{uuid.uuid4().hex[:12]}"
    _admin(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{like}"' if like else ""))
    return name


def _drop(name):
    if isinstance(name, str):
        _admin(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def studios(tmp_path, settings, _template, django_db_blocker):
    with django_db_blocker.unblock():
        made = Places(tmp_path, settings, template=_template)
        yield made
        made.close()


@pytest.fixture
def filled(studios, _small):
    """The small studio at "one"; what is in it by name."""
    name, files, things = _small
    studios.begin("one", like=name)
    shutil.copytree(files, studios.folder / "one" / "media")
    return things


@pytest.fixture(scope="session")
def _backup(_small, tmp_path_factory, django_db_blocker):
    name, files, _ = _small
    folder = tmp_path_factory.mktemp("backup")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), _being(name):
        patch.setattr(conf, "MEDIA_ROOT", files)
        patch.setattr(conf, "VAR_DIR", folder)
        making.make(folder / "b.tar")
    return folder / "b.tar"


@pytest.fixture
def backup(_backup, tmp_path):
    """A backup of the small studio."""
    return Path(shutil.copy(_backup, tmp_path))


def fill():
    owner = User.objects.create_superuser("olga@studio.example", "a long enough word", name="Olga Ø 🎬")
    project = actions.create_project(name="Tidal Observatory", by=owner)
    shot = actions.create_shot(project, by=owner, title="Kite", prompt="A kite\nover “dunes” \u2028 🪁")
    take = takes.ready(shot, owner, filed=True)
    still = takes.ready(shot, owner, kind="still", filed=True)
    return {"owner": owner, "project": project, "shot": shot, "take": take, "still": still}


# --- looking into a backup ----------------------------------------------------------------


def contents(path):
    """What a backup holds, read by hand: names and bytes."""
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def manifest(path):
    return json.loads(contents(path)["manifest.json"])


def rows(path):
    """The rows of a backup by table, as it was checked."""
    with archive.opened(path) as backup:
        return {table: [json.loads(line) for line in backup.lines(table)] for table in backup.manifest.tables}


def media(folder):
    """Every stored file of a studio."""
    root = Path(folder) / "media"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def raw():
    """Every row of the studio we are at, as its database holds it."""
    connection = connections["default"]
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found
