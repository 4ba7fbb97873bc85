"""The jobs: they may run twice."""

from django_tasks import task


@task()
def compare(user_id=None):
    from studio.accounts.models import User
    from studio.reconcile import books

    books.compare(by=User.objects.filter(pk=user_id).first() if user_id else None)
