"""The jobs of takes by name: each names a row, claims it itself, and may run twice."""

from studio.generation.renders import archive, lifecycle, waiting
from studio.runtime import jobs


def register():
    jobs.register("renders.submit", lifecycle.submit)
    jobs.register("renders.admit", waiting.admit_more)
    jobs.register("renders.admit_everywhere", waiting.admit_everywhere)
    jobs.register("renders.ask", lifecycle.ask)
    jobs.register("renders.ask_about", lifecycle.ask_about)
    jobs.register("renders.save", archive.save)
    jobs.register("renders.copy_for_review", archive.copy_for_review)
    jobs.register("renders.measure", archive.measure)
