"""Run the parts asked for, or all of them, and print one table."""

import importlib
import os
import shutil
import sys
import time

import django

import tests.environment  # noqa: F401 - files of its own, before the settings are read

os.environ["RUNWARE_API_KEY"] = "bench"  # nothing is called: no engine runs
os.environ["LOG_LEVEL"] = "ERROR"
os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"

PARTS = (
    "webhook",
    "burst",
    "clip",
    "signing",
    "picture",
    "drawing",
    "board",
    "listing",
    "library",
    "frames",
    "costs",
)


def main() -> int:
    asked = sys.argv[1:] or PARTS
    if unknown := set(asked) - set(PARTS):
        print(f"No such part: {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}")
        return 2
    django.setup()
    from tests.bench import film, table

    film.database()
    figures = []
    try:
        for name in asked:
            begun = time.monotonic()
            part = importlib.import_module(f"tests.bench.{name}")
            figures += part.run()
            print(f"  {name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(os.environ["VAR_DIR"], ignore_errors=True)
    table.show(figures)
    # a slow machine is no failure; a lost row or a double charge is
    return 1 if any(figure.missed and figure.goal == ("=", 0) for figure in figures) else 0


sys.exit(main())
