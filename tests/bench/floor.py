"""The studio's web process, in which the floors of pages go Django's own way, as it comes."""

from django.core.asgi import get_asgi_application

from studio.asgi import application as studio

_plain = get_asgi_application()


async def application(scope, receive, send):
    floor = scope["type"] == "http" and scope["path"].startswith("/floor/")
    await (_plain if floor else studio)(scope, receive, send)
