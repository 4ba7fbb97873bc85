"""What a backup says of itself: how its rows were shaped, and a hash of everything in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from studio.bootstrap.backup import Refused

FORMAT = 1
KIND = "rushes backup"
NAME = "manifest.json"
LARGEST = 512 * 1024 * 1024  # bytes; a million files make half of it


@dataclass(frozen=True)
class Member:
    """A file in the backup."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Table:
    """A table: how many rows, and the highest key it ever gave out.

    A key is not given again when its row is gone: the ledger names shots by their keys for ever.
    """

    rows: int
    last_key: int | None = None


@dataclass
class Manifest:
    made_at: str
    database: str  # the vendor it came from, for people
    migrations: list[tuple[str, str]]
    with_media: bool
    tables: dict[str, Table] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)  # files that rows name and that were nowhere

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def written(self) -> bytes:
        told = {"kind": KIND, "format": FORMAT, **asdict(self)}
        return json.dumps({**told, "sha256": _hash(told)}, indent=1).encode()


def read(text: bytes) -> Manifest:
    """Take a manifest for what it says.

    Raises:
        Refused: it is not one of ours, or of a later format.
    """
    try:
        said = json.loads(text)
        if said["kind"] != KIND:
            raise Refused("This is not a backup of a Rushes.")
        if not isinstance(said["format"], int) or said["format"] > FORMAT:
            raise Refused("This backup was made by a newer Rushes than this one; update it first.")
        if said.pop("sha256") != _hash(said):
            raise ValueError("changed since it was written")
        return Manifest(
            made_at=datetime.fromisoformat(said["made_at"]).isoformat(),
            database=str(said["database"]),
            migrations=[(str(app), str(name)) for app, name in said["migrations"]],
            with_media=bool(said["with_media"]),
            tables={str(name): _table(told) for name, told in said["tables"].items()},
            members={
                str(name): Member(str(told["sha256"]), int(told["size"]))
                for name, told in said["members"].items()
            },
            missing=[str(name) for name in said["missing"]],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise Refused("This backup is damaged: its list of contents cannot be read.") from exc


def _hash(told: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _table(told: dict[str, Any]) -> Table:
    last = told["last_key"]
    return Table(int(told["rows"]), None if last is None else int(last))
