"""Tell somebody something, in the transaction of what happened."""

from collections.abc import Iterable

from django.utils import timezone

from studio.people.accounts.models import User
from studio.people.notifications.models import Notice, Switches


def tell(
    users: Iterable[User],
    *,
    kind: str,
    text: str,
    path: str,
    project: str = "",
    subject: object = "",
    mailed: bool = False,
) -> None:
    """Leave a notice for each of these people, unless they have switched this kind off.

    With a subject the same is told once, however often it is said.

    Args:
        mailed: they get a mail of its own about this, so it comes in no digest.
    """
    users = [user for user in users if user is not None]
    off = set(Switches.objects.filter(user__in=users, **{str(kind): False}).values_list("user_id", flat=True))
    Notice.objects.bulk_create(
        [
            Notice(
                user=user,
                kind=kind,
                text=text[:300],
                path=path[:300],
                project=project,
                subject=str(subject),
                mailed_at=timezone.now() if mailed else None,
            )
            for user in users
            if user.pk not in off
        ],
        ignore_conflicts=True,
    )


def wanting_mail(users, *, kind):
    """Those of these people who want such a thing by e-mail: all but who switched the kind, or mails, off."""
    off = Switches.objects.filter(user__in=users).exclude(**{str(kind): True, "by_mail": True})
    unwilling = set(off.values_list("user_id", flat=True))
    return [user for user in users if user.pk not in unwilling]


def forget(users, *, kinds, under):
    """Take back what these people were told of a kind, about what lies under an address."""
    Notice.objects.filter(user__in=users, kind__in=kinds, path__startswith=under).delete()


def read(user, upto):
    """The person has seen their notices up to this one."""
    Notice.objects.filter(user=user, pk__lte=upto, read_at=None).update(read_at=timezone.now())
