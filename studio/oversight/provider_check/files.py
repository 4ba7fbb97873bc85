"""Where results lie and what is in their files: hosts, redirects, a provenance manifest."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from studio.integrations.credentials import carried
from studio.integrations.providers import Runware, Unfetched
from studio.integrations.providers.base import Result
from studio.oversight.provider_check import sizes
from studio.oversight.provider_check.check import Check

FILES = "files"


def look_at(check: Check) -> None:
    """Fetch one result of each model."""
    seen: set[str] = set()
    for each in check.bought:
        result = check.results.get(each.job.code)
        if result and each.made and each.plan.model_key not in seen:
            seen.add(each.plan.model_key)
            check.report.saw(FILES, f"{each.plan.what}: {facts(check.line.client, result)}")
    if not seen:
        check.report.not_asked(FILES, "nothing was made that has a file")


def facts(client: Runware, result: Result) -> str:
    visited: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "result"
        try:
            with path.open("wb") as file:
                client.fetch(
                    result.url, file, limit=sizes.LARGEST, seconds=sizes.PATIENCE, visit=visited.append
                )
        except Unfetched as exc:
            return f"on {_host(result.url)}, not fetched: {exc}"
        manifest = "no" if carried.manifest(path) is None else "a"
    hops = " then ".join(dict.fromkeys(_host(address) for address in visited)) or _host(result.url)
    redirects = len(visited) - 1
    told = "no redirect" if redirects < 1 else f"{redirects} redirect{'s' if redirects > 1 else ''}"
    return f"on {hops}, {told}, {manifest} provenance manifest"


def _host(address: str) -> str:
    return urlsplit(address).hostname or "no host"
