"""HTTP, websockets and the lifespan of the one web process."""

import os
import warnings

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
# WhiteNoise reads its small files synchronously; media is streamed by an iterator of its own.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
django.setup(set_prefix=False)

from channels.auth import AuthMiddlewareStack  # noqa: E402 - Django must be set up first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from studio.bootstrap.lifespan import lifespan  # noqa: E402
from studio.generation.renders import fast_webhooks  # noqa: E402
from studio.review.room.routing import websocket_urlpatterns as room_urlpatterns  # noqa: E402
from studio.runtime import request_bodies, socket_doors  # noqa: E402
from studio.runtime.handler import Handler  # noqa: E402
from studio.runtime.live.routing import websocket_urlpatterns  # noqa: E402

_pages = Handler()


async def http(scope, receive, send):
    """Callbacks take the short way in; everything else is Django's."""
    door = fast_webhooks.application if scope["path"].startswith(fast_webhooks.PREFIX) else _pages
    await request_bodies.guard(door, scope, receive, send)


_socket = socket_doors.SameOrigin(
    AuthMiddlewareStack(socket_doors.Moderate(URLRouter([*websocket_urlpatterns, *room_urlpatterns])))
)


async def websocket(scope, receive, send):
    """The consumer may write past the session's middleware, which asks at each message what has changed."""
    await _socket({**scope, "write": send}, receive, send)


application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": websocket,
        "lifespan": lifespan,
    }
)
