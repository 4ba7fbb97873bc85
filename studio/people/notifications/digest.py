"""Notices that have gathered are mailed together: never one mail for each."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from studio.core import public_url
from studio.people.mail import outbox
from studio.people.notifications.models import Notice
from studio.runtime import jobs

GATHER = timedelta(minutes=10)  # so long notices gather before they are mailed together
IN_A_DIGEST = 20  # lines; the rest is a number


def sweep():
    """Have those told whose notices have gathered long enough."""
    old = Notice.objects.filter(mailed_at=None, at__lte=timezone.now() - GATHER)
    for user_id in set(old.values_list("user_id", flat=True)[:200]):
        jobs.soon("notices.digest", user_id)


def send(user_id):
    """One mail of everything a person has not read yet."""
    with transaction.atomic():
        fresh = Notice.objects.select_for_update().filter(user_id=user_id, mailed_at=None)
        notices = list(fresh.order_by("pk"))
        mine = Notice.objects.filter(pk__in=[notice.pk for notice in notices], mailed_at=None)
        if not mine.update(mailed_at=timezone.now()):
            return
        unread = [notice for notice in notices if notice.read_at is None]
        user = notices[0].user
        wanted = getattr(user, "switches", None)
        if unread and user.is_active and (wanted is None or wanted.by_mail):
            outbox.write(to=user.email, subject=_subject(unread), body=_body(unread))


def _subject(notices):
    return notices[0].text if len(notices) == 1 else f"{len(notices)} things happened on Rushes"


def _body(notices):
    lines = [
        f"{': '.join(filter(None, (notice.project, notice.text)))}\n{public_url.absolute(notice.path)}"
        for notice in notices[:IN_A_DIGEST]
    ]
    if len(notices) > IN_A_DIGEST:
        lines.append(f"and {len(notices) - IN_A_DIGEST} more: {public_url.absolute('/notices/')}")
    return "\n\n".join(
        [*lines, f"Which of these you get, and where: {public_url.absolute('/account/notices')}"]
    )
