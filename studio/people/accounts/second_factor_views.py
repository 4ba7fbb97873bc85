"""The second factor: its code when one signs in, setting it up, and its rule for the studio."""

from functools import cache

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from studio.core import rate_limits
from studio.people.accounts import audit, known_browsers, second_factor
from studio.people.accounts.models import User

_WAITING = "second_factor"  # in the session of somebody who has shown the first factor
_SECONDS = 600
WRONG = "That code is not right now. Codes change every half minute; a recovery code works once."


def enter(request, user, *, to):
    """Sign in somebody who has shown the first factor, or ask for the second; the answer either way."""
    if second_factor.is_set_up(user):
        request.session.cycle_key()
        until = timezone.now().timestamp() + _SECONDS
        request.session[_WAITING] = {
            "user": user.pk,
            "stamp": known_browsers.stamp(user),
            "until": until,
            "to": to,
        }
        return redirect("accounts:code")
    return _signed_in(request, user, to)


def _signed_in(request, user, to):
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    response = HttpResponseRedirect(to)
    known_browsers.remember(request, response, user)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request):
    """The second step of signing in: a code of the app, or a recovery code."""
    waiting = request.session.get(_WAITING) or {}
    user = User.objects.filter(pk=waiting.get("user", 0), is_active=True).first()
    late = timezone.now().timestamp() > waiting.get("until", 0)
    if user is None or late or known_browsers.stamp(user) != waiting["stamp"]:
        request.session.pop(_WAITING, None)
        messages.error(request, "That took a while. Sign in once more.")
        return redirect("accounts:signin")
    if request.method != "POST":
        return TemplateResponse(request, "people/accounts/code.html", {})
    known = known_browsers.is_known(request, user.email)
    if known and known_browsers.guesses_too_often(request):
        known = False
    passed, refused = _tried(request, user, unlimited=known)
    if refused:
        status = 422 if refused == WRONG else 429
        return TemplateResponse(request, "people/accounts/code.html", {"error": refused}, status=status)
    del request.session[_WAITING]
    if passed == "recovery":
        left = second_factor.codes_left(user)
        messages.warning(
            request, f"That recovery code is used up. {left} are left; your account makes new ones."
        )
    return _signed_in(request, user, waiting["to"])


def _tried(request, user, *, unlimited=False):
    """What a code that was sent is good for, and why it is not taken: one of the two is ""."""
    try:
        passed = second_factor.passes(user, request.POST.get("code", ""), unlimited=unlimited)
    except second_factor.TooMany:
        return "", rate_limits.TOO_MANY_CODES
    if not passed:
        audit.record(
            audit.Kind.SIGNIN_FAILED, request=request, user=user, email=user.email, detail="wrong code"
        )
    return passed, "" if passed else WRONG


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request):
    """Take the secret into an app, and show with a code that it is there."""
    if second_factor.is_set_up(request.user):
        return redirect("accounts:account")
    device = second_factor.begun(request.user, request.session)
    context: dict[str, object] = {
        "picture": second_factor.as_picture(device),
        "secret": second_factor.as_text(device),
    }
    context["required"] = second_factor.is_owed_by(request.user)
    if request.method == "POST":
        codes = second_factor.confirm(request, request.user, request.POST.get("code", ""))
        if codes:
            return TemplateResponse(
                request, "people/accounts/recovery_codes.html", {"codes": codes, "fresh": True}
            )
        return TemplateResponse(
            request, "people/accounts/second_factor.html", {**context, "error": WRONG}, status=422
        )
    return TemplateResponse(request, "people/accounts/second_factor.html", context)


@login_required
@never_cache
@require_POST
def renew_codes(request):
    """Other recovery codes, for who shows that the app is still theirs."""
    passed, refused = _tried(request, request.user)
    if passed != "app":
        messages.error(
            request, refused or "For this a code of the app is needed, and that was a recovery code."
        )
        return redirect("accounts:account")
    codes = second_factor.renew_codes(request, request.user)
    return TemplateResponse(request, "people/accounts/recovery_codes.html", {"codes": codes})


@login_required
@require_POST
def turn_off(request):
    """Be asked for no code any more, for who shows one."""
    _, refused = _tried(request, request.user)
    if refused:
        messages.error(request, refused)
    else:
        second_factor.turn_off(request.user, request=request)
        messages.success(request, "Your second factor is off.")
    return redirect("accounts:account")


def required(get_response):
    """Who can spend sets up a second factor before anything else, where the studio asks for it."""

    def middleware(request):
        if _is_open_to_all(request.path) or not request.user.is_authenticated:
            return get_response(request)
        if not second_factor.is_owed_by(request.user):
            return get_response(request)
        if request.method in ("GET", "HEAD") and _is_of_a_reader(request):
            return redirect("accounts:second_factor")
        return HttpResponse("Set up your second factor first: your account says how.", status=403)

    return middleware


def _is_of_a_reader(request):
    """Whether a page is asked for to be read, and not by a script that would put it into another."""
    script = request.htmx or "application/json" in request.headers.get("Accept", "")
    return not script and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


@cache
def _open_paths():
    names = ("second_factor", "signout", "account", "signin", "forgotten")
    more = (settings.STATIC_URL, "/hooks/", "/s/", "/reset/", "/invitations/")
    return (*(resolve_url(f"accounts:{name}") for name in names), *more)


def _is_open_to_all(path):
    return path.startswith(_open_paths())
