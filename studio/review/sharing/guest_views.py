"""What a guest sees. Every answer starts from the link's own takes; nothing else can be named."""

from functools import wraps
from pathlib import Path

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST, require_safe

from studio.core import client_addresses, rate_limits
from studio.generation.renders import credentials
from studio.integrations.media import ranges
from studio.review.dailies import drawing, reasons
from studio.review.dailies import notes as noting
from studio.review.dailies import verdicts as deciding
from studio.review.dailies.forms import NoteForm, VerdictForm
from studio.review.dailies.models import Note
from studio.review.dailies.strokes import points_of
from studio.review.dailies.subjects import Gone, Problems, Voice
from studio.review.sharing import bare, links
from studio.review.sharing.forms import DoorForm
from studio.review.sharing.models import Guest

_ONLY_LOOKING = "You see this as a guest would: nothing is kept."
_VALUES = {"approved", "retake", "none"}  # to reject is the team's


def behind_the_door(view):
    """Find the link and the guest; those who have not said a name are asked first, made-up links are nothing."""

    @wraps(view)
    def guarded(request, token, **kwargs):
        link = _link(request, token)
        closed = links.why_closed(link)
        if closed:
            return TemplateResponse(request, "review/sharing/closed.html", {"closed": closed}, status=410)
        guest = links.guest_of(request.session, link)
        if guest is None and not links.previews(request, link):
            return redirect("sharing:enter", token)
        return view(request, link=link, guest=guest, token=token, **kwargs)

    return guarded


def _link(request, token):
    """The link of an address, which holds 128 bits of chance and a signature: nobody guesses one."""
    link = links.link_of(token)
    if link is None:
        raise Http404
    return link


def enter(request, token):
    """Say a name, and the password where there is one; then what the link is for."""
    link = _link(request, token)
    closed = links.why_closed(link)
    if closed:
        return TemplateResponse(request, "review/sharing/closed.html", {"closed": closed}, status=410)
    guest = links.guest_of(request.session, link)
    if guest is not None or links.previews(request, link):
        return _inside(request, link, guest, token)
    form = DoorForm(request.POST if request.method == "POST" else None, link=link)
    if request.method != "POST":
        return TemplateResponse(request, "review/sharing/door.html", {"form": form, "link": link})
    if _knocks_too_often(request, link):
        form.add_error(None, rate_limits.TOO_MANY_TRIES)
        return TemplateResponse(request, "review/sharing/door.html", {"form": form, "link": link}, status=429)
    if not form.is_valid():
        return TemplateResponse(request, "review/sharing/door.html", {"form": form, "link": link}, status=422)
    guest = Guest.objects.create(link=link, name=form.cleaned_data["name"])
    links.remember(request.session, link, guest.code)
    return redirect("sharing:enter", token)


def _knocks_too_often(request, link):
    """Counted by where it comes from, and by link: many who guess one password together are stopped too."""
    return rate_limits.knocked_too_often(
        client_addresses.household(request) or ""
    ) or rate_limits.guessed_at_too_often(link.code)


def _inside(request, link, guest, token):
    if link.review_list is None:
        links.looked(guest, "the cut")
        context = _around(link, guest, token) | {"entries": links.cut_entries(link, token)}
        return TemplateResponse(request, "review/sharing/cut.html", context)
    links.looked(guest, "the list")
    shown = [(each, links.reel(each, token)) for each in links.takes(link)]
    return TemplateResponse(
        request, "review/sharing/list.html", _around(link, guest, token) | {"shown": shown}
    )


@require_GET
@behind_the_door
def take_page(request, *, link, guest, token, code):
    """A take behind the link, frame by frame."""
    take, takes = _take(link, code)
    links.looked(guest, str(take.shot.code))
    return TemplateResponse(request, "review/sharing/take.html", _stage(link, guest, token, take, takes))


