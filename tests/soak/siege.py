"""Ten people at work while fifty addresses send two thousand hostile requests a minute, side by side.

The same ten work for as long before, in quiet: nothing they were told is kept may be missing afterwards, what they
waited for an answer may double at most, and the studio's memory has to stay where it is.
"""

from __future__ import annotations

import os
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import httpx

from tests.browser.conftest import ROOT, Studio
from tests.integrations.sandbox.running import Running, read

PEOPLE = 10
SECONDS = float(os.environ.get("SOAK_SIEGE_SECONDS", "120"))  # in quiet, and then under siege
A_MINUTE, ADDRESSES = 2_000, 50
PAUSES = 0.3, 1.2  # seconds between two things that one of them asks for
MOST_SLOWER = 2.0  # times the 95th percentile in quiet
MOST_GROWN = 1.15  # times the memory after the first third of the siege

PREPARE = f"""
from studio.people.accounts.models import User
from studio.planning.projects import actions
from studio.planning.projects.models import Membership
by = User.objects.first()
project = actions.create_project(name="Siege", by=by)
from tests import takes
for n in range({PEOPLE}):
    user = User.objects.create_user(f"person{{n}}@siege.example", "a long enough word", name=f"Person {{n}}")
    Membership.objects.create(project=project, user=user, role="artist")
    shot = actions.create_shot(project, by=by, prompt="Storm over dunes", model="gen-4-image", aspect="720x720")
    print(shot.code, takes.ready(shot, by, kind="still").code)
"""


def siege() -> list[str]:
    """Run both halves and compare them; what is wrong, in words."""
    folder = Path(tempfile.mkdtemp(prefix="rushes-siege-"))
    studio = Studio(folder, UNDO_SECONDS="0").start()
    print(
        f"Siege: {PEOPLE} people, {A_MINUTE} hostile requests a minute from {ADDRESSES} addresses, {SECONDS:.0f} s"
    )
    try:
        work = [line.split() for line in studio.shell(PREPARE).strip().splitlines()]
        people = [Person(studio, number, *each) for number, each in enumerate(work)]
        at_work(people, SECONDS / 4)  # everything has been loaded once
        quiet = at_work(people, SECONDS)
        under_siege, memory, sent = besieged(studio, people)
        problems = [*slower(quiet, under_siege), *grown(memory), *lost(folder, people)]
        if sum(sent.values()) < A_MINUTE * SECONDS / 60 * 0.9:
            problems.append(f"only {sum(sent.values())} hostile requests were sent")
        return problems
    finally:
        studio.stop()


# --- people -------------------------------------------------------------------------------


class Person:
    """An artist with a shot of their own: reads, writes, notes, and orders a still now and then."""

    def __init__(self, studio: Studio, number: int, shot: str, take: str) -> None:
        self.number, self.take = number, take
        self.shot = f"/projects/siege/shots/{shot}/"
        self.prompt, self.notes, self.presses = "", [], []
        self.waited: list[float] = []
        self.refused: list[str] = []
        self.http = httpx.Client(base_url=studio.base, timeout=60)
        link = studio.link_for(f"person{number}@siege.example")
        self.http.get(link)
        self.http.post(link, data={"csrfmiddlewaretoken": self.http.cookies["csrftoken"]})

    def work(self, until: float) -> None:
        self.chance = random.Random(self.number)
        turn = 0
        while time.monotonic() < until:
            turn += 1
            self.read("/projects/siege/")
            self.write()
            self.read(self.shot)
            self.read(f"/projects/siege/review/shots/{self.shot.split('/')[-2]}/?take={self.take}")
            if turn % 3 == 0:
                self.note()
            if turn % 8 == 0:
                self.order()
            self.read("/projects/siege/costs" if turn % 2 else "/projects/siege/library")

    def ask(self, method: str, address: str, **more: object) -> httpx.Response | None:
        time.sleep(self.chance.uniform(*PAUSES))
        began = time.monotonic()
        try:
            answer = self.http.request(method, address, **more)
        except httpx.HTTPError as exc:
            self.refused.append(f"{address}: {exc!r}")
            return None
        self.waited.append(time.monotonic() - began)
        if answer.status_code >= 400:
            self.refused.append(f"{address}: {answer.status_code}")
            return None
        return answer

    def read(self, address: str) -> None:
        self.ask("GET", address)

    def send(self, address: str, **fields: object) -> bool:
        fields["csrfmiddlewaretoken"] = self.http.cookies["csrftoken"]
        return self.ask("POST", address, data=fields) is not None

    def write(self) -> None:
        prompt = f"Storm over dunes {uuid4()}"
        if self.send(f"{self.shot}draft", prompt=prompt, part="prompt"):
            self.prompt = prompt

    def note(self) -> None:
        text = f"Too dark {uuid4()}"
        if self.send(f"/takes/{self.take}/notes", text=text, code=str(uuid4()), frame="0"):
            self.notes.append(text)

    def order(self) -> None:
        press = str(uuid4())
        settings = {"model": "gen-4-image", "aspect": "720x720", "takes": "1", "prompt": self.prompt}
        if self.send(f"{self.shot}render", press=press, **settings):
            self.presses.append(press)


