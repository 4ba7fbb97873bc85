"""The sheet as a browser shows it, and what a test sends back."""

from decimal import Decimal

from studio.planning.projects import actions
from studio.planning.projects.models import Picture
from tests import pages

PRICE = Decimal("0.605")  # Gen-4.5, five seconds


class Sheet(pages.Form):
    def __init__(self, html):
        super().__init__(html, "plan")
        self.html, self.words = html, pages.text(html)

    def line(self, code):
        return pages.row(self.html, f" {code} ")

    @property
    def changed(self):
        return [code for code in ("010", "020", "030") if "data-changed" in self.line(code)]


def boxes(*shots):
    return [("render", str(shot.pk)) for shot in shots]


def budget(project, amount):
    actions.change_project(project, by=None, budget=Decimal(amount))


def told(response):
    """The toasts that an answer leaves for the next page."""
    return [str(message) for message in response.wsgi_request._messages]


def copy_of(picture, number):
    copy = Picture.objects.get(pk=picture.pk)
    copy.pk, copy._state.adding = None, True
    copy.code, copy.sha256 = f"{number:032x}", f"{number:064x}"
    copy.save()
    return copy
