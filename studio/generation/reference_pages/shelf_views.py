"""The shelf of a project: its named pictures, where each is used, and what people do with them."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from studio.core import paging, rate_limits
from studio.generation.reference_pages import cards, made_with
from studio.generation.reference_pages.forms import NewForm, ReferenceForm
from studio.generation.renders.models import Render
from studio.generation.reuse import continue_from_frame, first_frame
from studio.integrations.media import pictures
from studio.layout.page_context import page_context
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.actions import keep_picture
from studio.planning.projects.models import Picture
from studio.planning.projects.rights import Right
from studio.planning.references import actions, names, uses
from studio.planning.references.models import NAME, Reference
from studio.planning.references.shelf import mentioned

PAGE = 60  # takes at once of those made with a reference
OFFERED = 24  # pictures to choose from, the newest


def _reference(seat, name):
    found = Reference.objects.filter(project=seat.project).select_related("picture")
    reference = get_object_or_404(found, name=name)
    reference.project = seat.project
    return reference


# --- looking ------------------------------------------------------------------------------


@login_required
@require_GET
def shelf_page(request, slug):
    """Characters, places and styles, with where each is used."""
    seat = membership_or_404(request.user, slug)
    return TemplateResponse(request, "generation/reference_pages/shelf.html", _shelf(request, seat))


def _shelf(request, seat):
    context = page_context(seat)
    groups = cards.grouped(seat.project)
    context |= {"groups": groups, "empty": not any(group.cards for group in groups), "may_edit": seat.makes}
    if seat.makes:
        context["renamed"] = _renamed(seat.project, request.GET.get("was", ""), request.GET.get("now", ""))
    return context


@dataclass(frozen=True)
class Renamed:
    """A reference that has another name now, and who still says the old one."""

    was: str
    now: str
    shots: list
    look: bool


def _renamed(project, was, now):
    """Prompts that name what was just renamed; None where there are none, or nothing was."""
    if not (NAME.fullmatch(was) and NAME.fullmatch(now)):
        return None
    there = set(Reference.objects.filter(project=project, name__in=[was, now]).values_list("name", flat=True))
    if there != {now}:
        return None
    renamed = Renamed(was, now, uses.naming(project, was), was in mentioned(project.look))
    return renamed if renamed.shots or renamed.look else None


@login_required
@require_GET
def used(request, slug, name):
    """Where a reference is used: its shots, and the takes made with it, the newest first."""
    seat = membership_or_404(request.user, slug)
    reference = _reference(seat, name)
    context = page_context(seat)
    found = made_with.takes(seat.project, reference.picture).select_related("shot").order_by("-pk")
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    takes, more = paging.page(found, PAGE)
    for take in takes:
        take.project = take.shot.project = seat.project
    context |= {
        "reference": reference,
        "uses": uses.by_shots(seat.project, [reference]).get(reference.pk, []),
        "takes": takes,
        "next": takes[-1].pk if more else "",
    }
    return TemplateResponse(request, "generation/reference_pages/used.html", context)


# --- adding -------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request, slug):
    """Put something on the shelf: a picture of the project, a still, or a file."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    source = _source(request.GET if request.method == "GET" else request.POST, seat.project)
    form = NewForm(request.POST, request.FILES) if request.method == "POST" else None
    if form is not None and not (source.picture or source.take):
        source = Source(picture=_uploaded(request, seat, form))  # it stays, should its name be refused
    if form is not None and _added(request, seat, form, source):
        to = source.take.get_absolute_url() if source.take else reverse("pictures:shelf", args=[slug])
        return _answer(request, to)
    context = page_context(seat) | {"form": form, "source": source, "kinds": Reference.Kind.choices}
    if form is None:
        taken = set(Reference.objects.filter(project=seat.project).values_list("name", flat=True))
        context["suggested"] = names.suggested(source.words, taken, otherwise="reference")
    if not (source.picture or source.take):
        free = seat.project.pictures.kept().filter(references=None)
        context["offered"] = free.order_by("-pk")[:OFFERED]
    template = (
        "generation/reference_pages/_new.html" if request.htmx else "generation/reference_pages/new.html"
    )
    return TemplateResponse(request, template, context, status=422 if form else 200)


@dataclass(frozen=True)
class Source:
    """What is to be put on the shelf; neither where it is still to be chosen."""

    picture: Picture | None = None
    take: Render | None = None  # a still

    @property
    def words(self):
        """What a name could be made of."""
        if self.take:
            return self.take.shot.title
        return self.picture.name.rpartition(".")[0] or self.picture.name if self.picture else ""


