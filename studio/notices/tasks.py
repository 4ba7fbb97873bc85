"""The job of notices by name: it names a person and may run twice."""

from studio import jobs
from studio.notices import digest


def register():
    jobs.register("notices.digest", digest.send)
