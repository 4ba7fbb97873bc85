"""The jobs: each names a row, claims it itself, and may run twice."""

from django_tasks import task


@task()
def submit(batch):
    from studio.renders import pipeline

    pipeline.submit(batch)


@task()
def ask():
    from studio.renders import pipeline

    pipeline.ask()


@task()
def save(code):
    from studio.renders import archive

    archive.save(code)


@task()
def copy_for_review(code):
    from studio.renders import archive

    archive.copy_for_review(code)


@task()
def empty_trash():
    from studio.renders import trash

    trash.empty()
