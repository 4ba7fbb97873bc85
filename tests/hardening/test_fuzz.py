"""Whatever is sent: an answer in words, never an error of ours.

Forms are found by following the pages, so a new one is tried from its first day. FUZZ_INPUTS says
how many inputs are tried, about.
"""

import io
import json
import logging
import os
from collections import Counter
from urllib.parse import quote, quote_from_bytes

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.generation.renders import tokens
from studio.generation.renders.models import Render
from studio.integrations import providers
from studio.integrations.providers import Runware
from tests.hardening import addresses

INPUTS = int(os.environ.get("FUZZ_INPUTS", "400"))
FORM_TYPE = "application/x-www-form-urlencoded"
tried: Counter[str] = Counter()
failed: Counter[str] = Counter()  # the same one may be counted often: it is made smaller


@pytest.fixture(autouse=True, scope="module")
def told():
    """Say at the end how much was tried (seen with `pytest -s`), and nothing about every single one."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)
    parts = ", ".join(f"{count} {what}" for what, count in tried.items())
    print(
        f"\nFuzz: {tried.total()} inputs tried ({parts}); {failed.total()} of them gave a 500 or an exception"
    )


def fuzzed(share):
    """So large a share of all inputs; the same ones each time, unless many are asked for."""
    return settings(
        max_examples=max(1, round(INPUTS * share)),
        derandomize="FUZZ_INPUTS" not in os.environ,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def send(pia):
    """Send something as the producer, in a transaction that is taken back, with a browser of its own."""
    signed_in = Client()
    signed_in.force_login(pia)
    session = signed_in.cookies["sessionid"].value

    def send(what, path, *, method="POST", stranger=False, **request):
        browser = Client()  # it lets exceptions through: each one fails the test
        if not stranger:
            browser.cookies["sessionid"] = session
        tried[what] += 1
        failed[what] += 1  # until there is an answer
        with transaction.atomic():
            if "fields" in request:
                answer = browser.post(path, request.pop("fields"), **request)
            else:
                answer = browser.generic(method, path, **request)
            assert answer.status_code < 500, (path, answer.status_code, request)
            transaction.set_rollback(True)
        failed[what] -= 1
        return answer

    return send


# --- what is sent -----------------------------------------------------------------------------

ODD = [
    "", " ", "0", "-1", "1", "5", "1e400", "NaN", "Infinity", "-0", "9" * 30, "9" * 5000, "1.5", "0x10", "²", "٣", "1_000",
    "true", "null", "\x00", "a\x00b", "\r\n", "\u202e", "\ufeff", "𝕏" * 40, "é" * 300, "x" * 25_000, "🎬" * 900,
    "<script>", "'; DROP TABLE live_event; --", "{{ 7 }}", "%s%n", "../../etc/passwd", "take:", "take:1", "lock",
    "4b1d2c1e-7a3f-4c55-9d3e-0f6b7c1a2d3e", "2024-02-30", "2024-01-01T00:00", "ana@studio.example", "a@b",
]  # fmt: skip
LETTERS = st.characters(codec="utf-8")
WORDS = st.one_of(st.sampled_from(ODD), st.text(LETTERS, max_size=60), st.integers().map(str))
VALUES = st.one_of(WORDS.map(lambda text: text.encode()), st.binary(max_size=40))


@pytest.fixture
def forms(ready, frame, pia):
    """By path: the fields of every form there is, with the values that are offered in them."""
    browser = Client()
    browser.force_login(pia)
    stranger, places = Client(), addresses.every(ready, frame)
    found = {each.path: {} for each in places if _takes_posts(browser, each)}
    for each in places:
        for visitor in (browser, stranger):
            page = visitor.get(each.path)
            if page.status_code != 200 or page.streaming or "html" not in page["Content-Type"]:
                continue
            for path, fields in addresses.Forms(page.content.decode(), each.path).fields.items():
                for name, offered in fields.items():
                    found.setdefault(path, {}).setdefault(name, set()).update(offered)
    return {
        path: {name: sorted(values) for name, values in sorted(fields.items())}
        for path, fields in sorted(found.items())
    }


def _takes_posts(browser, address):
    """Asked without a token, in a way that changes nothing."""
    if address.name in (*addresses.HOOKS, "accounts:signout"):
        return False
    with transaction.atomic():
        status = browser.post(address.path).status_code
        transaction.set_rollback(True)
    return status != 405


def filled_in(data, fields):
    """A form as offered, or with one field of it odd, or with anything in any, some twice, some not its own."""
    pairs = []
    wild = data.draw(st.booleans())
    odd = data.draw(st.sampled_from([*fields, "nonsense", "part", "sent"]))
    for name in dict.fromkeys([*fields, odd]):
        offered = st.sampled_from([value.encode() for value in fields.get(name, ())] or [b"x"])
        for _ in range(data.draw(st.sampled_from([0, 1, 1, 1, 1, 2])) if wild or name == odd else 1):
            pairs.append((name, data.draw(VALUES if name == odd else offered | VALUES if wild else offered)))
    return b"&".join(f"{quote(name)}={quote_from_bytes(value)}".encode() for name, value in pairs)


# --- forms ------------------------------------------------------------------------------------


def test_every_form_is_found(forms, project, shot):
    """The list the next test draws from holds what it should."""
    room = f"/projects/{project.slug}/shots/{shot.code}"
    assert {"prompt", "model", "takes", "press", "shown", "quality"} <= forms[f"{room}/render"].keys()
    assert {"prompt", "seed_mode"} <= forms[f"{room}/draft"].keys()
    assert {"name", "budget", "safety"} <= forms[f"/projects/{project.slug}/settings"].keys()
    assert {"code", "title", "scene"} <= forms[f"{room}/edit"].keys()
    assert {"budget"} <= forms[f"/projects/{project.slug}/budget"].keys()
    assert {"username", "password"} <= forms["/signin"].keys()
    assert {"name", "form"} <= forms["/account"].keys()


@pytest.mark.parametrize("script", [False, True])
def test_forms(script, forms, send):
    headers = {"HX-Request": "true"} if script else {}

    @fuzzed(0.2)
    @given(st.data())
    def anything(data):
        path = data.draw(st.sampled_from(list(forms)))
        body = filled_in(data, forms[path])
        send("forms", path, data=body, content_type=FORM_TYPE, headers=headers)

    anything()


def test_bodies_that_are_no_forms(forms, send):
    @fuzzed(0.05)
    @given(
        st.sampled_from(list(forms)),
        st.sampled_from(
            [FORM_TYPE, "multipart/form-data; boundary=x", "multipart/form-data", "application/json", ""]
        ),
        st.one_of(
            st.binary(max_size=300),
            st.binary(max_size=100).map(lambda body: b"--x\r\n" + body + b"\r\n--x--"),
        ),
    )
    def anything(path, kind, body):
        send("bodies", path, data=body, content_type=kind)

    anything()


def test_nobody_signed_in(forms, send):
    @fuzzed(0.05)
    @given(st.data())
    def anything(data):
        path = data.draw(st.sampled_from(list(forms)))
        body = filled_in(data, forms[path])
        send("forms of strangers", path, data=body, content_type=FORM_TYPE, stranger=True)

    anything()


def _file(name, content, kind):
    """A file as a browser may name it; Django's own class would refuse to hold some of the names."""
    file = io.BytesIO(content)
    file.name, file.content_type = name, kind
    return file


