"""Every address the studio answers to, filled in with things that exist; new ones come along by themselves."""

from dataclasses import dataclass
from html.parser import HTMLParser

from django.urls import URLPattern, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

HOOKS = ("renders:hook", "checks:hook")


@dataclass(frozen=True)
class Address:
    name: str
    path: str


def every(take, picture=None):
    """All of them, once each; what is named in an address is this take's: its project, shot and picture."""
    found = []
    for name, pattern in _walk(get_resolver().url_patterns):
        kwargs = {
            key: _filling(key, converter, take, picture, str(pattern.pattern))
            for key, converter in pattern.pattern.converters.items()
        }
        found.append(Address(name, reverse(name, kwargs=kwargs) if name else "/"))
    return found


def _walk(patterns, space=""):
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}" if entry.name else "", entry
        elif entry.app_name != "admin":  # Django's own, for the owner alone
            yield from _walk(entry.url_patterns, f"{entry.app_name}:" if entry.app_name else space)


def _filling(key, converter, take, picture, route):
    if isinstance(converter, UUIDConverter):
        if "pictures" in route and picture:
            return picture.code
        if key == "person" or "people/" in route:
            return take.created_by.code
        return take.batch if key == "batch" else take.code
    if isinstance(converter, IntConverter):
        return 1
    digest = picture.sha256 if "pictures" in route and picture else take.sha256
    known = {
        "slug": take.project.slug,
        "code": take.shot.code,
        "kind": "original",
        "digest": digest[:12],
        "name": "mira",
    }
    return known.get(key) or "x"


class Forms(HTMLParser):
    """The forms of a page: `fields[path]` are the names, with the values offered, that are sent there."""

    def __init__(self, page, path):
        super().__init__()
        self.fields = {}
        self._path, self._targets, self._names = path, [], None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self._targets, self._names = [found.get("action") or self._path], {}
        if self._names is None:
            return
        addressed = (found.get("formaction"), found.get("hx-post"), found.get("data-draft"))
        self._targets += [target for target in addressed if target]
        if found.get("name"):
            self._choice = self._names.setdefault(found["name"], set())
            self._choice.add(found.get("value") or "")
        elif tag == "option" and self._names:
            self._choice.add(found.get("value") or "")

    def handle_endtag(self, tag):
        if tag != "form" or self._names is None:
            return
        for target in self._targets:
            kept = self.fields.setdefault(target.split("?")[0], {})
            for name, values in self._names.items():
                kept.setdefault(name, set()).update(values)
        self._names = None
