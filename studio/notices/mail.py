"""E-mail: a row first, then sent once by a job thread. The console gets it where no SMTP is set."""

import logging
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.utils import timezone

from studio.notices import tasks
from studio.notices.models import Mail, Notice

logger = logging.getLogger(__name__)

ATTEMPTS = 6
GATHER = timedelta(minutes=10)  # so long notices gather before they are mailed together
IN_A_DIGEST = 20  # lines; the rest is a number


def write(*, to, subject, body):
    """Have an e-mail sent after the transaction around this is committed."""
    subject = " ".join(subject.split())[:200]  # a line break would be another header
    row = Mail.objects.create(to=to, subject=subject, body=body)
    transaction.on_commit(partial(tasks.send.enqueue, row.pk))  # if lost, the sweep finds the row


def send(pk):
    """Send a mail that is due. It is marked first: killed in between, it is lost rather than sent twice."""
    now = timezone.now()
    if not _due().filter(pk=pk).update(sent_at=now):
        return
    row = Mail.objects.get(pk=pk)
    try:
        mail.send_mail(row.subject, row.body, settings.DEFAULT_FROM_EMAIL, [row.to])
    except Exception as exc:
        # whatever the mail server says, we try again, later each time
        logger.warning("Mail %s could not be sent (%s)", pk, type(exc).__name__)
        attempts = row.attempts + 1
        due = now + timedelta(minutes=2**attempts)
        Mail.objects.filter(pk=pk).update(sent_at=None, attempts=attempts, due_at=due)
    else:
        Mail.objects.filter(pk=pk).update(body="")  # it may hold a link that opens something


def _due():
    """Not sent, its time has come, and not tried too often."""
    return Mail.objects.filter(sent_at=None, due_at__lte=timezone.now(), attempts__lt=ATTEMPTS)


def sweep():
    """Whatever is due: mails, and notices that have gathered long enough."""
    for pk in _due().values_list("pk", flat=True)[:20]:
        tasks.send.enqueue(pk)
    old = Notice.objects.filter(mailed_at=None, at__lte=timezone.now() - GATHER)
    for user_id in set(old.values_list("user_id", flat=True)[:200]):
        tasks.digest.enqueue(user_id)


def digest(user_id):
    """One mail of everything a person has not read yet: never one mail for each."""
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
            write(to=user.email, subject=_subject(unread), body=_body(unread))


def _subject(notices):
    return notices[0].text if len(notices) == 1 else f"{len(notices)} things happened on Rushes"


def _body(notices):
    base = settings.PUBLIC_URL or f"http://{settings.HOST}:{settings.PORT}"
    lines = [
        f"{': '.join(filter(None, (notice.project, notice.text)))}\n{base}{notice.path}"
        for notice in notices[:IN_A_DIGEST]
    ]
    if len(notices) > IN_A_DIGEST:
        lines.append(f"and {len(notices) - IN_A_DIGEST} more: {base}/notices/")
    return "\n\n".join([*lines, f"Which of these you get, and where: {base}/account/notices"])
