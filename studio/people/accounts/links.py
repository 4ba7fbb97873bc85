"""One-time sign-in links: `make run` prints one, `manage.py signin-link` another."""

from datetime import UTC, datetime

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from studio.people.accounts.models import User


class _SigninTokens(PasswordResetTokenGenerator):
    """Django's reset tokens under another salt. The last sign-in is part of the hash: one use."""

    key_salt = "studio.accounts.links"


_tokens = _SigninTokens()


def path_for(user):
    """The path of a link that signs this person in once, within three days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("accounts:link", args=[uid, _tokens.make_token(user)])


def owner_of(uid, token):
    """The person this link signs in, or None when it is used up, too old or made up."""
    try:
        user = User.objects.get(pk=int(urlsafe_base64_decode(uid)), is_active=True)
    except (User.DoesNotExist, ValueError, OverflowError):
        return None
    return user if _tokens.check_token(user, token) else None


def use(uid, token):
    """Use a link up and return its person, who has shown one factor by it; None if the link does not hold.

    The last sign-in moves here as well as in Django's signal, by a conditional update:
    of two uses at the same moment one wins.
    """
    user = owner_of(uid, token)
    if user is None:
        return None
    before = User.objects.filter(pk=user.pk, last_login=user.last_login)
    if not before.update(last_login=datetime.now(UTC)):
        return None
    user.refresh_from_db()
    return user
