"""All takes of a project on one page: looked for, narrowed down, and a few of them side by side."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from studio.core import paging
from studio.generation.renders.models import Render
from studio.generation.viewer import differences
from studio.layout.page_context import page_context
from studio.planning.projects.access import membership_or_404
from studio.planning.projects.models import Membership
from studio.review.dailies import film, finding, lists
from studio.review.dailies.models import ReviewList, review_url
from studio.review.library import facets, found, search, selection, tiles
from studio.review.library.search import Search

SIDE_BY_SIDE = 4  # takes on one clock
_OFFERED_LISTS = 30
_FITS_AN_ADDRESS = 4000  # characters


@login_required
@require_GET
def library_page(request, slug):
    """The takes a search finds, a page of them; asked for by a script, only what comes after a key."""
    seat = membership_or_404(request.user, slug)
    asked = search.read(request.GET, money=seat.sees_money)
    before = request.GET.get("before", "")
    if before and request.htmx and not request.htmx.boosted:
        context = {"project": seat.project, **page_of(seat, asked, before)}
        return TemplateResponse(request, "review/library/_tiles.html", context)
    return TemplateResponse(request, "review/library/library.html", library_context(seat, asked, before))


def library_context(seat: Membership, asked: Search, before: str = "") -> dict:
    """The whole page. It reads the event number first: nothing is missed in between."""
    context = page_context(seat)
    total, offered = facets.beside(seat.project, asked, money=seat.sees_money)
    newest = Render.objects.filter(project=seat.project).order_by("-pk").values_list("pk", flat=True).first()
    return {
        **context,
        **page_of(seat, asked, before),
        "search": asked,
        "before": before,
        "total": total,
        "facets": offered,
        "sorts": [(key, label) for key, label in search.SORTS.items() if seat.sees_money or key != "dearest"],
        "newest": newest or 0,
        "most": selection.MOST,
        "lists": open_lists(seat),
        "empty": not total and not asked.words and not asked.active,
    }


def page_of(seat: Membership, asked: Search, before: str) -> dict:
    """The takes after a key, and where the next ones are."""
    matching = found.matching(found.library(seat.project), asked)
    takes, following = found.page(matching, sort=asked.sort, before=before)
    after = "&".join(filter(None, [asked.query, f"before={following}"]))
    return {"tiles": tiles.draw(seat, takes), "next": after if following else ""}


def open_lists(seat: Membership) -> list[ReviewList]:
    """The review lists to which this person may add, the newest first."""
    if not seat.reviews:
        return []
    mine = ReviewList.objects.filter(project=seat.project, closed_at=None).order_by("-pk")
    if not seat.produces:
        mine = mine.filter(created_by=seat.user_id)
    return list(mine[:_OFFERED_LISTS])


@login_required
@require_GET
def news(request, slug):
    """How many takes that this search finds came after the newest on the page."""
    seat = membership_or_404(request.user, slug)
    asked = search.read(request.GET, money=seat.sees_money)
    newest = paging.number(request.GET.get("newest", "")) or 0
    number = found.matching(found.library(seat.project), asked).filter(pk__gt=newest).count()
    context = {"project": seat.project, "search": asked, "newest": newest, "number": number}
    return TemplateResponse(request, "review/library/_news.html", context)


@login_required
@require_GET
def reel(request, code):
    """What a player needs to show a take: where its clip and its filmstrip are, and its frames."""
    return JsonResponse(film.reel(finding.take(request.user, code)))


# --- side by side ---------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def compare_page(request, slug):
    """Two to four takes on one clock, with what changed from the first to each of the others.

    The form of the library posts, so that nothing but the takes is in the address one comes to.
    """
    seat = membership_or_404(request.user, slug)
    if request.method == "POST":
        return redirect(_compare(slug, request.POST))
    asked = selection.codes(request.GET.getlist("take")[: SIDE_BY_SIDE + 1])
    takes = _to_compare(seat, asked)
    if not 2 <= len(asked) <= SIDE_BY_SIDE or len(takes) != len(asked):
        messages.error(
            request, f"Choose two to {SIDE_BY_SIDE} takes that are ready, to see them side by side."
        )
        return redirect(_library(slug, request.GET))
    first, *others = takes
    if len(takes) == 2 and first.shot_id == others[0].shot_id and first.kind == others[0].kind:
        return redirect(f"{review_url(others[0])}&mode=side&compare={first.code}")
    shown = sorted(takes, key=lambda take: take.is_still)  # a clip leads the clock
    context = page_context(seat) | {
        "takes": takes,
        "reels": [{**film.reel(take), "label": str(take)} for take in shown],
        "leads": shown[0].code,
        "mode": "side" if len(takes) == 2 else "wall",
        "changes": [
            {
                "take": take,
                "chips": differences.chips(first, take, money=seat.sees_money),
                "words": differences.words(first.typed, take.typed),
            }
            for take in others
        ],
        "back": _library(slug, request.GET),
    }
    return TemplateResponse(request, "review/library/compare.html", context)


def _to_compare(seat: Membership, codes) -> list[Render]:
    """Those of these takes that can be looked at, in the order they were asked for."""
    there = {
        take.code: take
        for take in lists.reviewable(seat.project).filter(code__in=codes).select_related("shot")
    }
    takes = [there[code] for code in codes if code in there]
    for take in takes:
        take.project = take.shot.project = seat.project
    return takes


def _compare(slug: str, sent: QueryDict) -> str:
    pairs = [("take", code) for code in selection.codes(sent.getlist("take")[: SIDE_BY_SIDE + 1])]
    under = [("search", query)] if (query := _search(sent)) else []
    return f"{reverse('library:compare', args=[slug])}?{urlencode([*pairs, *under])}"


def _library(slug: str, sent: QueryDict) -> str:
    """The library, under the search that this form came from."""
    query = _search(sent)
    return reverse("library:library", args=[slug]) + (f"?{query}" if query else "")


def _search(sent: QueryDict) -> str:
    query = sent.get("search", "")
    return query if len(query) < _FITS_AN_ADDRESS and query.isprintable() else ""