@require_GET
@behind_the_door
def notes_part(request, *, link, guest, token, code):
    """The notes of this link on a take, for a page that asks now and then."""
    take, _ = _take(link, code)
    notes = _notes(link, take)
    context = {"notes": notes, "seen": _seen(notes), "take": take, "token": token}
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)  # nothing is new: what somebody reads stays as it is
    return TemplateResponse(request, "review/sharing/_notes.html", context)


@require_GET
@behind_the_door
def strokes(request, *, link, guest, token, code):
    """The strokes of a note of this link with all their points."""
    drawn = Note.objects.threads().filter(link=link.code, code=code).first()
    if drawn is None or not any(drawn.render_id == take.pk for take in links.takes(link)):
        raise Http404
    return HttpResponse(drawing.all_strokes(drawn), content_type="application/json")


@require_POST
@behind_the_door
def note(request, *, link, guest, token, code):
    """A guest's note."""
    take, takes = _take(link, code)
    if not link.may_note:
        raise Http404
    form = NoteForm(request.POST, subject=take)
    if guest is None:
        form.add_error(None, _ONLY_LOOKING)
    if not form.is_valid():
        return _refused(request, link, guest, token, take, takes, form)
    said = form.cleaned_data
    if _notes_too_often(request, guest, said["strokes"]):
        form.add_error(None, rate_limits.TOO_OFTEN)
        return _refused(request, link, guest, token, take, takes, form, status=429)
    try:
        kept = noting.write(
            take,
            _voice(guest),
            code=said["code"],
            text=said["text"],
            span=said["span"],
            strokes=said["strokes"],
        )
    except (Problems, Gone) as exc:
        form.add_error(None, str(exc))
        return _refused(request, link, guest, token, take, takes, form)
    if request.headers.get("X-Rushes") == "script":
        shown = Note.objects.threads().filter(pk=kept.pk).first()
        if shown is None:  # the team has deleted it, and the guest's browser sends it once more
            return HttpResponse(drawing.gone(kept.code))
        return TemplateResponse(
            request, "review/sharing/_note.html", {"note": shown, "take": take, "token": token}
        )
    return redirect("sharing:take", token, take.code)


@require_POST
@behind_the_door
def verdict(request, *, link, guest, token, code):
    """A guest approves, or asks for a retake."""
    take, takes = _take(link, code)
    if not link.may_approve:
        raise Http404
    form = VerdictForm(request.POST, subject=take)
    if guest is None:
        form.add_error(None, _ONLY_LOOKING)
    elif request.POST.get("value") not in _VALUES:
        form.add_error("value", "Approve it, or ask for a retake.")
    if not form.is_valid():
        return _refused(request, link, guest, token, take, takes, form)
    said = form.cleaned_data
    if _judges_too_often(request, guest):
        form.add_error(None, rate_limits.TOO_OFTEN)
        return _refused(request, link, guest, token, take, takes, form, status=429)
    try:
        deciding.give(
            take,
            _voice(guest),
            code=said["code"],
            value=said["value"],
            span=said["span"],
            reasons=said["reasons"],
            text=said["text"],
        )
    except (Problems, Gone) as exc:
        form.add_error(None, str(exc))
        return _refused(request, link, guest, token, take, takes, form)
    if request.headers.get("X-Rushes") == "script":
        context = {"said": _verdicts(link, take), "take": take, "token": token, "guest": guest}
        return TemplateResponse(request, "review/sharing/_decisions.html", context)
    return redirect("sharing:take", token, take.code)


# --- files --------------------------------------------------------------------------------


@require_safe
def media(request, token, code, kind, digest):
    """A file of a take behind the link: `play`, `poster`, `filmstrip`, and `download` where it is allowed."""
    path, name = _file(request, token, code, kind, digest)
    wanted = name if kind == "download" else ""
    return ranges.respond(request, path, etag=f"{path.stem}-guest", download_as=wanted)


@require_safe
def picture(request, token, code):
    """A first frame that stands for a shot of the cut."""
    path, digest = _picture(request, token, code)
    return ranges.respond(request, path, etag=f"{digest}-guest")


