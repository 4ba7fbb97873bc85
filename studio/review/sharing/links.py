"""Share links: make, find, revoke; and what each of them lets a guest see."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from studio.core import public_url
from studio.core.code_tokens import SignedCodes
from studio.generation.renders.models import Render
from studio.planning.projects import access
from studio.planning.projects.models import Picture
from studio.planning.projects.rights import Right
from studio.review.cut import entries
from studio.review.dailies import film, stage
from studio.review.sharing.models import Guest, ShareLink, View
from studio.runtime.live import events

_tokens = SignedCodes("studio.sharing.links")


def create(project, *, by, password="", **fields):
    """Make a link; the event is the project's, the address is told to nobody but producers."""
    link = ShareLink(project=project, created_by=by, **fields)
    link.set_password(password)  # it takes its time, and nobody's lock meanwhile
    with events.locked(project.pk):
        link.save()
        events.record(project.pk, "link.made", subject=link.code, by=by, what=link.what)
    return link


def revoke(link, *, by):
    with events.locked(link.project_id):
        if ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
            events.record(link.project_id, "link.revoked", subject=link.code, by=by, what=link.what)


def clear(project):
    """The project is gone for good, and with it who looked at it."""
    ShareLink.objects.filter(project=project).delete()


def token_of(link):
    return _tokens.make(link.code)


def address_of(link):
    """The link, for whoever is to look."""
    return public_url.absolute(reverse("sharing:enter", args=[token_of(link)]))


def link_of(token):
    """The link of an address, open or not; None for a made-up one."""
    code = _tokens.read(token)
    if code is None:
        return None
    found = ShareLink.objects.filter(code=code, project__trashed_at=None)
    return found.select_related("project", "review_list", "created_by").first()


def why_closed(link):
    """In words why a link opens nothing any more; "" while it does."""
    return {
        "revoked": "This link was taken back. Ask whoever sent it for another.",
        "expired": f"This link was good until the end of {link.expires_on:%B %-d}. Ask for another.",
    }.get(link.standing, "")


# --- what a guest may see -------------------------------------------------------------------


def takes(link) -> list[Render]:
    """The takes behind a link, in order: no rejected one, none behind a veil, nothing thrown away."""
    if link.review_list is None:
        return _of_cut(link)
    shown = stage.items(link.review_list).filter(render__state="ready").exclude(render__verdict="rejected")
    shown = shown.exclude(Q(render__flagged=True, render__unveiled_at=None))
    return [item.render for item in shown]


def take(link, code) -> Render | None:
    return next((each for each in takes(link) if each.code == code), None)


def cut_entries(link, token) -> list[dict]:
    """The cut as a guest sees it: codes and titles of shots, pictures, and nothing they were made with."""

    def reel_of(render):
        return reel(render, token)

    def picture(found):
        return reverse("sharing:picture", args=[token, found.code])

    return entries.of(link.project, reel=reel_of, picture_url=picture, rejected=False)


def picture(link, code) -> Picture | None:
    """A first frame that stands for a shot in the cut."""
    if link.review_list is not None:
        return None
    address = f"{code}"
    shown = entries.of(link.project, picture_url=lambda found: str(found.code), rejected=False)
    if not any(entry["kind"] == "picture" and entry["src"] == address for entry in shown):
        return None
    return Picture.objects.kept().filter(project=link.project_id, code=code).first()


def reel(render, token) -> dict:
    """What the player of a guest is told of a take."""
    told = film.reel(render)
    digest = render.sha256[:12]

    def at(kind):
        return reverse("sharing:media", args=[token, render.code, kind, digest])

    told |= {"src": at("play"), "poster": at("poster"), "label": f"shot {render.shot.code}", "number": 0}
    return told | {"strip": at("filmstrip") if render.filmstrip else ""}


def _of_cut(link):
    codes = [entry["take"] for entry in entries.of(link.project, rejected=False) if entry["take"]]
    found = Render.objects.filter(code__in=codes).select_related("shot__project", "project")
    by_code = {str(each.code): each for each in found}
    return [by_code[code] for code in codes if code in by_code]


def looked(guest, what):
    """One row for each look."""
    if guest is not None:
        View.objects.create(link=guest.link, guest=guest, what=what[:80])


def guest_of(session, link) -> Guest | None:
    """The guest this browser is to a link, once it said a name."""
    code = session.get("guests", {}).get(str(link.code))
    if not code or code == "preview":
        return None
    return Guest.objects.filter(link=link, code=code).select_related("link").first()


def previews(request, link) -> bool:
    """Whether a producer, who still is one, looks at it as a guest would."""
    if request.session.get("guests", {}).get(str(link.code)) != "preview":
        return False
    return request.user.is_authenticated and access.may(request.user, link.project, Right.RUN)


def remember(session, link, code):
    session["guests"] = {**session.get("guests", {}), str(link.code): str(code)}
