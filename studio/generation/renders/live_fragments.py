"""How takes look on open pages: fragments drawn once per audience, cards cached by (code, revision, audience)."""

from uuid import UUID

from django.template.loader import render_to_string
from django.utils.html import format_html

from studio.core import sql
from studio.core.release import derived
from studio.generation.renders import durations, failure_messages, provider_backoff
from studio.generation.renders.models import Render
from studio.layout import money_header
from studio.planning.projects.models import Project, Shot
from studio.runtime.live import frames


def register():
    frames.register("render", _renders)
    frames.register("provider", _banner)


# In these states a card tells nobody a price, and looks the same to every audience.
_PRICELESS = {"submitting", "rendering", "saving", "ready"}


_AUDIENCES = ("money", "member")


def _card_key(render, shot, audience):
    return f"card:{render.code}:{render.revision}:{shot.code}:{audience}"


def card(render, audience):
    """The take as a tile. Drawn once for every page and person of an audience."""
    key = _card_key(render, render.shot, audience)
    html = derived.get(key)
    if html is None:
        html = render_to_string("generation/renders/_card.html", card_context(render, audience))
        # what is in flight tells a usual time, which is learnt anew with every take
        priceless = render.state in _PRICELESS and not render.is_billed_unlike_estimate
        readers = _AUDIENCES if priceless else [audience]
        kept = dict.fromkeys((_card_key(render, render.shot, reader) for reader in readers), html)
        derived.set_many(kept, 10 if render.is_open else 24 * 3600)
    return html


def cards(rows, audience):
    """The cards of these lines by code; takes whose card is not kept are read together."""
    keys = {_card_key(take, row.shot, audience): take.code for row in rows for take in row.takes}
    found = {keys[key]: html for key, html in derived.get_many(keys).items()}
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
        "failure": failure_messages.of_failure(render) if render.state == "failed" else None,
        "usual": durations.usual_seconds(render.model, render.seconds, sandbox=render.sandbox)
        if render.state == "rendering"
        else None,
    }


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
    header = money_header.live(project)

    def draw(audience):
        cards = [
            taken_away(f"render-{each.code}") if each in gone else card(each, audience) for each in renders
        ]
        return "".join([*cards, header(audience)])

    return draw


def _shots_of(renders):
    """Their shots by pk."""
    ids = {render.shot_id for render in renders}
    return {shot.pk: shot for shot in sql.read(Shot, f"WHERE id IN ({sql.marks(ids)})", ids)}


def stays_on_its_way(event):
    """Whether a take neither starts nor ends: the status of its shot, and how many are moving, are as they were."""
    moved = event.kind == "render.moved"
    return moved and {event.payload.get("was"), event.payload.get("state")} <= Render.MOVING


def taken_away(element_id):
    """Tells open pages to take an element away."""
    return format_html('<template id="{}" data-gone></template>', element_id)


def _banner(project_id, events):
    html = _drawn_banner(provider_backoff.current())
    return lambda audience: html


def banner(context):
    """Why the provider takes nothing, on every page of whoever is signed in."""
    request = context.get("request")
    return _drawn_banner(provider_backoff.current() if request and request.user.is_authenticated else None)


def _drawn_banner(hold):
    return render_to_string("layout/_banner.html", {"hold": hold})
