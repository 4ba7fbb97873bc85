"""How the files every page uses are prepared for browsers."""

from pathlib import Path

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class CompressedOnce(CompressedManifestStaticFilesStorage):
    """Compress what pages ask for, and what was compressed before not again.

    Pages ask for names with a hash in them. Such a name stands for its content, so what lies
    compressed beside it stays right at every later start. One script of ours that imports another is
    given the name with the hash too.
    """

    # Django's own patterns, for our folder alone: a library's comment that shows an import is no import
    _, _imports = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]
    patterns = (*HashedFilesMixin.patterns, ("js/*.js", _imports))

    def compress_files(self, paths):
        hashed = set(self.hashed_files.values()).intersection(paths)
        return super().compress_files([name for name in hashed if not self._is_compressed(name)])

    def create_compressor(self, **options):
        return _Whole(**options)

    def _is_compressed(self, name):
        return self.exists(f"{name}.gz")  # written last


class _Whole(Compressor):
    """Leaves no half of a file behind when it is killed."""

    def write_data(self, path, data, suffix, stat_result):
        part = Path(super().write_data(path, data, f"{suffix}.part", stat_result))
        return str(part.replace(f"{path}{suffix}"))
