"""What follows from signing in, failing to, and signing out."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.template.response import TemplateResponse

from studio.people.accounts import audit, devices, known_browsers
from studio.people.accounts.forms import SigninForm


@receiver(user_logged_in)
def signed_in(sender, request, user, **more):
    devices.begin(request, user)
    audit.record(audit.Kind.SIGNED_IN, request=request, user=user)


@receiver(user_logged_out)
def signed_out(sender, request, user, **more):
    if user is not None:
        audit.record(audit.Kind.SIGNED_OUT, request=request, user=user)


@receiver(user_login_failed)
def failed(sender, credentials, request=None, **more):
    email = str(credentials.get("username") or "")
    audit.record(audit.Kind.SIGNIN_FAILED, request=request, email=email)
    if request is not None and email:
        known_browsers.count_wrong_password(request, email)


def locked_out(request, original_response=None, credentials=None):
    """The sign-in page, with a sentence: too many wrong passwords for this address from here."""
    email = (credentials or {}).get("username") or request.POST.get("username", "")
    audit.record(audit.Kind.LOCKED_OUT, request=request, email=email)
    form = SigninForm(request, initial={"username": email})
    context = {"form": form, "locked": True, "next": request.POST.get("next", "")}
    return TemplateResponse(request, "people/accounts/signin.html", context, status=429).render()
