"""What an older build has drawn or worked out does not survive a deploy; what people wait for does."""

import pytest
from django.core.cache import cache

from studio.core import release
from studio.core.release import derived, pages
from studio.generation.board import live_fragments as board
from studio.generation.renders import live_fragments as cards
from studio.generation.renders import provider_backoff
from studio.planning.ledger import estimate


@pytest.fixture
def deploy(monkeypatch):
    """Another build starts beside a cache that outlives processes, as Redis does."""

    def deploy(word="another"):
        monkeypatch.setattr(release, "fingerprint", lambda: word)

    return deploy


def drawn(monkeypatch, module):
    """Have the templates of this module say which build draws."""
    render = module.render_to_string
    monkeypatch.setattr(
        module,
        "render_to_string",
        lambda name, context: f"<b>{release.fingerprint()}</b>{render(name, context)}",
    )


def test_a_card_is_drawn_anew(ready, deploy, monkeypatch):
    take = ready()
    drawn(monkeypatch, cards)
    before = cards.card(take, "money")
    assert cards.card(take, "money") == before
    deploy()
    assert "<b>another</b>" in cards.card(take, "money")


def test_a_board_and_its_lines_are_drawn_anew(project, ready, deploy, monkeypatch):
    ready()
    drawn(monkeypatch, board)
    asked = {"audience": "money", "status": "", "after": None}
    before = board.board_of(project, **asked)
    assert board.board_of(project, **asked) == before
    deploy()
    assert board.board_of(project, **asked).count("<b>another</b>") == 2  # the page and its one line


def test_the_faces_in_the_header_are_drawn_anew(project, pia, client_of, deploy, monkeypatch):
    from studio.layout import page_context

    drawn(monkeypatch, page_context)
    address = project.get_absolute_url()
    assert client_of(pia).get(address).status_code == 200
    deploy()
    assert "<b>another</b>" in client_of(pia).get(address).content.decode()


def test_what_was_worked_out_is_worked_out_anew(shot, deploy):
    """These are objects: a cache that outlives a move holds them under the names that modules had before."""
    estimate.of_shot(shot)
    provider_backoff.current()
    kept = {key for name in ("derived", "pages") for key in _keys(name)}
    assert kept
    deploy()
    assert not any("another" in key for key in kept)
    estimate.of_shot(shot)
    assert any("another" in key for key in _keys("derived"))


def _keys(name):
    from django.core.cache import caches

    return list(caches[name]._cache)


def test_counters_and_what_waits_for_a_yes_outlive_it(deploy):
    cache.set("sheet:1:ticket", "code,prompt", 60)
    derived.set("of-this-build", 1)
    pages.set("of-this-build", 1)
    deploy()
    assert cache.get("sheet:1:ticket") == "code,prompt"
    assert derived.get("of-this-build") is None
    assert pages.get("of-this-build") is None


@pytest.mark.parametrize("name", ["page.html", "page.css", "page.js", "page.py", "icon.svg"])
def test_another_file_is_another_build(tmp_path, name):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / name).write_text("one")
    before = release.fingerprint_of([tmp_path])
    assert release.fingerprint_of([tmp_path]) == before
    (tmp_path / "deep" / name).write_text("two")
    after = release.fingerprint_of([tmp_path])
    (tmp_path / "deep" / name).rename(tmp_path / name)
    assert len({before, after, release.fingerprint_of([tmp_path])}) == 3


def test_this_build_has_one_word():
    assert release.fingerprint() == release.fingerprint()
    assert len(release.fingerprint()) == 16
