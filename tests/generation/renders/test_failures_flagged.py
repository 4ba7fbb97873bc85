"""A result the provider flagged is held back, not failed (`protocols.md` 10, row 17; design 3.10)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from studio.generation.renders.models import Render

PRICE = Decimal("0.605")
KINDS = ["original", "review", "poster", "last", "filmstrip"]


@pytest.fixture
def flagged(order, engine, runware):
    runware.faults("nsfw")
    order()
    engine.run()
    return Render.objects.get()


def test_it_is_ready_and_charged_and_nobody_sees_it(flagged, client_of, ana, books):
    """Row 17: not even whoever ordered it, not even with the address of the file."""
    assert (flagged.state, flagged.flagged, flagged.veiled) == ("ready", True, True)
    assert books().spent == PRICE
    browser = client_of(ana)
    for kind in KINDS:
        assert browser.get(flagged.media_url(kind)).status_code == 404


def test_no_page_gives_its_pictures_away(flagged, client_of, ana, bo, shot):
    pages = [
        shot.project.get_absolute_url(),
        shot.get_absolute_url(),
        reverse("viewer:card", args=[flagged.code]),
    ]
    for person in (ana, bo):
        for address in pages:
            page = client_of(person).get(address).content.decode()
            assert flagged.sha256[:12] not in page


def test_an_artist_lifts_the_veil_and_it_is_written_down_who(flagged, client_of, ana):
    client_of(ana).post(reverse("viewer:unveil", args=[flagged.code]))

    flagged.refresh_from_db()
    assert (flagged.veiled, flagged.unveiled_by) == (False, ana)
    assert flagged.unveiled_at
    assert client_of(ana).get(flagged.media_url("poster")).status_code == 200


def test_a_viewer_cannot(flagged, client_of, bo, cid):
    for person in (bo, cid):
        assert client_of(person).post(reverse("viewer:unveil", args=[flagged.code])).status_code == 404
    flagged.refresh_from_db()
    assert flagged.veiled
