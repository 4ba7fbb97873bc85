"""Django's admin: for the studio's owner, and without secrets."""

import pytest
from django.test import Client
from django.urls import reverse

from studio.admin import site
from studio.people.accounts.models import User
from studio.planning.projects import people


@pytest.fixture
def olga(db):
    return User.objects.create_superuser("olga@studio.example", "a long enough word", name="Olga")


def test_only_the_owner_gets_in(client_of, olga, pia):
    assert client_of(olga).get("/admin/").status_code == 200
    assert client_of(pia).get("/admin/", follow=True).status_code == 404
    assert Client().get("/admin/", follow=True).redirect_chain[-1][0].startswith("/signin")


def test_every_list_and_every_row_opens_and_tells_no_secret(
    client_of, olga, pia, ana, project, order, engine
):
    (take,) = order()
    people.invite(project, role="viewer", by=pia, email="x@y.example")
    engine.run()
    take.refresh_from_db()
    secrets = [take.result_url, olga.password, pia.password, people.path_of(project.invitations.get())]
    browser = client_of(olga)
    for model in site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [browser.get(reverse(f"{base}_changelist"))]
        row = model.objects.order_by("pk").first()
        if row:
            pages.append(browser.get(reverse(f"{base}_change", args=[row.pk])))
        for page in pages:
            assert page.status_code == 200, model
            for secret in secrets:
                assert secret and secret not in page.content.decode(), model


def test_money_and_history_cannot_be_changed_there(client_of, olga, order, engine):
    order()
    engine.run()
    browser = client_of(olga)
    for name in ("costs_ledgerentry", "live_event", "renders_render", "costs_balance"):
        assert browser.get(reverse(f"admin:{name}_add")).status_code == 403
    from studio.planning.ledger.models import LedgerEntry

    entry = LedgerEntry.objects.first()
    assert (
        browser.post(reverse("admin:costs_ledgerentry_delete", args=[entry.pk]), {"post": "yes"}).status_code
        == 403
    )
    assert (
        browser.post(reverse("admin:costs_ledgerentry_change", args=[entry.pk]), {"amount": 0}).status_code
        == 403
    )


def test_the_owner_who_signs_in_on_the_way_arrives(client_of, olga):
    from studio.people.accounts.models import StudioEvent

    to = Client().get("/admin/", follow=True).redirect_chain[-1][0]
    assert to == "/signin?next=/admin/"
    assert client_of(olga).get("/admin/login/?next=/admin/").url == "/admin/"
    assert client_of(olga).get("/admin/login/?next=//evil.example/").url == "/admin/"
    assert not StudioEvent.objects.filter(kind="refused").exists()
