"""`/healthz`, for whoever watches over the process: 200 while it and its database answer, else 503."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from psycopg_pool import PoolTimeout

logger = logging.getLogger(__name__)

ADDRESS = "/healthz"


def health(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer before anything else: whoever asks knows no name of ours, speaks no TLS and has no session."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return _answer(request) if request.path == ADDRESS else get_response(request)

    return middleware


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    database = _database()
    answer = JsonResponse({"database": database}, status=200 if database == "ok" else 503)
    answer["Cache-Control"] = "no-store"
    return answer


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, PoolTimeout) as exc:
        logger.warning("The database does not answer: %s", exc)
        return "does not answer"
    return "ok"
