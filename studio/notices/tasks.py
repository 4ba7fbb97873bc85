"""The jobs: each names a row and may run twice."""

from django_tasks import task


@task()
def send(pk):
    from studio.notices import mail

    mail.send(pk)


@task()
def digest(user_id):
    from studio.notices import mail

    mail.digest(user_id)
