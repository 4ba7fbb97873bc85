"""The floors of pages: one statement and str.format, in the same process as the page, by Django as it comes."""

from django.db import connection
from django.http import HttpResponse
from django.urls import include, path

_CARD = '<article id="render-{}" data-state="{}"><a href="/t/{}"><img src="/m/{}"></a><b>{} {}</b></article>'
_LINE = "<tr><th>{} {}<td>{}<td>{}<td>{}</tr>"
_PAGE = "<!doctype html><title>Board</title><main>{}</main>"


def cards(request, project):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, state, code, poster, number, aspect FROM renders_render"
            " WHERE project_id = %s ORDER BY id DESC LIMIT 200",
            [project],
        )
        found = cursor.fetchall()
    return HttpResponse(_PAGE.format("".join(_CARD.format(*row) for row in found)))


def costs(request, project):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT day, model, SUM(spent), SUM(charges), SUM(seconds) FROM costs_dayspend"
            " WHERE project_id = %s GROUP BY day, model",
            [project],
        )
        found = cursor.fetchall()
    return HttpResponse(_PAGE.format("".join(_LINE.format(*row) for row in found)))


urlpatterns = [
    path("floor/<int:project>", cards),
    path("floor/<int:project>/costs", costs),
    path("", include("studio.urls")),
]
