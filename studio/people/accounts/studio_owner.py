"""The studio's owner: the one person there always is."""

from django.conf import settings
from django.db.models import QuerySet

from studio.people.accounts.models import User


def owners() -> QuerySet[User]:
    """Whoever owns the studio now: one person, as long as nobody else was made one by hand."""
    return User.objects.filter(is_superuser=True, is_active=True)


def find_or_make():
    """The studio's owner, made on the first run. Returns the person and whether they are new."""
    found = owners().order_by("pk").first()
    if found:
        return found, False
    known = User.objects.filter(email__iexact=settings.OWNER_EMAIL).first()
    if known:  # there, and owner no more: a studio has one
        known.is_active = known.is_staff = known.is_superuser = True
        known.save(update_fields=["is_active", "is_staff", "is_superuser"])
        return known, False
    return User.objects.create_superuser(settings.OWNER_EMAIL, name="Studio Owner"), True
