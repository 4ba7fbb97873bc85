"""What every page shows."""

from studio import providers
from studio.notices.models import Notice
from studio.renders import holds


def studio(request):
    """Whether takes are made by the sandbox, and a banner when a provider takes nothing."""
    return {
        "sandboxed": providers.sandboxed(),
        "hold": holds.current() if request.user.is_authenticated else None,
        "unread": lambda: Notice.objects.filter(user=request.user, read_at=None).count(),
    }
