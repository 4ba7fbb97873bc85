"""Pages about whole projects. They show covers, progress and money around them, so they live here."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from studio.core import paging
from studio.core.versions import Basis, Overtaken
from studio.generation.renders import shot_status, waiting
from studio.generation.renders.models import Render
from studio.generation.trash import trash
from studio.integrations import providers
from studio.layout import overtaken
from studio.layout.page_context import page_context
from studio.planning.ledger.models import Balance
from studio.planning.projects import access, actions
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.forms import NewProjectForm, ProjectForm
from studio.planning.projects.models import Membership, Project
from studio.planning.projects.rights import ROLES, Right, Role

PAGE = 24
BAR = ("approved", "retake", "review", "rendering")


@dataclass
class Tile:
    """A project as the list shows it."""

    project: Project
    role: str = Role.PRODUCER  # of whoever looks; the studio's owner is one everywhere
    cover: Render | None = None
    counts: dict = field(default_factory=dict)
    balance: Balance | None = None
    people: list = field(default_factory=list)

    @property
    def sees_money(self):
        return self.role in ROLES[Right.MONEY]

    @property
    def role_label(self):
        return Role(self.role).label

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
    """The projects open to this person, newest first, 24 a page; archived ones on a page of their own."""
    archived = request.GET.get("show") == "archived"
    projects = access.projects_of(request.user).filter(archived_at__isnull=not archived).order_by("-pk")
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        projects = projects.filter(pk__lt=before)
    found, more = paging.page(projects, PAGE)
    context = {
        "tiles": _tiles(request.user, found),
        "next": found[-1].pk if more else "",
        "archived": archived,
        "may_begin": access.may_begin(request.user),
        "any_archived": access.projects_of(request.user).filter(archived_at__isnull=False).exists(),
        "any_trashed": access.thrown_away(request.user).exists(),
    }
    return TemplateResponse(request, "oversight/dashboard/list.html", context)


@login_required
@require_GET
def projects_trash(request):
    """Projects thrown away in the last thirty days, for those who may take them back."""
    gone = access.thrown_away(request.user).select_related("trashed_by").order_by("-trashed_at")
    return TemplateResponse(request, "oversight/dashboard/trash.html", {"projects": gone[:100]})


def _tiles(user, projects):
    """Six queries for any number of projects."""
    tiles = {project.pk: Tile(project) for project in projects}
    for render in _covers(tiles):
        tiles[render.project_id].cover = render
    for pk, counts in shot_status.counts_of(list(tiles)).items():
        tiles[pk].counts = counts
    for balance in Balance.objects.filter(project_id__in=tiles, sandbox=providers.sandboxed()):
        tiles[balance.project_id].balance = balance
    members = Membership.objects.filter(project_id__in=tiles).select_related("user").order_by("pk")
    for seat in members:
        tiles[seat.project_id].people.append(seat.user)
        if seat.user_id == user.pk:
            tiles[seat.project_id].role = seat.role
    return list(tiles.values())


def _covers(project_ids):
    """One take a project: a circled one, else the newest that is ready."""
    ready = Render.objects.kept().filter(
        project_id=OuterRef("pk"), shot__trashed_at=None, state="ready", flagged=False
    )
    best = ready.order_by("-circled", "-pk").values("pk")[:1]
    projects = Project.objects.filter(pk__in=project_ids)
    chosen = projects.annotate(cover=Subquery(best)).values_list("cover", flat=True)
    return Render.objects.filter(pk__in=set(chosen.order_by())).select_related("shot", "project")


@login_required
def new_project(request):
    """Name a project and begin."""
    if not access.may_begin(request.user):
        raise access.refusal(request.user, "begin a project")
    form = NewProjectForm(request.POST or None, by_owner=request.user.is_superuser)
    if request.method == "POST" and form.is_valid():
        begun = access.begun_by(request.user)
        return redirect(actions.create_project(by=request.user, **begun, **form.cleaned_data))
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "oversight/dashboard/new.html", {"form": form}, status=status)


@login_required
def project_settings(request, slug):
    """Name, budget and the defaults of new shots; producers only."""
    seat = membership_or_404(request.user, slug, Right.PRODUCE)
    project = Project.objects.get(pk=seat.project_id)
    form = ProjectForm(request.POST or None, instance=project)
    context = page_context(seat) | {"form": form, "version": project.version}
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            basis = Basis.of(request.POST)
            actions.change_project(project, by=request.user, basis=basis, **form.cleaned_data)
        except Overtaken as exc:
            labels = {field.name: f"“{field.label}”" for field in form}
            told = overtaken.choices(exc, reader=request.user, labels=labels)
            context |= {"overtaken": told, "version": exc.version}
            status = 409
        else:
            if "budget" in form.changed_data:
                waiting.budget_moved(project, by=request.user)
            messages.success(request, "Saved.")
            return redirect("dashboard:settings", slug=slug)
    return TemplateResponse(request, "oversight/dashboard/settings.html", context, status=status)


@login_required
@require_GET
def project_words(request, slug):
    """The settings of a project as they are, with who changed them last: what an open page takes over."""
    seat = membership_or_404(request.user, slug)
    names = [name for name in [*ProjectForm.base_fields, "look"] if seat.sees_money or name != "budget"]
    return overtaken.words(seat.project, names, reader=request.user)


@login_required
@require_POST
def archive_project(request, slug):
    """Put a finished project away: it can be seen, and nothing on it can be changed."""
    seat = membership_or_404(request.user, slug, Right.PRODUCE)
    try:
        trash.archive_project(seat.project, by=request.user)
    except trash.Busy as exc:
        messages.error(request, str(exc))
        return redirect("dashboard:settings", slug=slug)
    messages.success(
        request, f"{seat.project} is archived.", extra_tags=reverse("dashboard:reopen_project", args=[slug])
    )
    return redirect("dashboard:projects")


@login_required
@require_POST
def reopen_project(request, slug):
    """Work on an archived project again."""
    seat = membership_or_404(request.user, slug, Right.PRODUCE)
    actions.reopen_project(seat.project, by=request.user)
    messages.success(request, f"{seat.project} is open again.")
    to = seat.project.get_absolute_url()
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)
