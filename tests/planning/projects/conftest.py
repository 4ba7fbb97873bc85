"""A project with one thing of each kind, and the addresses of all of them."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from studio.generation.grids import wishes
from studio.generation.grids.models import Grid
from studio.generation.orders.orders import Wish
from studio.oversight.reconciliation.models import Difference
from studio.people.accounts.models import Device, User
from studio.planning.projects import people
from studio.planning.projects.models import Membership
from studio.planning.references.models import Reference
from studio.review.dailies import lists, notes, retakes
from studio.review.dailies.models import Note
from studio.review.dailies.subjects import Span, Voice
from studio.review.sharing import links
from tests.planning.projects.doors import QUEUE_VERBS


@pytest.fixture
def take(order, engine, shot):
    (take,) = order()
    engine.run()
    take.refresh_from_db()
    return take


@pytest.fixture
def olga(db):
    """The studio's owner, a member of no project."""
    return User.objects.create_superuser("olga@studio.example", "a long enough word", name="Olga")


@pytest.fixture
def cast(pia, ana, rae, bo, cid, olga):
    return {"v": bo, "r": rae, "a": ana, "p": pia, "o": olga, "-": cid}


@pytest.fixture
def address(project, shot, take, frame, pia, cid):
    """The address of a name, about things of this project; what it takes back lies in the trash."""
    member = User.objects.create_user("mo@studio.example", "a long enough word", name="Mo")
    Membership.objects.create(project=project, user=member, role="artist")
    member.picture = f"people/{member.code}/0123456789ab.jpg"
    member.save()
    invitation = people.invite(project, role="viewer", by=pia)
    device = Device.objects.create(user=member, session_key="of somebody else")
    words = Voice(user=member, role="artist")
    note = notes.write(take, words, code=uuid4(), text="Of Mo", span=Span(0, None))
    made = lists.create(project, by=member, name="Dailies", takes=[take], people=[member])
    asked = {"span": Span(), "reasons": [], "text": "", "notes": [], "prompt": "Dunes", "keep_seed": False}
    proposal = retakes.propose(take, by=member, model="gen-4.5", takes=1, **asked)
    link = links.create(project, by=pia, review_list=made, expires_on=timezone.localdate())
    grid = Grid.objects.create(
        project=project, shot=shot, prompt="{Dunes|Sea}", wish=wishes.kept(Wish.of(shot))
    )
    for place, choice in enumerate(("Dunes", "Sea")):
        grid.cells.create(place=place, choices=[choice], prompt=choice)
    Reference.objects.create(project=project, name="mira", picture=frame)
    difference = Difference.objects.create(
        kind="bill", sandbox=True, project=project, render_code=take.code, what="010 take 1"
    )

    def address(name):
        of_project = {"slug": project.slug}
        choices = [
            of_project,
            {**of_project, "code": shot.code},
            {"code": take.code},
            {"code": take.code, "kind": "original", "digest": take.sha256[:12]},
            {**of_project, "code": shot.code, "batch": take.batch},
            {**of_project, "pk": shot.pk},
            {**of_project, "name": "mira"},
            {**of_project, "person": member.code},
            {**of_project, "code": invitation.code},
            {"pk": device.pk},
            {},
        ]
        special = {
            "renders:picture": {"code": frame.code, "kind": "preview", "digest": frame.sha256[:12]},
            "trash:trash_picture": {"code": frame.code},
            "trash:restore_picture": {"code": frame.code},
            "team:picture": {"code": member.code, "digest": "0123456789ab"},
            "team:close_account": {"code": member.code},
            "team:open_account": {"code": member.code},
            "team:revoke": {**of_project, "code": invitation.code},
            "reconcile:settle": {"code": difference.code},
            "orders:cancel_press": {**of_project, "batch": take.batch},
            **{f"queue:{verb}": {**of_project, "batch": take.batch} for verb in QUEUE_VERBS},
            "prompts:use": {**of_project, "code": shot.code, "pk": shot.prompt_versions.first().pk},
            "prompts:change_words": {**of_project, "group": "size"},
            "grids:page": {**of_project, "code": grid.code},
            "composer:put_back": {**of_project, "code": shot.code, "key": uuid4()},
            "review:picture": {**of_project, "code": frame.code},
            "review:note_picture": {"code": frame.code},
            "review:decide_picture": {"code": frame.code},
            "review:carried": {"code": take.code, "note": note.code},
            "review:erase_stroke": {"code": note.code, "stroke": uuid4()},
            "review:decline": {"code": proposal.code},
            "sharing:link": {**of_project, "code": link.code},
            "sharing:revoke": {**of_project, "code": link.code},
            "sharing:see": {**of_project, "code": link.code},
        }
        if (
            name.startswith("review:")
            and name.endswith(("list", "list_words", "take_off", "add_takes"))
            and name != "review:new_list"
        ):
            special[name] = {**of_project, "code": made.code}
        if name in (
            "review:strokes",
            "review:reply",
            "review:edit_note",
            "review:resolve",
            "review:delete_note",
        ):
            Note.objects.filter(pk=note.pk).update(deleted_at=None)
            special[name] = {"code": note.code}
        if name in special:
            return reverse(name, kwargs=special[name])
        for kwargs in choices:
            try:
                return reverse(name, kwargs=kwargs)
            except Exception:  # not this shape
                continue
        raise AssertionError(f"no address for {name}")

    return address
