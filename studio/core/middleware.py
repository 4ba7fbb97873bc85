"""What stands between the server and every view."""

from django.conf import settings
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import resolve_url
from django.views.defaults import page_not_found

from studio.core.versions import Basis

TAKEN = "rushes_kept"


class PageGZipMiddleware(GZipMiddleware):
    """Compress pages, never media: a byte range of a compressed file is no range of the file."""

    def process_response(self, request, response):
        return response if response.streaming else super().process_response(request, response)


def taken_forms(get_response):
    """Tell a page that its form was taken: the words it keeps in the browser until then are let go (`kept-text.js`).

    Only a redirect says so: a form that is refused comes back as a page.
    """

    def middleware(request):
        response = get_response(request)
        page = Basis.of(getattr(request, "_post", {})).page if request.method == "POST" else ""
        if page and _is_taken(request, response):
            response.set_cookie(
                TAKEN, page, max_age=600, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
            )
        return response

    return middleware


def _is_taken(request, response):
    redirected = response.status_code in (302, 303)
    to_sign_in = redirected and response["Location"].startswith(resolve_url(settings.LOGIN_URL))
    return redirected and not to_sign_in and request.user.is_authenticated


def honest_pages(get_response):
    """Pages are never shown from a browser's cache, and scripts are told when nobody is signed in.

    An address with a zero byte in it is nobody's: no database would look it up.

    A page that comes back by the Back button would show an old prompt over a newer one; a fragment
    request that is sent to the sign-in page would put that page into the middle of another.
    """

    def middleware(request):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return page_not_found(request, None)
        response = get_response(request)
        script = request.htmx or "application/json" in request.headers.get("Accept", "")
        to_sign_in = response.status_code == 302 and response["Location"].startswith(
            resolve_url(settings.LOGIN_URL)
        )
        if script and to_sign_in:
            return HttpResponse(status=401)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
