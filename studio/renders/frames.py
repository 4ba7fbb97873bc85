"""Input pictures of an order: frozen when it is made, cut to exact pixels when it is sent."""

from django.core.files.storage import default_storage

from studio.media import pictures
from studio.projects.models import Picture
from studio.providers.base import Frame, Order
from studio.providers.runware import data_uri


class Gone(LookupError):
    """An input picture of the order cannot be read any more."""


def frozen(picture, position="first", **more):
    """What a take remembers of a picture it was made with."""
    return {
        "picture": str(picture.code),
        "sha256": picture.sha256,
        "position": position,
        "from": picture.from_label or picture.name,
        **more,
    }


def order_for(render, *, webhook_url):
    """The provider-neutral order of a take, its frames cropped around the centre.

    Decodes pictures: call it outside any transaction.

    Raises:
        Gone: a frame's file is missing or damaged.
    """
    return Order(
        code=render.code,
        model_id=render.model_id,
        still=render.is_still,
        prompt=render.prompt,
        width=render.width,
        height=render.height,
        seconds=render.seconds,
        seed=render.seed_asked,
        format=render.format,
        quality=render.quality,
        safety=render.safety,
        threshold=render.threshold,
        frames=tuple(_frame(render, kept) for kept in render.frames),
        webhook_url=webhook_url,
    )


def _frame(render, kept):
    picture = Picture.objects.filter(code=kept["picture"], project_id=render.project_id).first()
    if picture is None:
        raise Gone("The first frame of this take was deleted.")
    try:
        with default_storage.open(picture.file) as file:
            exact = pictures.cover(file.read(), render.width, render.height)
    except (OSError, pictures.Unreadable) as exc:
        raise Gone("The first frame of this take cannot be read any more.") from exc
    return Frame(image=data_uri(exact, mime="image/jpeg"), position=kept["position"])
