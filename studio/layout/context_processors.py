"""What every page shows."""

from studio.integrations import providers
from studio.people.notifications.models import Notice


def studio(request):
    """Whether takes are made by the sandbox, and how many notices are unread."""
    return {
        "sandboxed": providers.sandboxed(),
        "unread": lambda: Notice.objects.filter(user=request.user, read_at=None).count(),
    }
