"""A folder of boards: each becomes the first frame of the shot its name tells, or makes that shot."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from studio.core import rate_limits
from studio.generation.shotlist import boards
from studio.integrations.media import pictures
from studio.layout.page_context import page_context
from studio.planning.projects import actions, codes, shot_order
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.rights import Right

MOST = 1000  # files in one folder


@login_required
def boards_page(request, slug):
    """Choose a folder. Without scripts the files come at once, and the answer says what became of each."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    if request.method != "POST":
        return TemplateResponse(request, "generation/shotlist/boards.html", page_context(seat))
    files = [file for file in request.FILES.getlist("boards") if not boards.is_hidden(file.name)]
    problem = too_many(files) or ("" if files else "Choose a folder, or some pictures.")
    if problem:
        context = page_context(seat) | {"error": problem}
        return TemplateResponse(request, "generation/shotlist/boards.html", context, status=422)
    by_name = {file.name: file for file in files}
    done = [
        (found, _place(request, seat.project, by_name[found.name], found))
        for found in _matches(seat, by_name)
    ]
    placed = sum(not problem for _, problem in done)
    messages.success(request, f"{placed} of {len(done)} boards placed.")
    if placed == len(done):
        return redirect("listing:list", slug=slug)
    context = page_context(seat) | {"done": done}
    return TemplateResponse(request, "generation/shotlist/boards.html", context, status=422)


def too_many(files):
    """Why these are not placed, none of them; "" where they may be."""
    if len(files) <= MOST:
        return ""
    return f"{len(files):,} pictures are more than the {MOST:,} that go at once. Choose a part of the folder."


def _matches(seat, names):
    known = list(seat.project.shots.kept().values_list("code", flat=True))
    return boards.match(list(names), known)


def _place(request, project, file, found):
    """Place one board; returns what is wrong with it, or ""."""
    if found.problem:
        return found.problem
    if rate_limits.uploaded_too_often(request.user):
        return rate_limits.TOO_MANY_PICTURES
    try:
        read = pictures.read(file)
    except pictures.Unreadable as exc:
        return str(exc)
    picture = actions.keep_picture(project, read, by=request.user, name=file.name)
    shot_order.place_board(project, picture, code=found.code, by=request.user)
    return ""


@login_required
@require_POST
def match(request, slug):
    """Which shot each name would go to: a preview, before anything is sent."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    names = [name for name in request.POST.getlist("name") if not boards.is_hidden(name)]
    problem = too_many(names)
    if problem:
        return JsonResponse({"problem": problem}, status=422)
    matches = _matches(seat, names)
    context = {
        "project": seat.project,
        "matches": matches,
        "placing": sum(not found.problem for found in matches),
        "new": sum(found.is_new and not found.problem for found in matches),
        "problems": sum(bool(found.problem) for found in matches),
    }
    return TemplateResponse(request, "generation/shotlist/_boards_preview.html", context)


@login_required
@require_POST
def place(request, slug):
    """Place one board of the preview."""
    seat = membership_or_404(request.user, slug, Right.MAKE)
    file, code = request.FILES.get("board"), request.POST.get("code", "")
    problem = codes.problem(code) if code else "No shot was chosen."
    if not file:
        problem = "No picture came along."
    if not problem:
        problem = _place(request, seat.project, file, boards.Match(file.name, code, False, ""))
    too_often = problem == rate_limits.TOO_MANY_PICTURES  # the page waits and sends it again
    return JsonResponse({"problem": problem}, status=429 if too_often else 422 if problem else 200)
