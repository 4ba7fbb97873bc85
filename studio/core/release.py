"""Which build of Rushes runs: what was drawn or worked out by another one is not shown by this one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.utils.connection import ConnectionProxy

_FOLDERS = ("studio", "templates", "static")
_KINDS = {".py", ".html", ".js", ".css", ".svg"}


@cache
def fingerprint() -> str:
    """A word that is another whenever a file is another that pages are made of; 16 characters."""
    return fingerprint_of(settings.BASE_DIR / name for name in _FOLDERS)


def fingerprint_of(folders: Iterable[Path]) -> str:
    """The same of any folders: of the names and the content of their files."""
    word = sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _KINDS:
                word.update(f"{path.relative_to(folder)}\0".encode())
                word.update(sha256(path.read_bytes()).digest())
    return word.hexdigest()[:16]


# What can be drawn or worked out again at any time: a deploy begins both anew. Counters, marks and what waits for
# somebody's yes are in Django's own `cache`, and outlive it.
derived: BaseCache = ConnectionProxy(caches, "derived")  # type: ignore[assignment]
pages: BaseCache = ConnectionProxy(caches, "pages")  # type: ignore[assignment]


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """The name of an entry in a cache that a deploy begins anew (`KEY_FUNCTION` of Django's caches)."""
    return f"{key_prefix}:{fingerprint()}:{version}:{key}"
