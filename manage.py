#!/usr/bin/env python
"""Django's command line, and through it everything of ours: serve, render, sandbox, signin-link."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
