"""What surrounds a prompt: its history, the words to write with, and the project's look."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from studio.core import paging
from studio.core.versions import Basis, Overtaken
from studio.integrations import catalogue
from studio.layout import overtaken
from studio.layout.page_context import page_context
from studio.planning.projects import actions
from studio.planning.projects.access import membership_or_404, shot_or_404
from studio.planning.projects.forms import LookForm
from studio.planning.projects.rights import Right
from studio.planning.prompts import history, vocabulary
from studio.planning.prompts.models import PromptVersion
from studio.planning.references.shelf import Shelf

PAGE = 50  # versions
_LONGEST_SEARCH = 200  # characters


# --- history ------------------------------------------------------------------------------


def _page(request, found):
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    versions, more = paging.page(found, PAGE)
    return {"versions": versions, "next": versions[-1].pk if more else ""}


@login_required
@require_GET
def search_page(request, slug):
    """All that was ever written for shots of the project, the newest first, or what holds some words."""
    seat = membership_or_404(request.user, slug)
    words = request.GET.get("q", "").replace("\x00", "")[:_LONGEST_SEARCH].strip()
    context = page_context(seat) | _page(request, history.search(seat.project, words))
    for version in context["versions"]:
        version.shot.project = seat.project
    context |= {"q": words, "query": urlencode({"q": words}) if words else ""}
    return TemplateResponse(request, "generation/composer/prompts/search.html", context)


@login_required
@require_GET
def of_shot(request, slug, code):
    """The versions of one shot's prompt; for scripts the list alone."""
    seat = membership_or_404(request.user, slug)
    shot = shot_or_404(seat, code)
    context = {"seat": seat, "project": seat.project, "shot": shot, **_page(request, history.of_shot(shot))}
    if request.htmx:
        return TemplateResponse(request, "generation/composer/prompts/_versions.html", context)
    return TemplateResponse(request, "generation/composer/prompts/shot.html", page_context(seat) | context)


@login_required
@require_POST
def use(request, slug, code, pk):
    """Put a version back as the shot's prompt."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    shot = shot_or_404(seat, code)
    version = get_object_or_404(PromptVersion, shot=shot, pk=pk)
    actions.change_shot(shot, by=request.user, prompt=version.text)
    messages.success(request, "That is the prompt now. What stood before is in its history.")
    return redirect(f"{shot.get_absolute_url()}#id_prompt")


# --- vocabulary ---------------------------------------------------------------------------


@login_required
@require_GET
def vocabulary_page(request, slug):
    """The words the project offers, group by group, to be edited."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    return _vocabulary(request, seat)


def _vocabulary(request, seat, *, typed=None, problems=None, theirs="", status=200):
    """Args: typed, problems: by key of the group that was refused; theirs: key of one somebody changed meanwhile."""
    typed, problems = typed or {}, problems or {}
    shown = [
        (group, typed.get(group.key, group.text), problems.get(group.key, {}))
        for group in vocabulary.groups(seat.project)
    ]
    context = page_context(seat) | {"groups": shown, "most": vocabulary.MOST, "theirs": theirs}
    return TemplateResponse(request, "generation/composer/prompts/vocabulary.html", context, status=status)


@login_required
@require_POST
def change_words(request, slug, group):
    """Keep what was written for a group, or go back to ours."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    ours = vocabulary.group_named(group)
    if ours is None:
        raise Http404
    text, was = request.POST.get("terms", "").replace("\x00", ""), request.POST.get("was")
    try:
        if request.POST.get("do") == "ours":
            vocabulary.back_to_ours(seat.project, group, by=request.user, was=was)
            messages.success(request, f"{ours.label}: these are our words again.")
        else:
            terms = vocabulary.read(text)
            vocabulary.change(seat.project, group, terms, by=request.user, was=was)
            messages.success(request, f"{ours.label}: {len(terms)} kept.")
    except vocabulary.Problems as exc:
        return _vocabulary(request, seat, typed={group: text}, problems={group: exc.lines}, status=422)
    except vocabulary.Overtaken:
        return _vocabulary(request, seat, typed={group: text}, theirs=group, status=409)
    return redirect("prompts:vocabulary", slug=slug)


# --- look ---------------------------------------------------------------------------------


@login_required
def look_page(request, slug):
    """The sentence behind every prompt, beside the pictures of the look and the defaults of new shots."""
    seat = membership_or_404(request.user, slug, Right.PRODUCE)
    project = seat.project
    form = LookForm(request.POST or None, initial={"look": project.look})
    context = page_context(seat) | {"form": form, "version": project.version, "shelf_url": _shelf(project)}
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            basis = Basis.of(request.POST)
            actions.change_project(project, by=request.user, basis=basis, look=form.cleaned_data["look"])
        except Overtaken as exc:
            context |= {"overtaken": overtaken.choices(exc, reader=request.user), "version": exc.version}
            status = 409
        else:
            messages.success(request, "Saved. New takes are made with it; those there are keep their own.")
            return redirect("prompts:look", slug=slug)
    context["pictures"] = [reference for reference in Shelf(project).all if reference.in_look]
    context["model"] = catalogue.named(project.model)
    return TemplateResponse(request, "generation/composer/prompts/look.html", context, status=status)


def _shelf(project):
    """Where the pictures with names are kept; "" where this studio has no such page."""
    path = f"{project.get_absolute_url()}shelf"
    try:
        resolve(path)
    except Resolver404:
        return ""
    return path
