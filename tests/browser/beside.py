"""A process beside the server that runs management commands, one after another: Django is loaded once."""

import contextlib
import io
import json
import select
import subprocess
import sys
import traceback


class Beside:
    """Starts with the first command and stays; `stop` ends it.

    Args:
        options: what `subprocess.Popen` is to know, as for the server.
    """

    def __init__(self, **options):
        command = [sys.executable, "-m", "tests.browser.beside"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, **options
        )

    def manage(self, *words, seconds=120):
        """What the command printed; fails when the command does."""
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        self._process.stdin.flush()
        answered, _, _ = select.select([self._process.stdout], [], [], seconds)
        assert answered, f"no answer in {seconds} s: {words}"
        done, printed = json.loads(self._process.stdout.readline())
        assert done, printed
        return printed

    def stop(self):
        with self._process as process:  # its input ends, and so does it
            process.stdin.close()
            process.wait(15)


def _run(words):
    """Whether it went well, and all that was printed."""
    from django.core.management import call_command
    from django.db import close_old_connections

    close_old_connections()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            call_command(*words)
        except (Exception, SystemExit):
            return False, printed.getvalue() + traceback.format_exc()
    return True, printed.getvalue()


def _main():
    import django

    django.setup()
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


if __name__ == "__main__":
    _main()
