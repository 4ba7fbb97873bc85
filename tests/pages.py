"""A page as somebody meets it: its words, the rows of its tables, and a form as a browser would send it."""

import re
from html import unescape
from html.parser import HTMLParser


def text(html):
    """What is written there, without marks, its spaces made one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def rows(html):
    """The lines of its tables, as markup."""
    return re.findall(r"<tr\b.*?</tr>", html, re.DOTALL)


def row(html, words):
    """The one line that says this, as markup."""
    (found,) = [each for each in rows(html) if words in text(each)]
    return found


def tile(html, heading):
    """What is written in the tile under this heading."""
    (found,) = [each for each in html.split("<section") if f"<h2>{heading}</h2>" in each]
    return text(f"<{found.partition('</section>')[0]}")


class Form(HTMLParser):
    """The fields of the form with this id, as they would be sent untouched."""

    def __init__(self, html, form_id):
        super().__init__()
        self.fields, self.inside, self.form_id = [], False, form_id
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag == "form":
            self.inside = known.get("id") == self.form_id
        if not self.inside or tag != "input" or "name" not in known or "disabled" in known:
            return
        if known.get("type") != "checkbox" or "checked" in known:
            self.fields.append((known["name"], known.get("value", "on")))

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False

    def sent(self, *, without=(), **more):
        """What is sent; `without` are (name, value) pairs that were unticked."""
        data = {}
        for name, value in self.fields:
            if (name, value) not in without:
                data.setdefault(name, []).append(value)
        return {**data, **more}
