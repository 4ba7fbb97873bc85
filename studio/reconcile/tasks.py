"""The jobs: they may run twice."""

from django_tasks import task


@task()
def compare():
    from studio.reconcile import books

    books.compare()
