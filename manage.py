#!/usr/bin/env python
"""Django's command line, and through it everything of ours: serve, render, sandbox, signin-link."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from environs import EnvError

    try:
        settings.INSTALLED_APPS  # noqa: B018 - they are read here
    except (ImproperlyConfigured, EnvError) as exc:
        sys.exit(f"Rushes does not start: {exc}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
