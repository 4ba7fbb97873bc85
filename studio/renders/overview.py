"""Pages about whole projects. They show covers, progress and money around them, so they live here."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Subquery
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from studio import providers
from studio.costs.models import Balance
from studio.projects import actions
from studio.projects.access import seat_or_404
from studio.projects.forms import NewProjectForm, ProjectForm
from studio.projects.models import Membership, Project, Shot
from studio.renders import board, shell
from studio.renders.models import Render

PAGE = 24
BAR = ("review", "rendering")  # approved and retake come with verdicts


@dataclass
class Tile:
    """A project as the list shows it."""

    seat: Membership
    cover: Render | None = None
    counts: dict = field(default_factory=dict)
    balance: Balance | None = None
    people: list = field(default_factory=list)

    @property
    def project(self):
        return self.seat.project

    @property
    def shots(self):
        return sum(self.counts.values())

    @property
    def bar(self):
        """Parts of the progress bar of width 100: status, start, width."""
        parts, start = [], 0.0
        for status in BAR:
            width = 100 * self.counts.get(status, 0) / self.shots if self.shots else 0
            if width:
                parts.append((status, round(start, 2), round(width, 2)))
            start += width
        return parts


@login_required
@require_GET
def projects_page(request):
    """The projects this person is on, newest first, 24 a page."""
    seats = Membership.objects.filter(user=request.user).select_related("project").order_by("-project_id")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 18:
        seats = seats.filter(project_id__lt=int(before))
    found = list(seats[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    context = {"tiles": _tiles(found), "next": found[-1].project_id if more else ""}
    return TemplateResponse(request, "projects/list.html", context)


def _tiles(seats):
    """Six queries for any number of projects."""
    tiles = {seat.project_id: Tile(seat) for seat in seats}
    for render in _covers(tiles):
        tiles[render.project_id].cover = render
    statuses = board.with_status(Shot.objects.filter(project_id__in=tiles)).values("project_id", "status")
    for row in statuses.annotate(number=Count("pk")).order_by():
        tiles[row["project_id"]].counts[row["status"]] = row["number"]
    for balance in Balance.objects.filter(project_id__in=tiles, sandbox=providers.sandboxed()):
        tiles[balance.project_id].balance = balance
    members = Membership.objects.filter(project_id__in=tiles).select_related("user").order_by("pk")
    for seat in members:
        tiles[seat.project_id].people.append(seat.user)
    return list(tiles.values())


def _covers(project_ids):
    """One take a project: a circled one, else the newest that is ready."""
    ready = Render.objects.filter(project_id=OuterRef("project_id"), state="ready", flagged=False)
    best = ready.order_by("-circled", "-pk").values("pk")[:1]
    chosen = (
        Membership.objects.filter(project_id__in=project_ids)
        .annotate(cover=Subquery(best))
        .values_list("cover", flat=True)
    )
    return Render.objects.filter(pk__in=set(chosen.order_by())).select_related("shot", "project")


@login_required
def new_project(request):
    """Name a project and begin."""
    form = NewProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(actions.create_project(by=request.user, **form.cleaned_data))
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "projects/new.html", {"form": form}, status=status)


@login_required
def project_settings(request, slug):
    """Name, budget and the defaults of new shots; producers only."""
    seat = seat_or_404(request.user, slug, produces=True)
    project = Project.objects.get(pk=seat.project_id)
    form = ProjectForm(request.POST or None, instance=project)
    if request.method == "POST" and form.is_valid():
        actions.change_project(project, by=request.user, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("renders:settings", slug=slug)
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(
        request, "projects/settings.html", shell.around(seat) | {"form": form}, status=status
    )
