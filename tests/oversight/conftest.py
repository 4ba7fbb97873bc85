"""Takes that were paid on a day of one's choice, and the costs page as somebody reads it."""

import re
from datetime import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.planning.ledger import ledger
from tests import pages
from tests.review.dailies.conftest import ask, note, say

__all__ = ["ask", "note", "say"]


@pytest.fixture
def at(monkeypatch):
    """Do something as if it were that moment: `at("2026-03-29 00:30", ready)`, the clock being the studio's."""

    def at(moment, do, *args, **more):
        if isinstance(moment, str):
            moment = timezone.make_aware(datetime.fromisoformat(moment))
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda: moment)
            return do(*args, **more)

    return at


@pytest.fixture
def paid(ready, at):
    """A take that came back and was charged: `paid("0.7", when="2026-03-29 00:30", model="gen-4-turbo")`."""

    def paid(cost="0.605", *, when=None, **columns):
        moment = when or timezone.now()
        if isinstance(moment, str):
            moment = timezone.make_aware(datetime.fromisoformat(moment))
        take = ready(cost=Decimal(cost), answered_at=moment, **columns)
        at(moment, ledger.charge, take.purchase, take.cost, result=take.result_uuid)
        return take

    return paid


class Page:
    def __init__(self, response):
        self.status, self.html = response.status_code, response.getvalue().decode()
        self.text = pages.text(self.html)

    def tile(self, heading):
        return pages.tile(self.html, heading)

    def row(self, words):
        return pages.text(pages.row(self.html, words))

    def further(self, name):
        """What the link to the next lines gives for this word of the address; "" at the end."""
        found = re.search(
            rf'<p class="more"><a class="button" href="\?(?:[^"]*?)\b{name}=([^"&#]*)', self.html
        )
        return found.group(1) if found else ""

    def table(self, by):
        """The lines of the table by shot, scene, person or model: their cells as words."""
        (found,) = [
            each
            for each in self.html.partition('id="by"')[2].partition("</section>")[0].split("<table>")
            if f'<th scope="col">{by.capitalize()}</th>' in each
        ]
        body = found.partition("<tbody>")[2].partition("</tbody>")[0]
        return [[pages.text(f"<td{cell}") for cell in line.split("<td")[1:]] for line in pages.rows(body)]


@pytest.fixture
def costs(client_of, ana, project):
    """The costs page as Ana reads it, or somebody else: `costs(range="all", by="scene")`."""

    def costs(*, reader=ana, address="reports:costs", **query):
        return Page(client_of(reader).get(reverse(address, args=[project.slug]), query))

    return costs


@pytest.fixture
def data(client_of, ana, project):
    """The same figures as a script reads them."""

    def data(**query):
        return client_of(ana).get(reverse("reports:costs_json", args=[project.slug]), query).json()

    return data
