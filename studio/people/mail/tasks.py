"""The job of mails by name: it names a row and may run twice."""

from studio.people.mail import outbox
from studio.runtime import jobs


def register():
    jobs.register("mail.send", outbox.send)
