"""Who has a page of the project open, and on which shot."""

import pytest

from studio.oversight.members import presence


@pytest.mark.django_db
def test_who_is_here_comes_first_with_the_shot_they_look_at(project, pia, ana, bo):
    html = presence.draw(project.pk, frozenset({(ana.pk, "010", ""), (ana.pk, "", "")}))
    assert "Ana, here on 010; Pia; Bo" in html
    assert html.count("data-here") == 1


@pytest.mark.django_db
def test_two_pages_of_one_person_are_one_face(project, pia):
    html = presence.draw(project.pk, frozenset({(pia.pk, "010", ""), (pia.pk, "020", "")}))
    assert html.count("facebox") == 1
    assert "here on 010, 020" in html


@pytest.mark.django_db
def test_the_studios_owner_is_seen_though_no_member(project, django_user_model):
    olga = django_user_model.objects.create_superuser("olga@studio.example", name="Olga")
    assert "Olga, here" in presence.draw(project.pk, frozenset({(olga.pk, "", "")}))
