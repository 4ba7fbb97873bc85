"""What people do to their own account."""

import io

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps

FACE = 192  # pixels, each way


def keep_profile(user, *, picture=None, drop_picture=False):
    """Keep a changed profile, with a new picture if one was read."""
    if picture is not None:
        user.picture = _keep_face(user, picture)
    elif drop_picture:
        user.picture = ""
    user.save(update_fields=["name", "initials_chosen", "colour", "picture"])


def _keep_face(user, read):
    """Cut a square from the middle of the picture and store it; returns its name in storage."""
    with Image.open(io.BytesIO(read.working)) as image:
        square = ImageOps.fit(image.convert("RGB"), (FACE, FACE))
    out = io.BytesIO()
    square.save(out, "JPEG", quality=88)
    name = f"people/{user.code}/{read.sha256[:12]}.jpg"
    default_storage.delete(name)
    return default_storage.save(name, ContentFile(out.getvalue()))
