"""Some figures once more on a PostgreSQL of its own: a child of the bench takes them."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from dataclasses import asdict

from tests.bench.servers import ROOT
from tests.bench.table import Figure


def figures(module: str) -> list[Figure]:
    """What `module.figures("PostgreSQL")` says there."""
    command = ["tests/with_postgres.sh", sys.executable, "-m", "tests.bench.postgres", module]
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return [Figure(**{**each, "goal": each["goal"] and tuple(each["goal"])}) for each in found]


def _main(module: str) -> None:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    print(json.dumps([asdict(each) for each in importlib.import_module(module).figures("PostgreSQL")]))


if __name__ == "__main__":
    _main(*sys.argv[1:])
