"""A person's own notices: the list, the bell, the switches."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from studio.core import paging
from studio.people.notifications import actions
from studio.people.notifications.forms import SwitchesForm
from studio.people.notifications.models import Notice, Switches

PAGE = 50
NEWS = 5  # notices the browser may show one by one; more are told as a number


@login_required
@require_GET
def notices_page(request):
    """Your notices, the newest first."""
    found = Notice.objects.filter(user=request.user).order_by("-pk")
    before = paging.number(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows, more = paging.page(found, PAGE)
    context = {"notices": rows, "next": rows[-1].pk if more else ""}
    return TemplateResponse(request, "people/notifications/list.html", context)


@login_required
@require_POST
def read(request):
    """You have seen your notices up to this one."""
    upto = paging.number(request.POST.get("upto", ""))
    if upto is not None:
        actions.read(request.user, upto)
    return redirect("notices:list")


@login_required
@require_GET
def news(request):
    """What the bell asks: how many are unread, and what came after the last one it knows."""
    after = paging.number(request.GET.get("after", ""))
    unread = Notice.objects.filter(user=request.user, read_at=None)
    fresh = list(unread.filter(pk__gt=after or 0).order_by("-pk")[:NEWS]) if after is not None else []
    last = unread.order_by("-pk").values_list("pk", flat=True).first()
    wanted = Switches.objects.filter(user=request.user).values_list("in_browser", flat=True).first()
    return JsonResponse(
        {
            "unread": unread.count(),
            "last": last or after or 0,
            "show": wanted is not False,
            "fresh": [{"text": n.text, "project": n.project, "path": n.path} for n in reversed(fresh)],
        }
    )


@login_required
def switches(request):
    """Which notices you get, and where."""
    mine, _ = Switches.objects.get_or_create(user=request.user)
    form = SwitchesForm(request.POST if request.method == "POST" else None, instance=mine)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("notices:switches")
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "people/notifications/switches.html", {"form": form}, status=status)
