"""The list of projects, a new one, and a project's settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from studio.projects import actions
from studio.projects.access import seat_or_404
from studio.projects.forms import NewProjectForm, ProjectForm
from studio.projects.models import Project


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
        return redirect("projects:settings", slug=slug)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "seat": seat, "project": seat.project, "audience": seat.audience}
    return TemplateResponse(
        request, "projects/settings.html", context | {"since": seat.project.last_event}, status=status
    )
