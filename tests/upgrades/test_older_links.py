"""Tokens, share links, sign-in links and webhook addresses made before the move still work after it.

They were made by the code of earlier commits under the key that is in `make_dumps.py`, and are tried on the
upgraded database through the studio's addresses.
"""

import pytest

from tests.upgrades import kept
from tests.upgrades.make_dumps import DUMPS

# the first of our commits that could make such a link, and each after it
HAVE = {"9db87a5": set(), "8624751": {"invitation"}, "ef80ebb": {"invitation", "share"}}
HAVE["8c3a951"] = HAVE["a4981c3"] = {"invitation", "share", "check"}
EXPECTED = {
    "signin": [None, "ana@studio.example", None],
    "hooks": [[204, 404], [204, 404]],
    "invitation": {"page": 200, "roles": ["reviewer"], "spoilt": 404},
    "share": {"door": 200, "inside": [200, True], "spoilt": 404},
    "check": [204, 404, 1],
}


@pytest.mark.parametrize("commit", HAVE)
def test_what_an_earlier_commit_signed_opens_what_it_was_made_for(older, tmp_path, commit):
    database = older(commit)
    done = kept.migrate(database, tmp_path)
    assert done.returncode == 0, done.stderr

    facts = DUMPS / f"{commit}.{kept.vendor(database)}.json"
    told = kept.told("-m", "tests.upgrades.upgraded_links", str(facts), database=database, var=tmp_path)

    assert told == {kind: EXPECTED[kind] for kind in {"signin", "hooks"} | HAVE[commit]}


def test_another_key_opens_none_of_them(older, tmp_path):
    database = older("a4981c3")
    assert kept.migrate(database, tmp_path).returncode == 0

    facts = DUMPS / f"a4981c3.{kept.vendor(database)}.json"
    told = kept.told(
        "-m",
        "tests.upgrades.upgraded_links",
        str(facts),
        database=database,
        var=tmp_path,
        SECRET_KEY="another",
    )

    assert told["signin"] == [None, None, None]
    assert told["hooks"] == [[404, 404], [404, 404]]
    assert (told["share"]["door"], told["invitation"]["page"], told["check"]) == (404, 404, [404, 404, 0])
