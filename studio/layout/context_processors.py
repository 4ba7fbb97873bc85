"""What every page shows."""

from django.conf import settings

from studio.integrations import providers
from studio.people.notifications.models import Notice


def studio(request):
    """Whether takes are made by the sandbox, whether mail can be sent, and how many notices are unread."""
    return {
        "sandboxed": providers.sandboxed(),
        "sends_mail": settings.SENDS_MAIL,
        "unread": lambda: Notice.objects.filter(user=request.user, read_at=None).count(),
    }