def _admitted(request, token):
    link = _link(request, token)
    inside = links.guest_of(request.session, link) or links.previews(request, link)
    if not link.is_open or not inside:
        raise Http404
    return link


def _file(request, token, code, kind, digest) -> tuple[Path, str]:
    link = _admitted(request, token)
    take = links.take(link, code)
    if take is None or take.sha256[:12] != digest or (kind == "download" and not link.may_download):
        raise Http404
    name = bare.file_of(take, kind)
    if name is None or not default_storage.exists(name):
        raise Http404
    return Path(default_storage.path(name)), _name_for_guests(take)


def _name_for_guests(take) -> str:
    """FIRSTLIGHT_010.mp4: how many takes there were is the team's."""
    stem, _, suffix = take.file_name.rpartition(".")
    return f"{stem.rpartition('_')[0]}.{suffix}"


def _picture(request, token, code) -> tuple[Path, str]:
    found = links.picture(_admitted(request, token), code)
    if found is None or not default_storage.exists(found.preview):
        raise Http404
    return Path(default_storage.path(found.preview)), found.sha256[:12]


# --- inside -------------------------------------------------------------------------------


def _take(link, code):
    takes = links.takes(link)
    found = next((each for each in takes if each.code == code), None)
    if found is None:
        raise Http404
    return found, takes


def _voice(guest):
    return Voice(guest=guest.code, guest_name=guest.name, link=guest.link.code)


def _around(link, guest, token):
    """What every page of a guest shows."""
    name = guest.name if guest else "a guest"
    return {
        "link": link,
        "guest": guest,
        "guest_name": name,
        "token": token,
        "film": link.project.name,
        "aspect": link.project.aspect,
        "watermark": name if link.watch_only else "",
    }


def _stage(link, guest, token, take, takes):
    place = takes.index(take)
    notes = _notes(link, take)
    return _around(link, guest, token) | {
        "take": take,
        "shot_code": take.shot.code,
        "credentials": credentials.for_guests(take),
        "title": take.shot.title,
        "reels": [links.reel(take, token)],
        "row": [(each, links.reel(each, token)) for each in takes],
        "before": takes[place - 1] if place else None,
        "after": takes[place + 1] if place + 1 < len(takes) else None,
        "notes": notes,
        "seen": _seen(notes),
        "said": _verdicts(link, take),
        "reasons": reasons.REASONS,
    }


def _notes(link, take):
    """What guests of this link said, with what the team answered; nothing the team says among itself."""
    return Note.objects.threads().filter(render=take, link=link.code)


def _seen(notes):
    """A number that changes with these notes: their revisions count replies and edits too."""
    return "-".join(f"{note.pk}.{note.revision}" for note in notes) or "none"


def _verdicts(link, take):
    return [each for each in deciding.latest(take) if each.link == link.code]


def _notes_too_often(request, guest, drawn):
    """Counted by guest and by where they come from: a name at the door is quickly made up."""
    points = points_of(drawn)
    mine = rate_limits.noted_too_often(f"guest {guest.pk}", points)
    return rate_limits.noted_too_often(f"from {client_addresses.household(request)}", points) or mine


def _judges_too_often(request, guest):
    mine = rate_limits.judged_too_often(f"guest {guest.pk}")
    return rate_limits.judged_too_often(f"from {client_addresses.household(request)}") or mine


def _refused(request, link, guest, token, take, takes, form, *, status=422):
    if request.headers.get("X-Rushes") == "script":
        return JsonResponse({"errors": form.sentences}, status=status)
    context = _stage(link, guest, token, take, takes) | {"form": form}
    return TemplateResponse(request, "review/sharing/take.html", context, status=status)


def leave(request, token):
    """Forget on this browser who the guest is."""
    link = _link(request, token)
    if request.method == "POST":
        kept = {
            key: value for key, value in request.session.get("guests", {}).items() if key != str(link.code)
        }
        request.session["guests"] = kept
    return redirect("sharing:enter", token) if request.method == "POST" else HttpResponse(status=405)
