"""A page takes as many queries for sixty of something as for five."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.generation.board import board
from studio.generation.renders.models import Render
from studio.oversight.cost_reports import views as reports
from studio.planning.projects import actions

SESSION_AND_USER = 2


@pytest.fixture
def queries(client_of):
    """How many queries a page takes for somebody, once its cards are drawn."""

    def queries(address, who):
        browser = client_of(who)
        for _ in range(2):
            with CaptureQueriesContext(connection) as seen:
                assert browser.get(address).status_code == 200
        return len(seen)

    return queries


@pytest.fixture
def film(project, pia, order):
    """Shots with a take each: `film(5)`."""

    def film(count):
        for _ in range(count):
            shot = actions.create_shot(project, by=pia, title="Kite", prompt="A kite over dunes")
            order(shot=shot, by=pia)

    return film


def test_the_board(film, queries, project, pia, monkeypatch):
    monkeypatch.setattr(board, "PAGE", 100)
    address = reverse("board:board", args=[project.slug])
    film(5)
    few = queries(address, pia)
    film(55)

    assert queries(address, pia) == few


def test_the_board_of_finished_takes_takes_seven(film, queries, project, pia):
    film(5)
    Render.objects.update(state="ready", sha256="0" * 64)

    assert queries(reverse("board:board", args=[project.slug]), pia) - SESSION_AND_USER <= 7


def test_a_second_page_of_the_board(film, queries, project, pia, monkeypatch):
    film(12)
    address = reverse("board:board", args=[project.slug])
    monkeypatch.setattr(board, "PAGE", 4)
    few = queries(address, pia)
    monkeypatch.setattr(board, "PAGE", 11)

    assert queries(address, pia) == few


def test_a_shot(queries, shot, order, pia):
    address = reverse("board:shot", args=[shot.project.slug, shot.code])
    order(takes=4)
    few = queries(address, pia)
    for _ in range(14):
        order(takes=4)

    assert queries(address, pia) == few


def test_the_costs(film, queries, project, pia, monkeypatch):
    monkeypatch.setattr(reports, "PAGE", 200)
    address = reverse("reports:costs", args=[project.slug])
    film(5)
    few = queries(address, pia)
    film(55)

    assert queries(address, pia) == few


def test_the_projects(queries, pia):
    def open_projects(count):
        for number in range(count):
            made = actions.create_project(name=f"Film {number}", by=pia)
            actions.create_shot(made, by=pia, title="Kite")

    open_projects(5)
    few = queries(reverse("dashboard:projects"), pia)
    open_projects(55)

    assert queries(reverse("dashboard:projects"), pia) == few
