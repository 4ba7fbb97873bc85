"""The files every page uses: compressed once, whole, and again when they change."""

import gzip

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from whitenoise.compress import Compressor


@pytest.fixture
def collect(settings, tmp_path):
    """Do what every start does; the compressed files there are then, with the time each was written."""
    own, collected = tmp_path / "own", tmp_path / "collected"
    own.mkdir()
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = collected, [own]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "studio.core.static_storage.CompressedOnce"},
    }

    def collect(name, text):
        (own / name).write_text(text)
        call_command("collectstatic", verbosity=0, interactive=False)
        return {
            file.name: file.stat().st_ino for file in collected.iterdir() if file.suffix in (".gz", ".br")
        }

    return collect


def unpacked(names):
    (packed,) = (name for name in names if name.endswith(".gz"))
    return gzip.decompress(staticfiles_storage.open(packed).read()).decode()


@pytest.mark.parametrize("name", ["page.js", "page.css", "page.svg"])
def test_a_file_is_compressed_at_the_first_start_and_not_again(collect, name):
    text = "/* the same words over and over */ " * 40
    first = collect(name, text)
    assert sorted(name.rsplit(".")[-1] for name in first) == ["br", "gz"]
    assert collect(name, text) == first
    assert unpacked(first) == text


def test_a_file_that_changed_is_compressed_under_its_new_name(collect):
    first = collect("page.js", "1; " * 400)
    both = collect("page.js", "2; " * 400)
    assert len(both) == 4
    assert first.items() < both.items()


def test_what_a_kill_cut_short_is_compressed_again(collect, monkeypatch):
    text, write = "1; " * 400, Compressor.write_data

    def killed(self, path, data, suffix, stat_result):
        written = write(self, path, data[:3] if ".gz" in suffix else data, suffix, stat_result)
        if ".gz" in suffix:
            raise KeyboardInterrupt
        return written

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Compressor, "write_data", killed)
        collect("page.js", text)
    assert unpacked(collect("page.js", text)) == text
