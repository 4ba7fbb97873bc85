"""Django's admin for the studio's owner: to look things up, and to mend an account. It shows nothing secret."""

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from studio.generation.renders.models import ProviderHold, Render
from studio.oversight.provider_check.models import Callback, Job
from studio.oversight.reconciliation.models import Comparison, Difference
from studio.people.accounts import audit
from studio.people.accounts.models import StudioEvent, User
from studio.people.notifications.models import Mail, Notice
from studio.planning.ledger.models import Balance, Budget, DaySpend, LedgerEntry, Purse, ShotGone, ShotSpend
from studio.planning.projects import access
from studio.planning.projects.models import Invitation, Membership, Picture, Project, Shot
from studio.runtime.live.models import Event


class StudioSite(admin.AdminSite):
    site_header = site_title = "Rushes"
    index_title = "What is in the database"

    def has_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    def login(self, request, extra_context=None):
        """There is one way to sign in; whoever is signed in and no owner finds nothing here."""
        to = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
            to = reverse("admin:index")
        if self.has_permission(request):  # the owner, who has just signed in
            return redirect(to)
        if request.user.is_authenticated:
            raise access.refusal(request.user, "the database")
        return redirect_to_login(to)


site = StudioSite(name="admin")


class Looked(admin.ModelAdmin):
    """Only to be looked at: what changes here would pass by locks, ledger and events."""

    hidden: tuple[str, ...] = ()
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return [field.name for field in self.model._meta.fields if field.name not in self.hidden]


class UserAdmin(admin.ModelAdmin):
    """Names, and whether an account is open. Passwords are set by their owners."""

    list_display = ["email", "name", "is_active", "is_superuser", "last_login"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_superuser", "last_login", "created_at"]
    readonly_fields = ["last_login", "created_at"]
    list_per_page = 50

    def has_add_permission(self, request):
        return False  # people come by invitation

    def has_delete_permission(self, request, obj=None):
        return False  # what they made stays; an account is closed

    def save_model(self, request, obj, form, change):
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=obj.pk)
        if not (obj.is_superuser and obj.is_active) and not others.exists():
            messages.error(request, "The studio needs an owner: that was not changed.")
            obj.is_superuser = obj.is_active = True
        obj.is_staff = obj.is_superuser
        super().save_model(request, obj, form, change)
        if "is_active" in form.changed_data:
            kind = audit.Kind.OPENED if obj.is_active else audit.Kind.CLOSED
            audit.record(kind, request=request, user=request.user, detail=obj.email)


def look(model, shown, *, search=(), filters=(), hidden=()):
    """Register a model to be looked at."""
    options = {
        "list_display": shown,
        "search_fields": search,
        "list_filter": filters,
        "hidden": hidden,
        "list_select_related": True,
    }
    site.register(model, type(f"{model.__name__}Admin", (Looked,), options))


site.register(User, UserAdmin)
look(Project, ["name", "slug", "budget", "archived_at", "trashed_at"], search=["name", "slug"])
look(Membership, ["user", "project", "role"], search=["user__email", "project__name"], filters=["role"])
look(Invitation, ["project", "role", "email", "standing", "invited_by", "expires_at"], hidden=("code",))
look(Shot, ["code", "title", "project", "trashed_at"], search=["code", "title", "project__name"])
look(Picture, ["name", "project", "source", "created_at"], search=["name", "project__name"])
look(
    Render,
    ["code", "shot", "number", "state", "cost", "failure_code", "created_at"],
    search=["code"],
    filters=["state", "sandbox"],
    hidden=("result_url",),  # the provider's addresses open without asking who is there
)
look(ProviderHold, ["provider", "code", "since", "until"])
look(
    LedgerEntry,
    ["at", "project", "kind", "amount", "what"],
    search=["what", "render_code"],
    filters=["kind", "sandbox"],
)
look(Balance, ["project", "sandbox", "spent", "held"])
look(DaySpend, ["project", "sandbox", "day", "model", "person", "spent", "held"])
look(ShotSpend, ["project", "sandbox", "shot_ref", "day", "model", "person", "spent", "held"])
look(ShotGone, ["code", "title", "scene", "project"])
look(Budget, ["project", "scope", "scene", "person", "amount"])
look(Purse, ["provider", "sandbox", "balance", "asked_at", "low_since"])
look(Comparison, ["at", "sandbox", "ours", "theirs", "asked", "problem"])
look(Difference, ["what", "kind", "project", "ours", "theirs", "settled_at", "reason"])
look(
    Job,
    ["created_at", "what", "state", "cost", "failure_code"],
    search=["code"],
    filters=["state", "sandbox"],
)
look(
    Callback, ["at", "code", "answered"], search=["code"], hidden=("body",)
)  # it holds the provider's addresses
look(Event, ["project", "seq", "kind", "by", "at"], search=["kind", "subject"])
look(StudioEvent, ["at", "kind", "user", "email", "address"], search=["email"], filters=["kind"])
look(
    Notice, ["user", "kind", "text", "at", "read_at"], filters=["kind"], hidden=("path",)
)  # an invitation's opens
look(
    Mail, ["to", "subject", "created_at", "sent_at", "attempts"], search=["to"], hidden=("body",)
)  # it holds links