# --- addresses --------------------------------------------------------------------------------

ASKED = [
    "status",
    "after",
    "before",
    "take",
    "since",
    "on",
    "seen",
    "next",
    "download",
    "page",
    "q",
    "at",
    "kind",
]


def test_questions(ready, frame, send):
    """What stands behind the question mark, at every address."""
    paths = [each.path for each in addresses.every(ready, frame) if each.name != "accounts:signout"]

    @fuzzed(0.1)
    @given(st.sampled_from(paths), st.dictionaries(st.sampled_from(ASKED), VALUES, max_size=3))
    def anything(path, asked):
        query = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in asked.items())
        send("questions", f"{path}?{query}", method="GET", data=b"")

    anything()


def test_addresses(ready, frame, send):
    """Addresses with a part of them replaced by anything."""
    paths = [each.path for each in addresses.every(ready, frame) if each.path.count("/") > 1]

    @fuzzed(0.05)
    @given(st.sampled_from(paths), st.integers(0, 9), VALUES, st.sampled_from(["GET", "POST", "HEAD", "PUT"]))
    def anything(path, place, value, method):
        parts = path.split("/")
        parts[1 + place % (len(parts) - 1)] = quote_from_bytes(value, safe="")
        send("addresses", "/".join(parts), method=method, data=b"")

    anything()


