"""How live events look: fragments drawn once per audience, cards cached by (code, revision, audience)."""

from hashlib import sha256
from uuid import UUID

from django.core.cache import cache, caches
from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils.html import format_html

from studio import providers, sql
from studio.costs import estimate, lines
from studio.costs.models import Balance
from studio.live import frames
from studio.money import ZERO, from_column
from studio.projects.models import Project, Shot
from studio.renders import board, history, holds, words
from studio.renders.models import Render


def register():
    frames.register("render", _renders)
    frames.register("shot", _shots)
    frames.register("project", _project)
    frames.register("provider", _banner)


# In these states a card tells nobody a price, and looks the same to every audience.
_PRICELESS = {"submitting", "rendering", "saving", "ready"}


_AUDIENCES = ("money", "member")


def _card_key(render, shot, audience):
    return f"card:{render.code}:{render.revision}:{shot.code}:{audience}"


def card(render, audience):
    """The take as a tile. Drawn once for every page and person of an audience."""
    key = _card_key(render, render.shot, audience)
    html = cache.get(key)
    if html is None:
        html = render_to_string("renders/_card.html", card_context(render, audience))
        # what is in flight tells a usual time, which is learnt anew with every take
        readers = _AUDIENCES if render.state in _PRICELESS else [audience]
        kept = dict.fromkeys((_card_key(render, render.shot, reader) for reader in readers), html)
        cache.set_many(kept, 10 if render.is_open else 24 * 3600)
    return html


def board_of(project, *, audience, status, after):
    """A page of the board, whole. It is kept until the next event of the project.

    Args:
        status: one of `board.STATUSES`, or "" for all shots.
        after: the key of the last shot on the page before, or None.
    """
    state = f"{project.last_event}:{audience}:{status}:{after}:{estimate.fingerprint()}"
    key = f"board:{project.pk}:{state}".replace(" ", "")
    pages = caches["pages"]
    html = pages.get(key)
    if html is None:
        found, following = board.page(project, status=status, after=after)
        context = {"project": project, "audience": audience, "status": status, "next": following}
        context |= {"rows": draw_rows(found, audience), "counts": board.counts(project)}
        html = render_to_string("renders/_board.html", context)
        # a take in flight tells a usual time, which is learnt anew with every take
        pages.set(key, html, 10 if any(row.open for row in found) else 3600)
    return html


def draw_rows(rows, audience):
    """Give each line of the board its HTML. It is kept until anything it shows is another.

    At most one query, however many lines.
    """
    keys = {_row_key(row, audience): row for row in rows}
    kept = cache.get_many(keys)
    fresh = {key: row for key, row in keys.items() if key not in kept}
    drawn = cards(fresh.values(), audience)
    for key, row in keys.items():
        row.html = kept.get(key) or _row(row, audience, drawn)
    cache.set_many({key: row.html for key, row in fresh.items() if not row.open}, 3600)
    return rows


def _row(row, audience, cards):
    shown = [cards[take.code] for take in row.takes if take.code in cards]
    context = {"row": row, "audience": audience, "cards": shown, "money": audience == "money"}
    return render_to_string("renders/_shot_row.html", context)


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


def cards(rows, audience):
    """The cards of these lines by code; takes whose card is not kept are read together."""
    keys = {_card_key(take, row.shot, audience): take.code for row in rows for take in row.takes}
    found = {keys[key]: html for key, html in cache.get_many(keys).items()}
    shots = {row.shot.pk: row.shot for row in rows}
    missing = [code for code in keys.values() if code not in found]
    for render in Render.objects.filter(code__in=missing) if missing else ():
        render.shot = shots[render.shot_id]
        render.project = render.shot.project
        found[render.code] = card(render, audience)
    return found


def card_context(render, audience):
    return {
        "render": render,
        "money": audience == "money",
        "failure": words.of_failure(render) if render.state == "failed" else None,
        "usual": history.usual_seconds(render.model, render.seconds, sandbox=render.sandbox)
        if render.state == "rendering"
        else None,
    }


