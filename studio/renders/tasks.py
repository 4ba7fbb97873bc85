"""The jobs of takes by name: each names a row, claims it itself, and may run twice."""

from studio.renders import archive, pipeline, trash
from studio.runtime import jobs


def register():
    jobs.register("renders.submit", pipeline.submit)
    jobs.register("renders.ask", pipeline.ask)
    jobs.register("renders.save", archive.save)
    jobs.register("renders.copy_for_review", archive.copy_for_review)
    jobs.register("trash.empty", trash.empty)
