"""The studio's own settings, with the floor among its addresses."""

from studio.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.floor_urls"
