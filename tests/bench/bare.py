"""The floor of a webhook: one row into SQLite, durable, and 1 KB to every open socket. Nothing else."""

import os
import sqlite3

SAVED = "x" * 1000

_sockets = set()
_rows = sqlite3.connect(os.environ["BARE_DATABASE"], isolation_level=None)
_rows.execute("PRAGMA journal_mode=WAL")
_rows.execute("PRAGMA synchronous=FULL")
_rows.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, code TEXT, body TEXT)")


async def application(scope, receive, send):
    if scope["type"] == "websocket":
        await _listen(receive, send)
    elif scope["type"] == "http":
        await _take(scope, receive, send)


async def _listen(receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    _sockets.add(send)
    while (await receive())["type"] != "websocket.disconnect":
        pass
    _sockets.discard(send)


async def _take(scope, receive, send):
    body = (await receive())["body"].decode()
    code = scope["path"].rpartition("/")[2]
    _rows.execute("INSERT INTO row (code, body) VALUES (?, ?)", (code, body))
    for socket in list(_sockets):
        await socket({"type": "websocket.send", "text": code + SAVED})
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})
