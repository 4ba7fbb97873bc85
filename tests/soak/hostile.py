"""So many hostile requests a minute, from so many addresses of this machine: `python -m tests.soak.hostile PORT …`.

Prints how many of each kind were sent.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

HOLD = 15.0  # seconds for which a connection is kept that says nothing
PATIENCE = 30.0  # for an answer

Sent = Callable[[random.Random], bytes]


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join(
        [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "Connection: close", "", ""]
    ).encode()


def post(path: str, body: bytes, *headers: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "Connection: close", "", ""]).encode() + body


FORM = "Content-Type: application/x-www-form-urlencoded"


def wrong_password(chance: random.Random) -> bytes:
    """With the token that double submission asks for: as a script would that has read the page."""
    token = "a" * 32
    body = (
        f"csrfmiddlewaretoken={token}&username=person{chance.randrange(10)}@siege.example&password={uuid4()}"
    )
    return post("/signin", body.encode(), FORM, f"Cookie: csrftoken={token}")


def without_length(chance: random.Random) -> bytes:
    piece = b"a" * 16_000
    head = (
        f"POST /signin HTTP/1.1\r\nHost: 127.0.0.1\r\n{FORM}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    return head + (b"%x\r\n" % len(piece) + piece + b"\r\n") * 40


KINDS: dict[str, tuple[int, Sent]] = {
    "pattern": (3, lambda chance: get("/" + "a+" * 30_000)),
    "wrong_password": (6, wrong_password),
    "guessed_link": (4, lambda chance: get(f"/signin/MQ/{uuid4()}")),
    "guessed_share": (4, lambda chance: get(f"/s/{uuid4().hex}/")),
    "guessed_file": (4, lambda chance: get(f"/media/{uuid4()}/play/{uuid4().hex}")),
    "guessed_project": (4, lambda chance: get(f"/projects/{uuid4().hex}/")),
    "forged_callback": (4, lambda chance: post(f"/hooks/runware/{uuid4()}", b'{"data":[{"taskUUID":"x"}]}' * 40)),
    "no_length": (3, without_length),
    "no_token": (3, lambda chance: post("/projects/siege/shots/010/render", b"press=1", FORM)),
    "long_head": (2, lambda chance: get("/", *[f"X-{number}: {'a' * 900}" for number in range(90)])),
    "future_socket": (
        2,
        lambda chance: get(
            "/live/siege/?since=99999999", "Upgrade: websocket", "Origin: http://elsewhere.example",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ),
    ),
    "not_http": (2, lambda chance: bytes(chance.randrange(256) for _ in range(600))),
    "traversal": (2, lambda chance: get("/static/../../../../etc/passwd")),
    "forwarded": (2, lambda chance: get("/signin", f"X-Forwarded-For: {'1.2.3.4,' * 2_000}")),
    "half_a_head": (3, lambda chance: b"GET / HTTP/1.1\r\nHost: 127"),
    "nothing": (2, lambda chance: b""),
}  # fmt: skip
HELD = ("half_a_head", "nothing")


async def attack(port: int, address: str, name: str, chance: random.Random) -> None:
    """Send one and read what is said, to the end; some hold their connection and say no more."""
    with suppress(OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        try:
            writer.write(KINDS[name][1](chance))
            await writer.drain()
            async with asyncio.timeout(HOLD if name in HELD else PATIENCE):
                while await reader.read(65_536):
                    pass
        finally:
            writer.close()


async def main(port: int, a_minute: int, seconds: float, addresses: int) -> Counter[str]:
    chance = random.Random(int(os.environ.get("SOAK_SEED", "7")))
    names = [name for name, (weight, _) in KINDS.items() for _ in range(weight)]
    sent: Counter[str] = Counter()
    running: set[asyncio.Task[None]] = set()
    clock = asyncio.get_running_loop().time
    began = clock()
    while (now := clock() - began) < seconds:
        for _ in range(int(now * a_minute / 60) - sent.total()):
            name, address = chance.choice(names), f"127.0.0.{2 + chance.randrange(addresses)}"
            task = asyncio.create_task(attack(port, address, name, chance))
            running.add(task)
            task.add_done_callback(running.discard)
            sent[name] += 1
        await asyncio.sleep(0.02)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    return sent


if __name__ == "__main__":
    counted = asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
    for kind, number in counted.items():
        print(kind, number)
