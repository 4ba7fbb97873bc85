"""Letters that wait to go out, and those that went."""

from django.db import models
from django.utils import timezone


class Mail(models.Model):
    """One e-mail, written in the transaction of what it tells, and sent once."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)  # after `outbox.ATTEMPTS` it is given up
    sent_at = models.DateTimeField(null=True)  # set before it goes out: rather lost than sent twice

    class Meta:
        app_label = "notices"  # where its table was made
        indexes = [models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="mail_to_send")]

    def __str__(self):
        return f"{self.subject} to {self.to}"