def at_work(people: list[Person], seconds: float) -> list[float]:
    """Have all of them work for so long; how long each answer took, in seconds."""
    for person in people:
        person.waited.clear()
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=person.work, args=(until,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [waited for person in people for waited in person.waited]


# --- the siege ----------------------------------------------------------------------------


def besieged(studio: Studio, people: list[Person]) -> tuple[list[float], list[float], Counter[str]]:
    """The same under siege: what they waited, the studio's memory in MB over time, and what was sent."""
    command = [sys.executable, "-m", "tests.soak.hostile", str(studio.port), str(A_MINUTE), str(SECONDS)]
    hostile = subprocess.Popen([*command, str(ADDRESSES)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    memory, done = [], threading.Event()

    def measure() -> None:
        while not done.wait(2):
            memory.append(resident(studio.process.pid))

    watching = threading.Thread(target=measure)
    watching.start()
    waited = at_work(people, SECONDS)
    said, _ = hostile.communicate(timeout=120)
    done.set()
    watching.join()
    sent = Counter({name: int(number) for name, number in (line.split() for line in said.splitlines())})
    print(f"  sent {sum(sent.values())}: " + ", ".join(f"{name} {sent[name]}" for name in sorted(sent)))
    return waited, memory, sent


def resident(pid: int) -> float:
    """MB of memory that a process holds now, its children not counted."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def slower(quiet: list[float], under_siege: list[float]) -> list[str]:
    before, after = percentile(quiet), percentile(under_siege)
    print(
        f"  their 95th percentile: {1000 * before:.0f} ms in quiet ({len(quiet)} answers),"
        f" {1000 * after:.0f} ms under siege ({len(under_siege)}): {after / before:.2f} times;"
        f" the median {1000 * statistics.median(quiet):.0f} and {1000 * statistics.median(under_siege):.0f} ms"
    )
    return [f"their answers took {after / before:.1f} times as long"] if after > MOST_SLOWER * before else []


def percentile(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def grown(memory: list[float]) -> list[str]:
    third = len(memory) // 3
    first, last = max(memory[:third]), statistics.median(memory[-third:])
    print(f"  memory: {memory[0]:.0f} MB at first, {first:.0f} in the first third, {last:.0f} in the last")
    return [f"the memory grew from {first:.0f} to {last:.0f} MB"] if last > MOST_GROWN * first else []


# --- what is left -------------------------------------------------------------------------


def lost(folder: Path, people: list[Person]) -> list[str]:
    """What people were told is kept, and is not there; and what was billed, and is not charged."""
    problems = [f"refused: {person.refused[:3]}" for person in people if person.refused]
    presses = {press for person in people for press in person.presses}
    until = time.monotonic() + 300
    while rows(folder, "select 1 from renders_render where state not in ('ready', 'failed')"):
        if time.monotonic() > until:
            problems.append("takes are still open")
            break
        time.sleep(1)
    ordered = {batch for (batch,) in rows(folder, "select batch from renders_render where state = 'ready'")}
    missing = {press for press in presses if press.replace("-", "") not in ordered}
    prompts = {prompt for (prompt,) in rows(folder, "select prompt from projects_shot")}
    notes = {text for (text,) in rows(folder, "select text from review_note")}
    said = [text for person in people for text in person.notes]
    gone = [person.prompt for person in people if person.prompt and person.prompt not in prompts]
    gone += [text for text in said if text not in notes]
    port, key = ((folder / "sandbox" / name).read_text().strip() for name in ("port", "key"))
    sandbox = Running(f"http://127.0.0.1:{port}/v1", key)
    billed = sum(
        (Decimal(str(task["billed"] or 0)) for task in read(sandbox.http.get(f"{sandbox.root}/tasks"))),
        Decimal(0),
    )
    ((charged,),) = rows(
        folder, "select coalesce(sum(amount), 0) from costs_ledgerentry where kind = 'charge'"
    )
    print(
        f"  {len(presses)} takes ordered, {len(missing)} missing; {len(said)} notes and {len(people)} prompts,"
        f" {len(gone)} missing; billed {billed}, charged {Decimal(charged).scaleb(-9).normalize()}"
    )
    if missing or gone:
        problems.append(f"missing: {sorted(missing)[:3]} {gone[:3]}")
    if Decimal(charged).scaleb(-9) != billed:
        problems.append("the ledger is not what was billed")
    return problems


def rows(folder: Path, statement: str) -> list[tuple]:
    with sqlite3.connect(f"file:{folder / 'studio.sqlite3'}?mode=ro", uri=True, timeout=20) as database:
        return database.execute(statement).fetchall()


if __name__ == "__main__":
    found = siege()
    print("Everything held." if not found else "BROKEN: " + "; ".join(found))
    sys.exit(bool(found))