def _source(sent: QueryDict, project):
    """What the request names, of this project.

    Raises:
        Http404: it is not there, or cannot be looked at.
    """
    try:
        picture, take = (UUID(str(sent[key])) if sent.get(key) else None for key in ("picture", "take"))
    except ValueError:
        raise Http404 from None
    if picture:
        return Source(picture=get_object_or_404(project.pictures.kept(), code=picture))
    if take:
        stills = Render.objects.watchable().filter(project=project, kind="still", shot__trashed_at=None)
        found = get_object_or_404(stills.select_related("shot"), code=take)
        found.project = found.shot.project = project
        return Source(take=found)
    return Source()


def _added(request, seat, form, source):
    """Put it there; False where something stands in the way, with a sentence beside its field."""
    if not form.is_valid():
        return False
    if source.take and rate_limits.uploaded_too_often(request.user):
        form.add_error("name", rate_limits.TOO_MANY_PICTURES)
        return False
    try:
        picture = source.picture or continue_from_frame.picture_of(source.take, 0, by=request.user)
        wanted = {name: form.cleaned_data[name] for name in ("name", "kind", "in_look")}
        reference = actions.add(seat.project, picture, by=request.user, **wanted)
    except (actions.NotPossible, continue_from_frame.Gone) as exc:
        form.add_error("name", str(exc))
        return False
    messages.success(request, f"{reference} is on the shelf.")
    return True


def _uploaded(request, seat, form):
    """The picture that was sent along. None where there is none, with a sentence why."""
    upload = request.FILES.get("upload")
    if upload is None:
        form.add_error("upload", "Choose a picture.")
    elif rate_limits.uploaded_too_often(request.user):
        form.add_error("upload", rate_limits.TOO_MANY_PICTURES)
    else:
        try:
            read = pictures.read(upload)
            return keep_picture(seat.project, read, by=request.user, name=upload.name)
        except pictures.Unreadable as exc:
            form.add_error("upload", str(exc))
    return None


def _answer(request, to):
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)


# --- changing -----------------------------------------------------------------------------


@login_required
@require_POST
def change(request, slug, name):
    """Rename a reference, make it of another kind, put it in the look or out of it."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    reference = _reference(seat, name)
    form = ReferenceForm(request.POST)
    if form.is_valid():
        try:
            actions.change(reference, by=request.user, **form.cleaned_data)
            if request.htmx and reference.name == name:
                return trigger_client_event(_card(request, seat, reference), "live:now")
            return _answer(request, _back(slug, reference, was=name))
        except actions.NotPossible as exc:
            form.add_error("name", str(exc))
    if request.htmx:
        return _card(request, seat, reference, form=form, status=422)
    context = _shelf(request, seat) | {"form": form, "of": reference.pk}
    return TemplateResponse(request, "generation/reference_pages/shelf.html", context, status=422)


def _card(request, seat, reference, *, form=None, status=200):
    (card,) = cards.of(seat.project, [reference])
    context = {"project": seat.project, "card": card, "may_edit": True, "form": form}
    return TemplateResponse(request, "generation/reference_pages/_reference.html", context, status=status)


def _back(slug, reference, *, was):
    """The shelf at this reference; after a new name it says who names the old one."""
    address = reverse("pictures:shelf", args=[slug])
    if reference.name == was:
        return f"{address}#reference-{reference.pk}"
    return f"{address}?was={was}&now={reference.name}"


@login_required
@require_POST
def reword(request, slug, name):
    """Write the reference's name where prompts still say the one it had."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    reference = _reference(seat, name)
    was = request.POST.get("was", "")
    if _renamed(seat.project, was, name):  # else it is another reference's name by now, or nobody says it
        done = actions.reword(seat.project, was, name, by=request.user)
        messages.success(request, f"{reference} stands in {done} prompt{'' if done == 1 else 's'} now.")
    return _answer(request, reverse("pictures:shelf", args=[slug]))


@login_required
@require_POST
def turn(request, slug, name):
    """Turn the picture of a reference a quarter to the right; takes that are ordered keep it as it was."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    reference = _reference(seat, name)
    if rate_limits.uploaded_too_often(request.user):
        messages.error(request, rate_limits.TOO_MANY_PICTURES)
    elif str(reference.picture.code) != request.POST.get("picture"):
        messages.info(request, f"{reference} has another picture by now.")
    else:
        try:
            actions.change(
                reference, by=request.user, picture=first_frame.turned(reference.picture, by=request.user)
            )
        except pictures.Unreadable as exc:
            messages.error(request, str(exc))
    return _answer(request, reverse("pictures:shelf", args=[slug]))


@login_required
@require_POST
def remove(request, slug, name):
    """Take a reference off the shelf; its picture stays with the project."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    reference = _reference(seat, name)
    actions.remove(reference, by=request.user)
    messages.success(request, f"{reference} is off the shelf. Its picture is still there.")
    return _answer(request, reverse("pictures:shelf", args=[slug]))
