"""Whether callbacks can reach this studio: it calls itself at the address it gives away."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import httpx

from studio.integrations.providers import fetching
from studio.oversight.provider_check import tokens
from studio.oversight.provider_check.models import Callback

_PATIENCE = 10.0  # seconds
_ANSWERS_TO_A_STRANGER = (404, 429)


@dataclass(frozen=True)
class Door:
    """What was found at an address."""

    opens: bool  # to this very studio
    seen: str
    evidence: str = ""


def knock(base: str, *, through_proxies: bool = True) -> Door:
    """Call our own hook with a wrong token and with a right one, which has to arrive in our rows."""
    code = uuid4()
    right = tokens.make(code)
    wrong = f"{right[:-1]}{'0' if right[-1] != '0' else '1'}"
    try:
        with httpx.Client(timeout=_PATIENCE, trust_env=through_proxies, verify=fetching.trusted()) as http:
            statuses = [
                http.post(tokens.address(base, token), json={}).status_code for token in (wrong, right)
            ]
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        return Door(False, "it cannot be reached from here", type(exc).__name__)
    arrived, _ = Callback.objects.filter(code=code).delete()
    return _door(statuses, arrived=bool(arrived))


def _door(statuses: list[int], *, arrived: bool) -> Door:
    evidence = "HTTP {} to a wrong token, HTTP {} to a right one".format(*statuses)
    if statuses[0] not in _ANSWERS_TO_A_STRANGER:
        return Door(False, "no Rushes answers there", evidence)
    if not arrived:
        return Door(False, "it does not lead to this studio", evidence)
    return Door(True, "it leads to this studio", evidence)
