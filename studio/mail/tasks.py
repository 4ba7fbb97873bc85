"""The job of mails by name: it names a row and may run twice."""

from studio import jobs
from studio.mail import outbox


def register():
    jobs.register("mail.send", outbox.send)
