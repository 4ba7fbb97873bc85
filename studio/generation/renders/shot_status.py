"""The status of a shot: derived from its takes and the verdict on the one that stands for it, never stored."""

from django.db.models import Case, CharField, Exists, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from studio.core import sql
from studio.generation.renders.models import Render
from studio.integrations import catalogue

STATUSES = ("draft", "rendering", "review", "retake", "approved")
LABELS = {"draft": "Not rendered", "review": "For review", "retake": "Retake", "approved": "Approved"}
# By the verdict on the take that stands for the shot; a rejected one leaves it in want of another.
OF_VERDICT = {"": "review", "approved": "approved", "retake": "retake", "rejected": "retake"}


def of_verdict(verdict):
    """The status of a shot with nothing on its way, by the verdict on the take that stands for it."""
    return OF_VERDICT.get(verdict, "review")


def with_status(shots):
    """Annotate the derived status; never stored (design 1)."""
    takes = Render.objects.kept().filter(shot=OuterRef("pk"))
    ready = takes.filter(state="ready").values("verdict")
    stands = Coalesce(
        Subquery(takes.filter(circled=True).values("verdict")[:1]),
        Subquery(ready.filter(kind=catalogue.Kind.VIDEO).order_by("-pk")[:1]),
        Subquery(ready.order_by("-pk")[:1]),
    )
    return shots.annotate(stands=stands).annotate(
        status=Case(
            When(Exists(takes.filter(state__in=Render.MOVING)), then=Value("rendering")),
            *(When(stands=verdict, then=Value(status)) for verdict, status in OF_VERDICT.items()),
            default=Value("draft"),
            output_field=CharField(),
        )
    )


# The verdict on the take that stands for a shot: the circled one, else the newest clip, else the newest
# still; NULL where there is none.
_READY = (
    "(SELECT verdict FROM renders_render AS stand WHERE stand.shot_id = {{shot}} AND stand.state = 'ready'"
    " AND stand.trashed_at IS NULL{kind} ORDER BY stand.id DESC LIMIT 1)"
)
STANDS = (
    "COALESCE((SELECT verdict FROM renders_render AS stand WHERE stand.shot_id = {shot} AND stand.circled"  # noqa: S608
    " AND stand.trashed_at IS NULL), "
    + _READY.format(kind=f" AND stand.kind = '{catalogue.Kind.VIDEO}'")
    + ", "
    + _READY.format(kind="")
    + ")"
)


_CASES = " ".join(f"WHEN '{verdict}' THEN '{status}'" for verdict, status in OF_VERDICT.items())


def counts(project):
    """How many shots have each status; "" is all of them."""
    by_status = counts_of([project.pk])[project.pk]
    return {"": sum(by_status.values()), **by_status}


def counts_of(project_ids):
    """The same for many projects, by their keys and without the sums; one query."""
    takes = (
        "EXISTS (SELECT 1 FROM renders_render AS take WHERE take.shot_id = shot.id"
        " AND take.trashed_at IS NULL AND take.state"
    )
    found = sql.rows(
        "SELECT project_id, status, COUNT(*) FROM (SELECT project_id,"  # noqa: S608
        f" CASE WHEN {takes} IN ({sql.marks(Render.MOVING)})) THEN 'rendering'"
        f" ELSE CASE {STANDS.format(shot='shot.id')} {_CASES} ELSE 'draft' END END AS status"
        f" FROM projects_shot AS shot WHERE project_id IN ({sql.marks(project_ids)}) AND trashed_at IS NULL)"
        " AS each_shot GROUP BY project_id, status",
        [*Render.MOVING, *project_ids],
    )
    counted: dict[int, dict[str, int]] = {pk: {} for pk in project_ids}
    for pk, status, number in found:
        counted[pk][status] = number
    return counted


def status_of(text):
    """A status to filter by; "" for nonsense."""
    return text if text in STATUSES else ""
