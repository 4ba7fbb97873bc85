"""Three shots, their plan as somebody opens it, and a press on it."""

import pytest
from django.urls import reverse

from studio.planning.projects import actions
from tests.generation.orders.sheets import Sheet


@pytest.fixture
def shots(project, pia):
    return [actions.create_shot(project, by=pia, title=f"Kite {n}", prompt="Dunes") for n in range(3)]


@pytest.fixture
def sheet(client_of, ana, project, shots):
    """The plan of these shots, as Ana opens it; its form and its words."""

    def sheet(chosen=None, *, by=ana, **query):
        asked = query or {"shot": [shot.pk for shot in (shots if chosen is None else chosen)]}
        response = client_of(by).get(reverse("orders:plan", args=[project.slug]), asked)
        assert response.status_code == 200
        return Sheet(response.content.decode())

    return sheet


@pytest.fixture
def press(client_of, ana, project):
    """Send a sheet back: `press(sheet, without=[a box], do="plan")`; the answer."""

    def press(sent, *, by=ana, do="render", **more):
        data = sent if isinstance(sent, dict) else sent.sent(do=do, **more)
        return client_of(by).post(reverse("orders:carry_out", args=[project.slug]), data)

    return press
