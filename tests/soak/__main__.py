"""What takes long: chaos under load with kills, a siege, thousands of seeks and frames, tens of thousands of odd inputs. Run by `make soak`.

Prints a report and exits non-zero when anything was lost, charged twice or shown wrongly.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

from tests import sums_in_sql
from tests.browser.conftest import ROOT, Studio
from tests.integrations.sandbox.running import Running, read
from tests.soak.seeks import seeks
from tests.soak.siege import siege

FAULTS = [
    ("answer_lost", 0.08),
    ("http_429", 0.1),
    ("http_503", 0.05),
    ("html", 0.08),
    ("truncated_json", 0.05),
    ("concurrent_limit", 0.03),
    ("moderation", 0.05),
    ("timeout_provider", 0.05),
    ("webhook_never", 0.2),
    ("webhook_twice", 0.2),
    ("webhook_late", 0.2),
    ("webhook_html", 0.1),
    ("webhook_wrong_task", 0.05),
    ("webhook_before_ack", 0.1),
    ("result_404", 0.2),
    ("result_truncated", 0.1),
    ("result_wrong_type", 0.1),
    ("poll_empty", 0.1),
    ("cost_missing", 0.05),
    ("cost_value", 0.05),
]
SEED = int(os.environ.get("SOAK_SEED", "7"))
SHOTS, PRESSES, KILLS = 8, 4, 5  # 4 presses of 2 takes on each of 8 shots
SEEKS = int(os.environ.get("SOAK_SEEKS", "2000"))


def main():
    problems = [*chaos(), *siege(), *seeks(SEEKS), *frames(), *locks(), *answers(), *fuzz()]
    print("\nEverything held." if not problems else "\nBROKEN: " + "; ".join(problems))
    return 1 if problems else 0


# --- chaos --------------------------------------------------------------------------------


def chaos():
    chance = random.Random(SEED)
    folder = Path(tempfile.mkdtemp(prefix="rushes-soak-"))
    studio = Studio(
        folder, UNDO_SECONDS="0", RESEND_GRACE_SECONDS="1", SANDBOX_WAIT_SECONDS="1", SWEEP_SECONDS="0.5"
    ).start()
    sandbox = trouble(folder, chance)
    print(f"Chaos: {SHOTS * PRESSES * 2} takes, {len(FAULTS)} faults, {KILLS} kill -9, seed {SEED}")
    studio.shell(PREPARE)
    for kill in range(KILLS):
        studio.shell(ORDER)
        time.sleep(chance.uniform(1.0, 6.0))
        if kill % 2:
            print(f"  kill -9 of the studio in {states(folder)}")
            studio.process.send_signal(signal.SIGKILL)
            studio.process.wait()
            studio.log.unlink()
            studio.start()
        else:
            print(f"  kill -9 of the sandbox in {states(folder)}")
            os.kill(sandbox.http.get(f"{sandbox.root}/healthz").json()["pid"], signal.SIGKILL)
            time.sleep(3)
        sandbox = trouble(folder, chance)
    sandbox.http.delete(f"{sandbox.root}/faults")
    problems = settle(folder)
    problems += compare(folder, sandbox)
    studio.stop()
    return problems


PREPARE = f"""
from studio.people.accounts.models import User
from studio.planning.projects import actions
by = User.objects.first()
project = actions.create_project(name="Soak", by=by)
for n in range({SHOTS}):
    still = n % 3 == 0
    actions.create_shot(project, by=by, prompt=f"Storm over dunes {{n}}", takes=2,
        **({{"model": "gen-4-image", "aspect": "720x720"}} if still else {{}}))
"""
ORDER = """
from studio.planning.projects.models import Shot
from studio.generation.orders import orders
from studio.generation.renders import lifecycle
for shot in Shot.objects.filter(project__slug="soak").select_related("project"):
    if shot.renders.count() < 8:
        lifecycle.start(shot=shot, by=None, order=orders.check(orders.Wish.of(shot), shot.project))
