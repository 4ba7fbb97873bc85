"""Whoever watches over the process is told whether it and its database answer."""

import pytest
from django.db import OperationalError, connection

ANY_HOST = {"Host": "10.0.0.7:8000"}  # an address that is none of ours


@pytest.mark.django_db
def test_it_answers_without_a_name_a_session_or_tls(client, settings, django_assert_num_queries):
    settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ["rushes.example"], True
    with django_assert_num_queries(1):
        answer = client.get("/healthz", headers=ANY_HOST)
    assert (answer.status_code, answer.json()) == (200, {"database": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert client.head("/healthz", headers=ANY_HOST).content == b""
    assert client.post("/healthz", headers=ANY_HOST).status_code == 405


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_told_and_nothing_of_it(client, monkeypatch):
    def gone():
        raise OperationalError("connection to 10.1.2.3 as rushes: password is hunter2")

    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": "does not answer"})
    assert b"hunter2" not in answer.content
