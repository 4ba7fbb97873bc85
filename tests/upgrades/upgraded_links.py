"""Links and tokens of an earlier commit, tried at the real addresses of the upgraded studio. Run as its own process.

`python -m tests.upgrades.upgraded_links FACTS.json` prints what each of them opened as JSON.
"""

import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from studio.integrations import providers  # noqa: E402

LONG = 10**10  # seconds


def main(before):
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    # a sign-in link is good for days, and the dumps are older than that: how long is not what is asked here
    settings.PASSWORD_RESET_TIMEOUT = LONG
    providers.use_sandbox("http://127.0.0.1:9/v1", "a key")  # callbacks are only listened to
    setup_test_environment()
    told = {"signin": signin(before["signin"]), "hooks": hooks(before)}
    for kind, tried in (("share", share), ("invitation", invitation), ("check", check)):
        if kind in before:
            told[kind] = tried(before[kind])
    json.dump(told, sys.stdout)


def spoilt(path):
    """The same address with another last character of its token."""
    whole = path.rstrip("/")
    return f"{whole[:-1]}{'A' if whole[-1] != 'A' else 'B'}{path[len(whole) :]}"


def signin(link):
    """Who is signed in by a wrong link, by the link, and by the link once more."""
    return [signed_in(path) for path in (spoilt(link["path"]), link["path"], link["path"])]


def signed_in(path):
    client = Client()
    client.post(path)
    user = client.session.get("_auth_user_id")
    return apps.get_model("accounts.User").objects.get(pk=user).email if user else None


def hooks(before):
    """The status of a callback with each take's token, and with a spoilt one; bodies that say nothing move nothing."""
    paths = [take["hook"] for take in before["flying"]]
    return [[called(path), called(spoilt(path))] for path in paths]


def called(path):
    return Client().post(path, "{}", content_type="application/json").status_code


def share(link):
    """What a guest finds: the door, then the list that the link is for; and nothing behind a spoilt one."""
    guest = Client()
    door = guest.get(link["path"])
    inside = guest.post(link["path"], {"name": "Client"}, follow=True)
    return {
        "door": door.status_code,
        "inside": [inside.status_code, link["list"] in inside.content.decode()],
        "spoilt": guest.get(spoilt(link["path"])).status_code,
    }


def invitation(made):
    """Somebody new joins by it, in the role it was made for."""
    new = Client()
    page = new.get(made["path"])
    answers = {"name": "Rae", "email": "rae@studio.example", "password": "a long enough word"}
    new.post(made["path"], answers)
    seat = apps.get_model("projects.Membership").objects.filter(user__email=answers["email"])
    return {
        "page": page.status_code,
        "roles": list(seat.values_list("role", flat=True)),
        "spoilt": Client().get(spoilt(made["path"])).status_code,
    }


def check(path):
    """A callback of a check of the provider is kept as it came."""
    statuses = [called(path), called(spoilt(path))]
    return [*statuses, apps.get_model("checks.Callback").objects.count()]


main(json.loads(Path(sys.argv[1]).read_text()))
