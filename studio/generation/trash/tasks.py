"""The job of the trash by its name: it may run twice."""

from studio.generation.trash import trash
from studio.runtime import jobs


def register():
    jobs.register("trash.empty", trash.empty)
