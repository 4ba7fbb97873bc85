"""Review lists: named, ordered takes with reviewers and a time; who has not answered; what was decided."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from studio.generation.renders.models import Render
from studio.people.mail import outbox as mail
from studio.people.notifications.models import Mail, Switches
from studio.planning.projects import actions, people
from studio.planning.projects.models import Membership, Shot
from studio.review.dailies import lists
from studio.review.dailies.models import ReviewList
from studio.review.dailies.subjects import Problems


@pytest.fixture
def takes(ready, project, pia):
    """One take of each of three shots."""
    shots = [actions.create_shot(project, by=pia, title=title) for title in ("Gull", "Dunes", "Sea")]
    return [ready(shot=shot) for shot in shots]


@pytest.fixture
def post(client_of, project):
    def post(user, where, made=None, **fields):
        args = [project.slug, made.code] if made else [project.slug]
        return client_of(user).post(reverse(where, args=args), fields)

    return post


def page_of(client_of, user, made):
    return client_of(user).get(made.get_absolute_url()).text


def owed(user, project):
    return lists.waiting_for(user, project).count()


# --- made ---------------------------------------------------------------------------------


def test_a_reviewer_makes_one_and_those_asked_are_told(post, rae, ana, pia, takes, heard):
    answer = post(
        rae,
        "review:new_list",
        name="Dailies",
        due_at="2026-05-04T18:00",
        people=[ana.pk, rae.pk],
        take=[take.code for take in takes],
    )
    made = ReviewList.objects.get()
    assert answer.status_code == 302 and answer.url == made.get_absolute_url()
    assert [item.render for item in made.items.all()] == takes
    assert heard(ana) == [("asked", "Rae asks you to review Dailies, by May 4, 18:00")]
    assert heard(rae) == heard(pia) == []


def test_the_time_is_the_studios(post, rae, ana, takes, settings, heard, client_of):
    settings.TIME_ZONE = "Europe/Berlin"
    timezone.get_default_timezone.cache_clear()
    try:
        with timezone.override("Europe/Berlin"):
            post(
                rae,
                "review:new_list",
                name="D",
                due_at="2026-07-04T18:00",
                people=[ana.pk],
                take=takes[0].code,
            )
            made = ReviewList.objects.get()
            assert made.due_at == datetime.fromisoformat("2026-07-04T16:00+00:00")
            assert "18:00" in heard(ana)[0][1]
            assert "Jul 4, 18:00" in page_of(client_of, ana, made)
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


def test_takes_stand_in_the_order_of_the_shot_list(post, rae, takes):
    backwards = [take.code for take in reversed(takes)]
    post(rae, "review:new_list", name="Dailies", people=[rae.pk], take=backwards)
    assert [item.render for item in ReviewList.objects.get().items.all()] == takes


@pytest.mark.parametrize("missing", ["name", "people", "take"])
def test_what_is_missing_is_said(post, rae, takes, missing):
    fields = {"name": "Dailies", "people": [rae.pk], "take": [takes[0].code]}
    answer = post(rae, "review:new_list", **{**fields, missing: ""})
    assert answer.status_code == 422
    assert not ReviewList.objects.exists()


def test_a_viewer_is_not_asked_and_a_stranger_neither(post, rae, bo, cid, takes):
    for who in (bo, cid):
        answer = post(rae, "review:new_list", name="D", people=[who.pk], take=[takes[0].code])
        assert answer.status_code == 422


@pytest.mark.parametrize("key", ["9223372036854775808", "-1", "x", "1" * 400])
def test_a_key_that_no_database_holds_is_nobodys(post, rae, takes, key):
    answer = post(rae, "review:new_list", name="D", people=[rae.pk, key], take=[takes[0].code])
    assert answer.status_code == 422
    assert "Choose people from here." in answer.content.decode()


def test_takes_of_another_film_do_not_come_along(post, rae, pia, takes, ready):
    other = actions.create_project(name="Another", by=pia)
    elsewhere = ready(shot=actions.create_shot(other, by=pia, title="Secret"))
    post(rae, "review:new_list", name="D", people=[rae.pk], take=[takes[0].code, elsewhere.code, "kite"])
    assert [item.render for item in ReviewList.objects.get().items.all()] == [takes[0]]


@pytest.mark.parametrize(
    "gone",
    [{"state": "failed"}, {"trashed_at": datetime(2026, 1, 1, tzinfo=UTC)}, {"flagged": True}],
    ids=["failed", "thrown away", "veiled"],
)
def test_what_cannot_be_looked_at_is_not_put_on_it(post, client_of, rae, takes, gone, project):
    Render.objects.filter(pk=takes[0].pk).update(**gone)
    answer = post(rae, "review:new_list", name="D", people=[rae.pk], take=[takes[0].code])
    assert answer.status_code == 422
    overview = client_of(rae).get(reverse("review:overview", args=[project.slug])).text
    assert str(takes[0].code) not in overview and str(takes[1].code) in overview


def test_a_list_is_not_endless(takes, project, rae, monkeypatch):
    monkeypatch.setattr(lists, "MOST_TAKES", 2)
    with pytest.raises(Problems):
        lists.create(project, by=rae, name="D", takes=takes, people=[rae])


def test_who_only_looks_makes_none_but_sees_it(client_of, post, bo, rae, takes, ask, project):
    assert post(bo, "review:new_list", name="D", people=[rae.pk], take=[takes[0].code]).status_code == 404
    assert "Dailies" in page_of(client_of, bo, ask(takes, rae))


def test_a_list_of_another_project_is_nobodys(client_of, pia, ask, takes, rae):
    made = ask(takes, rae)
    other = actions.create_project(name="Another", by=pia)
    assert client_of(pia).get(reverse("review:list", args=[other.slug, made.code])).status_code == 404


def test_more_takes_go_to_its_end_once(ask, rae, pia, takes, project):
    made = ask(takes[:1], rae)
    assert lists.add(made, takes, by=pia) == 2
    assert lists.add(made, takes, by=pia) == 0
    assert [item.render for item in made.items.all()] == takes


def test_more_takes_are_put_on_it_by_whoever_made_it(post, client_of, ask, rae, ana, takes):
    made = ask(takes[:1], ana, by=rae)
    page = client_of(rae).get(reverse("review:add_takes", args=[made.project.slug, made.code])).text
    assert str(takes[1].code) in page and str(takes[0].code) not in page
    assert post(ana, "review:add_takes", made, take=takes[1].code).status_code == 404
    assert post(rae, "review:add_takes", made).status_code == 422
    assert post(rae, "review:add_takes", made, take="no code").status_code == 422
    assert post(rae, "review:add_takes", made, take=[takes[1].code, takes[2].code]).status_code == 302
    assert [item.render for item in made.items.all()] == takes


# --- who has answered -----------------------------------------------------------------------


def test_who_has_not_answered_is_named_with_a_number(client_of, ask, say, rae, ana, takes):
    made = ask(takes, rae, ana)
    say(rae, takes[0], "approved")
    say(ana, takes[0], "retake", reasons=["hands"])
    for take in takes[1:]:
        say(ana, take, "approved")

    assert lists.standing(made).missing == [(rae, 2)]
    page = page_of(client_of, ana, made)
    assert "Not answered: <strong>Rae</strong> (2)" in page and "hands" in page
    assert "Ana" not in page.split("Not answered:")[1].split("</p>")[0]


def test_everyone_has_answered(client_of, ask, say, rae, takes):
    made = ask(takes, rae)
    for take in takes:
        say(rae, take, "approved")
    assert "Everyone has answered" in page_of(client_of, rae, made)


def test_what_waits_for_me_is_what_i_have_not_said(client_of, ask, say, rae, ana, takes, project):
    ask(takes, rae)
    assert (owed(rae, project), owed(ana, project)) == (3, 0)
    say(rae, takes[0], "retake")
    assert owed(rae, project) == 2
    say(rae, takes[0], "none")  # taken back: it waits again, as the list says too
    assert owed(rae, project) == 3
    answer = client_of(rae).get(reverse("review:waiting", args=[project.slug]))
    assert "3 waiting for you" in answer.text
    assert "3 for you" in client_of(rae).get(reverse("review:overview", args=[project.slug])).text


def test_the_list_and_the_number_agree(ask, say, rae, takes, project):
    made = ask(takes, rae)
    for value in ("approved", "none", "retake", "none", "none", "rejected"):
        say(rae, takes[1], value)
        assert dict(lists.standing(made).missing).get(rae, 0) == owed(rae, project)


def test_closed_lists_and_thrown_away_takes_wait_for_nobody(ask, rae, pia, takes, project):
    made = ask(takes, rae)
    Render.objects.filter(pk=takes[0].pk).update(trashed_at=timezone.now())
    Shot.objects.filter(pk=takes[1].shot_id).update(trashed_at=timezone.now())
    assert owed(rae, project) == 1
    lists.close(made, by=pia)
    assert owed(rae, project) == 0


def test_the_button_leads_to_the_first_that_waits(client_of, ask, say, rae, takes):
    made = ask(takes, rae)
    say(rae, takes[0], "approved")
    page = page_of(client_of, rae, made)
    assert "Review 2 takes" in page
    begin = f"/review/shots/{takes[1].shot.code}/?take={takes[1].code}"
    assert begin in page.split("Review 2 takes")[0].rsplit("<a", 1)[1]


def test_the_review_page_goes_along_the_list(client_of, ask, rae, takes, ready, shot):
    ready(shot=shot)  # on no list
    made = ask(takes, rae)
    url = reverse("review:shot", args=[made.project.slug, takes[1].shot.code])
    page = client_of(rae).get(url, {"take": takes[1].code, "list": made.code})
    assert [cell.take for cell in page.context["row"]] == takes
    assert page.context["before"].take == takes[0] and page.context["after"].take == takes[2]


def walked(page):
    """What the row says of the list: how far one is, and how many are left."""
    said = page.content.decode().split('class="shotsrow__list"')[1].split("</a>")[0]
    return re.sub(r"<[^>]*>", "", said.split("<span", 1)[1].split(">", 1)[1]).strip()


def test_two_takes_of_one_shot_are_two_steps_of_the_list(client_of, ask, say, rae, pia, ready, shot):
    first, second = ready(shot=shot), ready(shot=shot)
    made = ask([first, second], rae)
    url = reverse("review:shot", args=[made.project.slug, shot.code])

    def seen_by(user, take):
        return client_of(user).get(url, {"take": take.code, "list": made.code})

    page = seen_by(rae, first)
    assert [(cell.take, cell.here, cell.left) for cell in page.context["row"]] == [
        (first, True, True),
        (second, False, True),
    ]
    assert page.context["before"] is None and page.context["after"].take == second
    assert walked(page) == "1 of 2 · 2 left"

    say(rae, first, "approved")
    page = seen_by(rae, second)
    assert page.context["before"].take == first and page.context["after"] is None
    assert walked(page) == "2 of 2 · 1 left"
    say(rae, second, "retake")
    assert walked(seen_by(rae, second)) == "2 of 2 · none left"


def test_a_take_beside_the_list_has_no_place_on_it_and_leads_back(client_of, ask, rae, ready, shot):
    first, beside, last = ready(shot=shot), ready(shot=shot), ready(shot=shot)
    made = ask([first, last], rae)
    url = reverse("review:shot", args=[made.project.slug, shot.code])
    page = client_of(rae).get(url, {"take": beside.code, "list": made.code})
    assert page.context["before"].take == first and page.context["after"].take == last
    assert page.context["place"] is None and not any(cell.here for cell in page.context["row"])
    assert walked(page) == "2 · 2 left"


def test_whoever_was_not_asked_is_told_what_nobody_has_decided(client_of, ask, say, rae, pia, ready, shot):
    first, second = ready(shot=shot), ready(shot=shot)
    made = ask([first, second], rae)
    say(rae, first, "approved")
    url = reverse("review:shot", args=[made.project.slug, shot.code])
    page = client_of(pia).get(url, {"take": first.code, "list": made.code})
    assert [cell.left for cell in page.context["row"]] == [
        not bool(cell.take.verdict) for cell in page.context["row"]
    ]
    assert page.context["row"][1].left


@pytest.mark.parametrize("asked", ["kite", "00000000-0000-0000-0000-000000000000"])
def test_a_list_that_is_none_is_404(client_of, rae, takes, asked):
    url = reverse("review:shot", args=[takes[0].project.slug, takes[0].shot.code])
    assert client_of(rae).get(url, {"list": asked}).status_code == 404


# --- changed, closed ------------------------------------------------------------------------


def test_only_who_made_it_or_a_producer_changes_it(post, ask, rae, ana, pia, takes):
    made = ask(takes, rae, by=rae)
    fields = {"name": "Rushes", "people": [ana.pk]}
    for where in ("review:change_list", "review:close_list", "review:take_off", "review:reopen_list"):
        assert post(ana, where, made, **fields).status_code == 404
    assert post(rae, "review:change_list", made, **fields).status_code == 302
    pias = {**fields, "name": "Pias", "version": 1}
    assert post(pia, "review:change_list", made, **pias).status_code == 302
    made.refresh_from_db()
    assert made.name == "Pias" and [seat.user for seat in made.reviewers.all()] == [ana]


def test_those_asked_later_are_told_and_the_others_not_again(post, ask, rae, ana, pia, takes, heard):
    made = ask(takes, rae)
    post(pia, "review:change_list", made, name="Dailies", people=[rae.pk, ana.pk])
    assert len(heard(rae)) == len(heard(ana)) == 1


def test_a_bad_change_is_said_and_changes_nothing(post, ask, rae, pia, takes):
    made = ask(takes, rae)
    answer = post(pia, "review:change_list", made, name="", people=[])
    assert answer.status_code == 422 and "Give the list a name." in answer.text
    made.refresh_from_db()
    assert made.name == "Dailies"


def test_a_take_comes_off(post, ask, rae, pia, takes):
    made = ask(takes, rae)
    post(pia, "review:take_off", made, take=takes[1].code)
    assert [item.render for item in made.items.all()] == [takes[0], takes[2]]


def sent():
    for pk in Mail.objects.values_list("pk", flat=True):
        mail.send(pk)
    return {letter.to[0]: letter for letter in outbox.outbox}


def test_closing_says_what_was_decided_and_mails_it(post, ask, say, rae, ana, pia, takes, heard):
    made = ask(takes, rae, ana, by=ana)
    say(pia, takes[0], "approved")
    say(rae, takes[1], "retake")
    answer = post(pia, "review:close_list", made)

    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.closed_at and made.closed_by == pia
    said = "Dailies is closed: 1 approved, 1 retake, 1 open"
    assert ("closed", said) in heard(rae) and ("closed", said) in heard(ana)
    letters = sent()
    assert set(letters) == {rae.email, ana.email}
    body = letters[rae.email].body
    assert said in body and "020 take 1: approved" in body and "040 take 1: open" in body
    assert "Not answered: Rae (2), Ana (3)" in body and made.get_absolute_url() in body
    assert "0.605" not in body


def test_closing_twice_mails_once(ask, rae, pia, takes):
    made = ask(takes, rae)
    assert lists.close(made, by=pia) is True
    assert lists.close(made, by=pia) is False
    assert Mail.objects.filter(to=rae.email).count() == 1


def test_opened_and_closed_again_it_is_told_again(ask, rae, pia, takes, heard):
    made = ask(takes, rae)
    for _ in range(2):
        lists.close(made, by=pia)
        lists.reopen(made, by=pia)
    assert len(heard(rae, kind="closed")) == 2


def test_nobody_waits_for_who_left_the_project(ask, say, rae, ana, pia, takes, project):
    actions.change_project(project, by=pia, approval="everyone")
    made = ask(takes[:1], rae, ana)
    say(rae, takes[0], "approved")
    people.remove(project.memberships.get(user=ana), by=pia)
    takes[0].refresh_from_db()
    assert takes[0].verdict == "approved"
    assert not lists.standing(made).missing


def test_who_wants_no_mail_of_it_gets_none(ask, rae, ana, pia, takes):
    Switches.objects.create(user=rae, by_mail=False)
    Switches.objects.create(user=ana, closed=False)
    lists.close(ask(takes, rae, ana), by=pia)
    assert not Mail.objects.filter(to__in=[rae.email, ana.email]).exists()


def test_who_left_is_not_mailed(ask, rae, ana, pia, takes):
    made = ask(takes, rae, ana)
    Membership.objects.filter(user=rae).delete()
    lists.close(made, by=pia)
    assert not Mail.objects.filter(to=rae.email).exists()


def test_it_is_opened_again(post, ask, rae, pia, takes, project):
    made = ask(takes, rae)
    lists.close(made, by=pia)
    post(pia, "review:reopen_list", made)
    made.refresh_from_db()
    assert made.closed_at is None and owed(rae, project) == 3


def test_the_form_proposes_tomorrow_evening(client_of, rae, project, takes):
    page = client_of(rae).get(reverse("review:new_list", args=[project.slug]), {"take": takes[0].code})
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert f"{tomorrow}T18:00" in page.text
    assert page.context["chosen"] == {str(takes[0].code)}
