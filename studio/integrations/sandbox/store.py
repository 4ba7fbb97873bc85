"""What the sandbox remembers: one SQLite file, so that `kill -9` loses nothing it has answered for.

Everything runs on the event loop's thread with one connection; each statement is short. WAL
with `synchronous=NORMAL` survives the death of the process, which is all that is promised.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from studio.integrations.sandbox.validate import Order
from studio.integrations.sandbox.wire import Item

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
    uuid TEXT PRIMARY KEY, number INTEGER, "order" TEXT NOT NULL, marks TEXT NOT NULL,
    estimate TEXT NOT NULL, accepted_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS results (
    uuid TEXT PRIMARY KEY, task TEXT NOT NULL, position INTEGER NOT NULL, seed INTEGER NOT NULL,
    due_at REAL, state TEXT NOT NULL, path TEXT, file TEXT, billed TEXT NOT NULL DEFAULT '0',
    cost TEXT, error TEXT, finished_at REAL, expires_at REAL, UNIQUE (task, position)
);
CREATE INDEX IF NOT EXISTS results_path ON results (path);
CREATE INDEX IF NOT EXISTS results_unfinished ON results (state) WHERE state = 'processing';
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, task TEXT NOT NULL, result TEXT NOT NULL, kind TEXT NOT NULL,
    url TEXT NOT NULL, shape TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL NOT NULL, state TEXT NOT NULL DEFAULT 'waiting'
);
CREATE TABLE IF NOT EXISTS uploads (uuid TEXT PRIMARY KEY, path TEXT NOT NULL, file TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS uploads_path ON uploads (path);
CREATE TABLE IF NOT EXISTS archive (
    uuid TEXT PRIMARY KEY, posts INTEGER NOT NULL, request TEXT NOT NULL, refusal TEXT
);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass
class Task:
    order: Order
    marks: dict[str, Any]  # faults drawn when it was taken, by name
    estimate: Decimal  # of one result
    accepted_at: float


@dataclass
class Result:
    uuid: str
    task: str
    position: int
    seed: int
    due_at: float | None  # None: never, until somebody says so
    state: str  # processing, success, error
    path: str | None = None  # in our addresses
    file: str | None = None  # under the directory
    billed: Decimal = Decimal(0)
    cost: str | None = None  # as told, which a fault may make differ from what was billed
    error: Item | None = None
    finished_at: float | None = None
    expires_at: float | None = None


@dataclass
class Delivery:
    id: int
    task: str
    result: str
    kind: str  # post, put
    url: str
    shape: dict[str, Any]  # webhook faults that bear on the body
    attempts: int
    due_at: float


class Taken(Exception):
    """That taskUUID is known already; answer conflictTaskUUID."""


class Store:
    def __init__(self, path: Path, *, balance: Decimal) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        self._db.execute("INSERT OR IGNORE INTO facts VALUES ('balance', ?)", [str(balance)])

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """One transaction; there must be no `await` inside."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # --- tasks and results ----------------------------------------------------------------
    def add_task(self, task: Task, results: list[Result]) -> None:
        """Keep a new task.

        Raises:
            Taken: its UUID is known.
        """
        try:
            self._db.execute(
                "INSERT INTO tasks VALUES (?, (SELECT COUNT(*) FROM tasks), ?, ?, ?, ?)",
                [
                    task.order.uuid,
                    json.dumps(asdict(task.order)),
                    json.dumps(task.marks),
                    str(task.estimate),
                    task.accepted_at,
                ],
            )
        except sqlite3.IntegrityError:
            raise Taken(task.order.uuid) from None
        self._db.executemany(
            "INSERT INTO results (uuid, task, position, seed, due_at, state) VALUES (?, ?, ?, ?, ?, ?)",
            [(r.uuid, r.task, r.position, r.seed, r.due_at, r.state) for r in results],
        )

    def knows(self, uuid: str) -> bool:
        return self._one("SELECT 1 FROM tasks WHERE uuid = ?", uuid) is not None

    def task(self, uuid: str) -> Task | None:
        row = self._one("SELECT * FROM tasks WHERE uuid = ?", uuid)
        return _task(row) if row else None

    def tasks(self) -> list[Task]:
        return [_task(row) for row in self._db.execute("SELECT * FROM tasks ORDER BY number")]

    def results_of(self, task: str) -> list[Result]:
        rows = self._db.execute("SELECT * FROM results WHERE task = ? ORDER BY position", [task])
        return [_result(row) for row in rows]

    def results(self) -> list[Result]:
        return [_result(row) for row in self._db.execute("SELECT * FROM results ORDER BY rowid")]

    def result(self, uuid: str) -> Result | None:
        row = self._one("SELECT * FROM results WHERE uuid = ?", uuid)
        return _result(row) if row else None

    def result_at(self, path: str) -> Result | None:
        row = self._one("SELECT * FROM results WHERE path = ?", path)
        return _result(row) if row else None

    def unfinished(self) -> list[Result]:
        rows = self._db.execute("SELECT * FROM results WHERE state = 'processing' ORDER BY rowid")
        return [_result(row) for row in rows]

    def make_due(self, task: str, moment: float) -> None:
        self._db.execute(
            "UPDATE results SET due_at = ? WHERE task = ? AND state = 'processing'", [moment, task]
        )

    def finish(self, result: Result) -> None:
        """Write how a result ended, and take what it cost from the balance."""
        self._db.execute(
            "UPDATE results SET state = ?, path = ?, file = ?, billed = ?, cost = ?, error = ?,"
            " finished_at = ?, expires_at = ? WHERE uuid = ?",
            [
                result.state,
                result.path,
                result.file,
                str(result.billed),
                result.cost,
                json.dumps(result.error) if result.error else None,
                result.finished_at,
                result.expires_at,
                result.uuid,
            ],
        )
        if result.billed:
            self.set_balance(self.balance() - result.billed)

    # --- deliveries -----------------------------------------------------------------------
    def add_delivery(
        self, *, result: Result, kind: str, url: str, shape: dict[str, Any], due_at: float
    ) -> int:
        row = self._db.execute(
            "INSERT INTO deliveries (task, result, kind, url, shape, due_at) VALUES (?, ?, ?, ?, ?, ?)",
            [result.task, result.uuid, kind, url, json.dumps(shape), due_at],
        )
        return int(row.lastrowid or 0)

    def delivery(self, number: int) -> Delivery | None:
        row = self._one("SELECT * FROM deliveries WHERE id = ? AND state = 'waiting'", number)
        if row is None:
            return None
        return Delivery(
            id=row["id"],
            task=row["task"],
            result=row["result"],
            kind=row["kind"],
            url=row["url"],
            shape=json.loads(row["shape"]),
            attempts=row["attempts"],
            due_at=row["due_at"],
        )

    def waiting_deliveries(self, task: str | None = None) -> list[int]:
        rows = self._db.execute(
            "SELECT id FROM deliveries WHERE state = 'waiting' AND (task = ? OR ? IS NULL)"
            " ORDER BY due_at, id",
            [task, task],
        )
        return [row["id"] for row in rows]

    def delivery_tried(self, number: int, *, state: str, due_at: float) -> None:
        self._db.execute(
            "UPDATE deliveries SET attempts = attempts + 1, state = ?, due_at = ? WHERE id = ?",
            [state, due_at, number],
        )

    def put_off(self, number: int, due_at: float) -> None:
        self._db.execute("UPDATE deliveries SET due_at = ? WHERE id = ?", [due_at, number])

    def deliveries_by_task(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for row in self._db.execute("SELECT task, kind, state, attempts FROM deliveries ORDER BY id"):
            told = {"kind": row["kind"], "state": row["state"], "attempts": row["attempts"]}
            found.setdefault(row["task"], []).append(told)
        return found

    # --- uploads --------------------------------------------------------------------------
    def add_upload(self, uuid: str, path: str, file: str) -> None:
        self._db.execute("INSERT INTO uploads VALUES (?, ?, ?)", [uuid, path, file])

    def upload(self, uuid: str) -> str | None:
        """The file of an upload, or None."""
        row = self._one("SELECT file FROM uploads WHERE uuid = ?", uuid)
        return row["file"] if row else None

    def upload_at(self, path: str) -> str | None:
        row = self._one("SELECT file FROM uploads WHERE path = ?", path)
        return row["file"] if row else None

    def delete_upload(self, uuid: str) -> bool:
        return self._db.execute("DELETE FROM uploads WHERE uuid = ?", [uuid]).rowcount > 0

    # --- what was asked, whatever came of it ----------------------------------------------
    def note_post(self, uuid: str, request: Item) -> None:
        self._db.execute(
            "INSERT INTO archive VALUES (?, 1, ?, NULL) ON CONFLICT (uuid) DO UPDATE SET posts = posts + 1",
            [uuid, json.dumps(request)],
        )

    def note_answer(self, uuid: str, refusal: Item | None) -> None:
        """Remember the last thing this UUID was told; None stands for the task's own state."""
        told = json.dumps(refusal) if refusal else None
        self._db.execute("UPDATE archive SET refusal = ? WHERE uuid = ?", [told, uuid])

    def archived(self, uuid: str) -> tuple[Item, Item | None] | None:
        """The request under this UUID, and the refusal it got last, if it was one."""
        row = self._one("SELECT request, refusal FROM archive WHERE uuid = ?", uuid)
        if row is None:
            return None
        return json.loads(row["request"]), json.loads(row["refusal"]) if row["refusal"] else None

    def posts(self) -> list[tuple[str, int, Item | None]]:
        rows = self._db.execute("SELECT uuid, posts, refusal FROM archive ORDER BY rowid")
        return [(r["uuid"], r["posts"], json.loads(r["refusal"]) if r["refusal"] else None) for r in rows]

    # --- money ----------------------------------------------------------------------------
    def balance(self) -> Decimal:
        row = self._one("SELECT value FROM facts WHERE name = ?", "balance")
        return Decimal(row["value"]) if row else Decimal(0)

    def set_balance(self, amount: Decimal) -> None:
        self._db.execute("UPDATE facts SET value = ? WHERE name = 'balance'", [str(amount)])

    def reserved(self) -> Decimal:
        """What unfinished results may still cost."""
        rows = self._db.execute(
            "SELECT estimate, COUNT(*) AS n FROM results JOIN tasks ON tasks.uuid = results.task"
            " WHERE state = 'processing' GROUP BY estimate"
        )
        return sum((Decimal(row["estimate"]) * row["n"] for row in rows), Decimal(0))

    def billed_since(self, moment: float) -> tuple[Decimal, int]:
        """The sum billed since then, and how many tasks were taken."""
        rows = self._db.execute(
            "SELECT billed, COUNT(*) AS n FROM results WHERE finished_at >= ? GROUP BY billed", [moment]
        )
        total = sum((Decimal(row["billed"]) * row["n"] for row in rows), Decimal(0))
        taken = self._one("SELECT COUNT(*) AS n FROM tasks WHERE accepted_at >= ?", moment)
        return total, taken["n"] if taken else 0

    def expired_files(self, moment: float) -> list[str]:
        rows = self._db.execute(
            "SELECT DISTINCT file FROM results WHERE expires_at < ? AND file IS NOT NULL", [moment]
        )
        return [row["file"] for row in rows]

    def _one(self, statement: str, value: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(statement, [value]).fetchone()
        return row


def _task(row: sqlite3.Row) -> Task:
    order = json.loads(row["order"])
    order["references"] = tuple(order["references"])
    return Task(
        order=Order(**order),
        marks=json.loads(row["marks"]),
        estimate=Decimal(row["estimate"]),
        accepted_at=row["accepted_at"],
    )


def _result(row: sqlite3.Row) -> Result:
    return Result(
        uuid=row["uuid"],
        task=row["task"],
        position=row["position"],
        seed=row["seed"],
        due_at=row["due_at"],
        state=row["state"],
        path=row["path"],
        file=row["file"],
        billed=Decimal(row["billed"]),
        cost=row["cost"],
        error=json.loads(row["error"]) if row["error"] else None,
        finished_at=row["finished_at"],
        expires_at=row["expires_at"],
    )
