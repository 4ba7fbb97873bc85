"""E-mail: a row first, then sent once by a job thread. The console gets it where no SMTP is set."""

import logging
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.utils import timezone

from studio.people.mail.models import Mail
from studio.runtime import jobs

logger = logging.getLogger(__name__)

ATTEMPTS = 6


def write(*, to, subject, body):
    """Have an e-mail sent after the transaction around this is committed."""
    subject = " ".join(subject.split())[:200]  # a line break would be another header
    row = Mail.objects.create(to=to, subject=subject, body=body)
    transaction.on_commit(partial(jobs.soon, "mail.send", row.pk))  # if lost, the sweep finds the row


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
    """Have sent what is due."""
    for pk in _due().values_list("pk", flat=True)[:20]:
        jobs.soon("mail.send", pk)
