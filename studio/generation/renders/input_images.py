"""Input pictures of an order: frozen when it is made, cut when it is sent."""

from django.core.files.storage import default_storage

from studio.integrations.catalogue import render_settings
from studio.integrations.media import pictures
from studio.integrations.providers.base import Frame, Order
from studio.integrations.providers.failures import FailureReason
from studio.planning.projects.models import Picture

REFERENCE_SIDE = 2048  # px, the longest side of a reference: more is scaled down there (`protocols.md` 1.10)


class Gone(LookupError):
    """An input picture of the order cannot be read any more."""

    def __init__(self, sentence, *, position="first"):
        super().__init__(sentence)
        reasons = {"reference": FailureReason.REFERENCE_GONE}
        self.code = reasons.get(position, FailureReason.FIRST_FRAME_GONE).code


def frozen(picture, position="first", **more):
    """What a take remembers of a picture it was made with."""
    return {
        "picture": str(picture.code),
        "sha256": picture.sha256,
        "position": position,
        "from": picture.from_label or picture.name,
        **more,
    }


def order_for(render, *, webhook_url, sent):
    """The provider-neutral order of a take, its pictures cut to what was asked for.

    Decodes pictures, and sends those that the provider does not have: call it outside any transaction.

    Args:
        sent: the pictures the provider has (`uploaded_images.Pictures`).

    Raises:
        Gone: a picture's file is missing or damaged.
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
        **render_settings.of_row(render, render_settings.FINISH),
        frames=tuple(_frame(render, kept, sent) for kept in render.frames),
        webhook_url=webhook_url,
    )


def _frame(render, kept, sent):
    what = f"The reference @{kept['name']}" if kept["position"] == "reference" else "The first frame"
    picture = Picture.objects.filter(code=kept["picture"], project_id=render.project_id).first()
    if picture is None:
        raise Gone(f"{what} of this take was deleted.", position=kept["position"])
    try:
        if kept["position"] == "reference":
            jpeg = _whole(picture)
        else:
            jpeg = _first(render, picture, kept.get("box"))
    except (OSError, pictures.Unreadable) as exc:
        raise Gone(f"{what} of this take cannot be read any more.", position=kept["position"]) from exc
    return Frame(image=sent.image(jpeg), position=kept["position"])


def _whole(picture):
    scale = min(1.0, REFERENCE_SIDE / max(picture.width, picture.height))
    with default_storage.open(picture.file) as file:
        return pictures.cut(
            file, None, max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
        )


def _first(render, picture, box):
    """The part of the picture that was chosen, in the pixels of the preset; from the original where we have it."""
    with default_storage.open(picture.original or picture.file) as file:
        size = (picture.width, picture.height)
        return pictures.cut(file, box and tuple(box), render.width, render.height, of=size)