"""


def trouble(folder, chance):
    """The sandbox that runs now, with everything going wrong now and then."""
    until = time.monotonic() + 20
    while True:
        port, key = ((folder / "sandbox" / name).read_text().strip() for name in ("port", "key"))
        sandbox = Running(f"http://127.0.0.1:{port}/v1", key)
        try:
            sandbox.http.delete(f"{sandbox.root}/faults").raise_for_status()
            break
        except Exception:
            assert time.monotonic() < until, "the sandbox did not come back"
            time.sleep(0.3)
    # a fault's chances follow from its place in the list: another order, other bad luck
    for fault, probability in chance.sample(FAULTS, len(FAULTS)):
        sandbox.faults(fault, probability=probability)
    return sandbox


def rows(folder, statement):
    with sqlite3.connect(f"file:{folder / 'studio.sqlite3'}?mode=ro", uri=True, timeout=20) as database:
        return database.execute(statement).fetchall()


def states(folder):
    return dict(rows(folder, "select state, count(*) from renders_render group by state"))


def settle(folder):
    until = time.monotonic() + 420
    while time.monotonic() < until:
        now = states(folder)
        if not now.keys() & {"queued", "submitting", "rendering", "saving"}:
            print(f"  settled: {now}")
            return []
        time.sleep(1)
    return [f"takes still open: {states(folder)}"]


def compare(folder, sandbox):
    """The ledger against what the sandbox billed, to the last digit."""
    problems = []
    tasks = read(sandbox.http.get(f"{sandbox.root}/tasks"))
    billed = sum((Decimal(str(task["billed"] or 0)) for task in tasks), Decimal(0))
    ((charged,),) = rows(
        folder, "select coalesce(sum(amount), 0) from costs_ledgerentry where kind = 'charge'"
    )
    ((spent, held),) = rows(folder, "select spent, held from costs_balance")
    twice = rows(
        folder,
        "select render_code from costs_ledgerentry where kind = 'charge' group by render_code having count(*) > 1",
    )
    files = rows(
        folder, "select count(*) from renders_render where state = 'ready' and (file = '' or sha256 = '')"
    )
    known = Counter(state for (state,) in rows(folder, "select state from renders_render"))
    print(f"  billed {billed}, charged {Decimal(charged).scaleb(-9).normalize()}, held {held}, posts "
          f"{sum(task['posts'] for task in tasks)}, takes {dict(known)}")  # fmt: skip
    if Decimal(charged).scaleb(-9) != billed:
        problems.append("the ledger is not what was billed")
    ((unknown,),) = rows(folder, "select coalesce(sum(estimate), 0) from renders_render where charge_unknown")
    if spent != charged or held != unknown:
        problems.append("the balance is not the ledger")
    kept = {table: rows(folder, sums_in_sql.differing(table)) for table in sums_in_sql.TABLES}
    problems += [f"{table} is not the ledger: {wrong}" for table, wrong in kept.items() if wrong]
    if twice:
        problems.append(f"charged twice: {twice}")
    if files[0][0]:
        problems.append("a ready take has no file")
    return problems


# --- frames -------------------------------------------------------------------------------


def frames():
    """Seeks, steps, note clicks and loops on the review page; the number is read back from the picture."""
    env = {**os.environ, "FRAME_ACTIONS": str(SEEKS // 4)}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "tests/browser/test_frame_truth.py"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if "Frames at" in line:
            print(line.lstrip("."))
    return [f"frames:\n{done.stdout[-3000:]}"] if done.returncode else []


# --- locks --------------------------------------------------------------------------------


def locks():
    """The properties of holds, charges and budgets once more, with many more examples, on both databases."""
    broken = []
    for name, examples, command in (
        (
            "SQLite",
            "500",
            [
                *(sys.executable, "-m", "pytest", "-q", "tests/generation/renders/test_properties.py"),
                "tests/hardening/test_studio_budget_races.py",
            ],
        ),
        # all examples are one transaction, and PostgreSQL keeps every version of a row until it ends
        ("PostgreSQL", "120", ["tests/on_postgres.sh"]),
    ):
        env = {**os.environ, "PROPERTY_EXAMPLES": examples}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        print(f"Properties on {name}: {last_line(done)}")
        if done.returncode:
            broken.append(f"properties on {name}:\n{done.stdout[-3000:]}")
    return broken


def last_line(done):
    return ([*done.stdout.strip().splitlines(), *done.stderr.strip().splitlines()] or ["nothing was said"])[
        -1
    ]


# --- answers ------------------------------------------------------------------------------


def answers():
    """Ten thousand answers of a provider, of every shape: no take is lost, charged twice or called free."""
    env = {**os.environ, "PROPERTY_EXAMPLES": os.environ.get("SOAK_ANSWERS", "10000")}
    command = [sys.executable, "-m", "pytest", "-q", "tests/generation/renders/test_any_answer.py"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    print(f"Answers ({env['PROPERTY_EXAMPLES']}): {last_line(done)}")
    return [f"answers:\n{done.stdout[-3000:]}"] if done.returncode else []


# --- fuzz ---------------------------------------------------------------------------------


def fuzz():
    """Every form, address, upload and callback once more, with many more inputs: none may give a 500."""
    env = {**os.environ, "FUZZ_INPUTS": os.environ.get("FUZZ_INPUTS", "10000")}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "tests/hardening/test_fuzz.py"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if line.startswith("Fuzz:"):
            print(line)
    return [f"fuzz:\n{done.stdout[-3000:]}"] if done.returncode else []


sys.exit(main())
