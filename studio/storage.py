"""Static files under names that hold their hash, also where one script of ours imports another."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    # Django's own patterns, for our folder alone: a library's comment that shows an import is no import
    _, _imports = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]
    patterns = (*HashedFilesMixin.patterns, ("js/*.js", _imports))
