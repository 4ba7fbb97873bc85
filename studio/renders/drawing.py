"""How live events look: fragments drawn once per audience, cards cached by (code, revision, audience)."""

from django.core.cache import cache
from django.template.loader import render_to_string

from studio import providers
from studio.costs import ledger
from studio.live import frames
from studio.projects.models import Project, Shot
from studio.renders import board, history, holds, words
from studio.renders.models import Render


def register():
    frames.register("render", _renders)
    frames.register("shot", _shots)
    frames.register("project", _project)
    frames.register("provider", _banner)


def card(render, audience):
    """The take as a tile. Drawn once for every page and person of an audience."""
    key = f"card:{render.code}:{render.revision}:{audience}"
    html = cache.get(key)
    if html is None:
        html = render_to_string("renders/_card.html", card_context(render, audience))
        if render.sha256 or not render.is_open:
            cache.set(key, html, 24 * 3600)
    return html


def card_context(render, audience):
    return {
        "render": render,
        "money": audience == "money",
        "failure": words.of_failure(render) if render.state == "failed" else None,
        "usual": history.usual_seconds(render.model, render.seconds, sandbox=render.sandbox)
        if render.is_open
        else None,
    }


def money(project):
    """What the header says about money, for those who may see it."""
    now = ledger.balance(project, sandbox=providers.sandboxed())
    return {
        "project": project,
        "balance": now,
        "committed": now.spent + now.held,
        "waiting": project.renders.filter(state="waiting").count(),
    }


def _renders(project_id, events, audience):
    project = Project.objects.get(pk=project_id)
    codes = {event.subject for event in events}
    found = Render.objects.filter(project_id=project_id, code__in=codes).order_by("pk")
    renders = list(found.select_related("shot"))
    for render in renders:
        render.project = render.shot.project = project
    html = [card(render, audience) for render in renders]
    html.append(_about({render.shot_id for render in renders}, audience))
    html.append(_filters(project))
    if audience == "money":
        html.append(render_to_string("components/_money.html", money(project)))
    return "".join(html)


def _shots(project_id, events, audience):
    codes = {event.subject for event in events}
    shots = Shot.objects.filter(project_id=project_id, code__in=codes)
    project = Project.objects.get(pk=project_id)
    created = {event.subject for event in events if event.kind == "shot.created"}
    html = [_about(set(shots.exclude(code__in=created).values_list("pk", flat=True)), audience)]
    newcomers = list(shots.filter(code__in=created).select_related("project", "first_frame").in_order())
    for row in board.rows(newcomers):
        html.append(render_to_string("renders/_shot_row.html", {"row": row, "audience": audience}))
    html.append(_filters(project))
    return "".join(html)


def _project(project_id, events, audience):
    if audience != "money":
        return ""
    return render_to_string("components/_money.html", money(Project.objects.get(pk=project_id)))


def _banner(project_id, events, audience):
    return render_to_string("components/_banner.html", {"hold": holds.current()})


def _about(shot_ids, audience):
    shots = Shot.objects.filter(pk__in=shot_ids).select_related("project", "first_frame")
    context = {"money": audience == "money"}
    return "".join(
        render_to_string("renders/_shot_about.html", {"row": row, **context})
        + render_to_string("renders/_shot_status.html", {"row": row})
        for row in board.rows(list(shots))
    )


def _filters(project):
    return render_to_string("renders/_filters.html", {"project": project, "counts": board.counts(project)})