# --- pictures ---------------------------------------------------------------------------------


def _picture(kind):
    out = io.BytesIO()
    Image.linear_gradient("L").resize((48, 32)).convert("RGB").save(out, kind)
    return out.getvalue()


PICTURES = [_picture(kind) for kind in ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")]


@st.composite
def damaged(draw):
    """A picture of a kind we take, cut off, or with bytes of it replaced, doubled or left out."""
    content = bytearray(draw(st.sampled_from(PICTURES)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(content)))
        content[place : place + draw(st.integers(0, 6))] = draw(st.binary(max_size=6))
    return bytes(content[: draw(st.integers(len(content) // 2, len(content)))])


def test_uploads(shot, send):
    path = reverse("board:first_frame", args=[shot.project.slug, shot.code])

    @fuzzed(0.2)
    @given(
        st.one_of(damaged(), st.binary(max_size=200)),
        WORDS.filter(len),
        st.sampled_from(["image/png", "x", ""]),
    )
    def anything(content, name, kind):
        send("uploads", path, fields={"first_frame": _file(name[:300], content, kind)})

    anything()


# --- callbacks --------------------------------------------------------------------------------

KEYS = st.sampled_from(
    [
        "data",
        "errors",
        "error",
        "taskUUID",
        "taskType",
        "status",
        "code",
        "message",
        "cost",
        "videoURL",
        "imageURL",
        "videoUUID",
        "imageUUID",
        "seed",
        "NSFWContent",
        "responseContent",
        "parameter",
        "documentation",
    ]
)
ATOMS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(), max_size=20),
    st.sampled_from(["success", "error", "processing", "videoInference", "https://vm.runware.ai/a.mp4", "http://[", 0.605]),
    st.just("THE TASK"),
)  # fmt: skip
TREES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=20,
)
ITEMS = st.fixed_dictionaries({"taskUUID": st.just("THE TASK")}, optional={
    "taskType": ATOMS, "status": ATOMS, "cost": TREES, "videoURL": TREES, "videoUUID": ATOMS, "seed": ATOMS,
    "code": ATOMS, "message": TREES, "NSFWContent": ATOMS, "error": TREES, "parameter": TREES,
})  # fmt: skip
SHAPES = [
    TREES,
    ITEMS,
    ITEMS.map(lambda item: [item]),
    ITEMS.map(lambda item: {"data": [item]}),
    ITEMS.map(lambda item: {"errors": [item]}),
    st.lists(ITEMS, max_size=3).map(lambda items: {"data": items, "errors": items}),
]


@st.composite
def told_by_somebody(draw):
    """JSON of many shapes, or text that almost is, or anything."""
    if draw(st.integers(0, 4)) == 0:
        deep = draw(
            st.sampled_from(
                [b"", b"[" * 30_000, b'{"data":' * 7000, b'{"data":[' + b"9" * 9000, b"\xff\xfe{"]
            )
        )
        return deep + draw(st.binary(max_size=60))
    body = json.dumps(draw(st.one_of(SHAPES)), ensure_ascii=draw(st.booleans()))
    body = body.replace("THE TASK", TASK.get("code", "")).encode("utf-8", "surrogatepass")
    return body if draw(st.integers(0, 3)) else body[: draw(st.integers(0, len(body)))]


TASK: dict[str, str] = {}


def test_callbacks(order, send):
    """Of a take that is being made, with its own token: the furthest anybody gets."""
    (take,) = order()
    Render.objects.filter(pk=take.pk).update(state="rendering")
    providers.use(Runware(url="http://127.0.0.1:9/v1", key="a key", result_hosts=["runware.ai"]))
    TASK["code"] = str(take.code)
    path = reverse("renders:hook", args=[tokens.make(take.code)])

    @fuzzed(0.25)
    @given(told_by_somebody())
    def anything(body):
        answer = send("callbacks", path, data=body, content_type="application/json")
        assert answer.status_code == 204, "they would call again for nothing"

    anything()


def test_tokens(send):
    @fuzzed(0.1)
    @given(st.one_of(WORDS, st.text("0123456789abcdef", min_size=60, max_size=70)).filter(bool))
    def anything(token):
        answer = send(
            "tokens", f"/hooks/runware/{quote(token, safe='')}", data=b"{}", content_type="text/plain"
        )
        assert answer.status_code in (404, 400)

    anything()
