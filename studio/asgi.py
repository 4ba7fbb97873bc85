"""HTTP, websockets and the lifespan of the one web process."""

import os
import warnings

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
# WhiteNoise reads its small files synchronously; media is streamed by an iterator of its own.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
django.setup(set_prefix=False)

from channels.auth import AuthMiddlewareStack  # noqa: E402 - Django must be set up first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from studio.bootstrap.lifespan import lifespan  # noqa: E402
from studio.generation.renders import fast_webhooks  # noqa: E402
from studio.review.room.routing import websocket_urlpatterns as room_urlpatterns  # noqa: E402
from studio.runtime.handler import Handler  # noqa: E402
from studio.runtime.live.routing import websocket_urlpatterns  # noqa: E402

_pages = Handler()
LARGEST = 2 * settings.UPLOAD_LIMIT_BYTES  # bytes; beyond it not even a sentence is worth reading it


async def http(scope, receive, send):
    """Callbacks take the short way in; everything else is Django's, unless it is far too large."""
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if not length.isdigit() or len(length) > 12 or int(length) > LARGEST:
        await send({"type": "http.response.start", "status": 413, "headers": [(b"connection", b"close")]})
        await send({"type": "http.response.body"})
        return
    door = fast_webhooks.application if scope["path"].startswith(fast_webhooks.PREFIX) else _pages
    await door(scope, receive, send)


_socket = AllowedHostsOriginValidator(
    AuthMiddlewareStack(URLRouter([*websocket_urlpatterns, *room_urlpatterns]))
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
