"""A studio with a key, whose provider is a sandbox in a process of its own: `python -m tests.bootstrap.beside serve`.

A real provider is reached over HTTPS and hands out its files from public hosts; this one may be on loopback.
Each look at whether the studio stands still leaves a byte in `looks`, to be counted from outside.
"""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import execute_from_command_line  # noqa: E402

from studio.integrations import providers  # noqa: E402
from studio.runtime.jobs import pause  # noqa: E402

paused = pause.paused


def counted():
    with (Path(settings.VAR_DIR) / "looks").open("ab") as file:
        file.write(b".")
    return paused()


if __name__ == "__main__":
    pause.paused = counted
    providers.use_sandbox(settings.RUNWARE_URL, settings.RUNWARE_API_KEY)
    execute_from_command_line(["manage.py", *sys.argv[1:]])