def money(project):
    """What the header says about money, for those who may see it; one query."""
    sandbox = providers.sandboxed()
    of = "(SELECT {} FROM costs_balance WHERE project_id = %s AND sandbox = %s)"
    ((waiting, spent, held, of_scenes),) = sql.rows(
        f"SELECT COUNT(*), {of.format('spent')}, {of.format('held')},"  # noqa: S608
        " EXISTS (SELECT 1 FROM costs_budget WHERE project_id = %s AND scope = 'scene') FROM renders_render"
        " WHERE project_id = %s AND state = 'waiting'",
        [*[project.pk, sandbox] * 2, project.pk, project.pk],
    )
    now = Balance(spent=from_column(spent) or ZERO, held=from_column(held) or ZERO)
    near = project.budget is not None and now.committed >= project.budget * lines.SOFT
    return {
        "project": project,
        "balance": now,
        "committed": now.committed,
        "waiting": waiting,
        "near_line": near,
        "near_scenes": _near_scenes(project, sandbox) if of_scenes else [],
    }


def _near_scenes(project, sandbox):
    """The budgets of scenes that are nearly used, or passed."""
    return [line for line in lines.Allowances(project, sandbox=sandbox).scenes.values() if line.is_soft]


# --- what each kind of event changes on a page ----------------------------------------------
#
# Each function reads what it needs once and returns how it looks to an audience.


def _renders(project_id, events):
    project = sql.read(Project, "WHERE id = %s", [project_id])[0]
    codes = {sql.uuid(UUID(event.subject)) for event in events}
    these = f"WHERE project_id = %s AND code IN ({sql.marks(codes)}) ORDER BY id"
    renders = sql.read(Render, these, [project_id, *codes])
    shots = _shots_of(renders)
    for render in renders:
        render.shot = shots[render.shot_id]
        render.project = render.shot.project = project
    gone = {each for each in renders if each.trashed_at or each.shot.trashed_at}
    header = _header(project)
    # a take on its way changes nothing about its shot; what it cost is told there when it arrives
    quiet = all(stays_on_its_way(event) for event in events)
    rows = [] if quiet else board.summaries(shot for shot in shots.values() if not shot.trashed_at)
    shared = "" if quiet else _statuses(rows) + _filters(project)

    def draw(audience):
        cards = [_gone(f"render-{each.code}") if each in gone else card(each, audience) for each in renders]
        return "".join([*cards, _abouts(rows, audience), shared, header(audience)])

    return draw


def _shots_of(renders):
    """Their shots by pk."""
    ids = {render.shot_id for render in renders}
    shots = sql.read(Shot, f"WHERE id IN ({sql.marks(ids)})", ids)
    if any(shot.first_frame_id for shot in shots):
        prefetch_related_objects(shots, "first_frame")
    return {shot.pk: shot for shot in shots}


def stays_on_its_way(event):
    """Whether a take neither starts nor ends: the status of its shot, and how many are moving, are as they were."""
    moved = event.kind == "render.moved"
    return moved and {event.payload.get("was"), event.payload.get("state")} <= Render.MOVING


def _shots(project_id, events):
    codes = {event.subject for event in events}
    gone = "".join(_gone(f"shot-{event.subject}") for event in events if event.kind == "shot.trashed")
    created = {event.subject for event in events if event.kind == "shot.created"}
    shots = Shot.objects.kept().filter(project_id=project_id).select_related("project", "first_frame")
    changed = board.summaries(shots.filter(code__in=codes - created))
    newcomers = board.rows(shots.filter(code__in=created).in_order())
    shared = _statuses(changed) + _filters(Project.objects.get(pk=project_id))

    def draw(audience):
        lines = [row.html for row in draw_rows(newcomers, audience)]
        return "".join([gone, _abouts(changed, audience), *lines, shared])

    return draw


def _gone(element_id):
    """Tells open pages to take an element away."""
    return format_html('<template id="{}" data-gone></template>', element_id)


def _project(project_id, events):
    return _header(Project.objects.get(pk=project_id))


def _banner(project_id, events):
    html = render_to_string("components/_banner.html", {"hold": holds.current()})
    return lambda audience: html


_OF_MONEY = ("_money", "_budget_line")


def _header(project):
    def draw(audience):
        if audience != "money":
            return ""
        context = money(project)
        return "".join(render_to_string(f"components/{name}.html", context) for name in _OF_MONEY)

    return draw


def _abouts(rows, audience):
    context = {"money": audience == "money"}
    return "".join(render_to_string("renders/_shot_about.html", {"row": row, **context}) for row in rows)


def _statuses(rows):
    return "".join(render_to_string("renders/_shot_status.html", {"row": row}) for row in rows)


def _filters(project):
    return render_to_string("renders/_filters.html", {"project": project, "counts": board.counts(project)})
