"""The job of notices by name: it names a person and may run twice."""

from studio.people.notifications import digest
from studio.runtime import jobs


def register():
    jobs.register("notices.digest", digest.send)
