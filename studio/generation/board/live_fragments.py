"""The board as HTML: whole pages and lines that are kept until something they show is another, and its live parts."""

from hashlib import sha256
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string

from studio.core import sql
from studio.core.release import derived, pages
from studio.generation.board import board
from studio.generation.orders import order_context
from studio.generation.renders import shot_status
from studio.generation.renders.live_fragments import cards, stays_on_its_way, taken_away
from studio.layout import row_versions
from studio.planning.ledger import estimate
from studio.planning.projects.models import Project, Shot
from studio.runtime.live import frames


def register():
    frames.register("render", _renders)
    frames.register("shot", _shots)


def board_of(project, *, audience, status, after):
    """A page of the board, whole. It is kept until the next event of the project.

    Args:
        status: one of `shot_status.STATUSES`, or "" for all shots.
        after: the key of the last shot on the page before, or None.
    """
    state = f"{project.last_event}:{audience}:{status}:{after}:{estimate.fingerprint()}"
    key = f"board:{project.pk}:{state}".replace(" ", "")
    html = pages.get(key)
    if html is None:
        found, following = board.page(project, status=status, after=after)
        context = {"project": project, "audience": audience, "status": status, "next": following}
        context |= {"rows": draw_rows(found, audience), "counts": shot_status.counts(project)}
        html = render_to_string("generation/board/_board.html", context)
        # a take in flight tells a usual time, which is learnt anew with every take
        pages.set(key, html, 10 if any(row.open for row in found) else 3600)
    return html


def draw_rows(rows, audience):
    """Give each line of the board its HTML. It is kept until anything it shows is another.

    At most one query, however many lines.
    """
    keys = {_row_key(row, audience): row for row in rows}
    kept = derived.get_many(keys)
    fresh = {key: row for key, row in keys.items() if key not in kept}
    drawn = cards(fresh.values(), audience)
    for key, row in keys.items():
        row.html = kept.get(key) or _row(row, audience, drawn)
    derived.set_many({key: row.html for key, row in fresh.items() if not row.open}, 3600)
    return rows


def _row(row, audience, cards):
    shown = [cards[take.code] for take in row.takes if take.code in cards]
    context = {"row": row, "audience": audience, "cards": shown, "money": audience == "money"}
    return render_to_string("generation/board/_shot_row.html", context)


def _row_key(row, audience):
    shot = row.shot
    shown = [
        audience,
        shot.project.slug,
        shot.project.archived_at,
        row.total,
        row.open,
        row.ready,
        row.spent,
        row.verdict,
        row.takes,
    ]
    shown += [getattr(shot, field.attname) for field in Shot._meta.concrete_fields]
    shown += [row.source, estimate.of_shot(shot)]
    return f"row:{shot.pk}:{sha256(repr(shown).encode()).hexdigest()}"


# --- what each kind of event changes on a page ----------------------------------------------


def _renders(project_id, events):
    """A take that starts or ends changes what is said about its shot; one on its way changes nothing."""
    if all(stays_on_its_way(event) for event in events):
        return lambda audience: ""
    project = sql.read(Project, "WHERE id = %s", [project_id])[0]
    rows = board.summaries(_shots_of(project, {UUID(event.subject) for event in events}))
    shared = _statuses(rows) + _filters(project)
    return lambda audience: _abouts(rows, audience) + shared


def _shots_of(project, takes):
    """The shots of these takes that are not in the trash."""
    codes = [sql.uuid(code) for code in takes]
    these = f"(SELECT shot_id FROM renders_render WHERE project_id = %s AND code IN ({sql.marks(codes)}))"  # noqa: S608
    shots = sql.read(Shot, f"WHERE id IN {these} AND trashed_at IS NULL", [project.pk, *codes])
    for shot in shots:
        shot.project = project
    if any(shot.first_frame_id for shot in shots):
        prefetch_related_objects(shots, "first_frame")
    return shots


def _shots(project_id, events):
    codes = {event.subject for event in events}
    gone = "".join(taken_away(f"shot-{event.subject}") for event in events if event.kind == "shot.trashed")
    created = {event.subject for event in events if event.kind == "shot.created"}
    shots = Shot.objects.kept().filter(project_id=project_id).select_related("project", "first_frame")
    changed = board.summaries(shots.filter(code__in=codes - created))
    newcomers = board.rows(shots.filter(code__in=created).in_order())
    shared = _statuses(changed) + _filters(Project.objects.get(pk=project_id))
    shared += "".join(row_versions.signal(row.shot, order_context.choices(row.shot)) for row in changed)

    def draw(audience):
        lines = [row.html for row in draw_rows(newcomers, audience)]
        return "".join([gone, _abouts(changed, audience), *lines, shared])

    return draw


def _abouts(rows, audience):
    context = {"money": audience == "money"}
    return "".join(
        render_to_string("generation/board/_shot_about.html", {"row": row, **context}) for row in rows
    )


def _statuses(rows):
    return "".join(render_to_string("generation/renders/_shot_status.html", {"row": row}) for row in rows)


def _filters(project):
    return render_to_string(
        "generation/board/_filters.html", {"project": project, "counts": shot_status.counts(project)}
    )
