"""Colour: whatever a file holds becomes plain RGB, in sRGB, on black."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

from studio.integrations.media import hdr, icc
from studio.integrations.media.told import Colours

_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # what a profile speaks of, in Pillow's words
_HDR = set(hdr.Transfer)
_SRGB = {"sRGB", "sRGB IEC61966-2.1", "sRGB built-in"}  # by these names it is what we want already


def plain(image: Image.Image, colours: Colours | None = None) -> Image.Image:
    """The same pixels as 8-bit sRGB, flattened on black, with nothing said beside them.

    The picture given is not to be used again: where nothing had to be done it is the one returned.

    Args:
        colours: how its values are meant, where its file says so by other words than a profile.
    """
    profile = image.info.get("icc_profile")
    if colours is not None and colours.transfer not in _HDR:
        profile = icc.profile(colours.primaries, colours.gamma or icc.srgb_curve())
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    mode = {"1": "L", "L": "L", "LA": "L", "CMYK": "CMYK"}.get(image.mode, "RGB")
    alpha = None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
    if image.mode != mode:
        image = image.convert(mode)
    if colours is not None and colours.transfer in _HDR:
        image = hdr.to_srgb(image.convert("RGB"), hdr.Transfer(colours.transfer), colours.primaries)
    elif profile:
        image = _to_srgb(image, profile)
    if image.mode != "RGB":
        image = image.convert("RGB")
    if alpha:
        black = Image.new("RGB", image.size)
        black.paste(image, mask=alpha)
        image = black
    image.info = {}
    return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits, scaled: Pillow's own conversion takes everything above 255 for white."""
    scaled = image.point(lambda value: value / 256).convert("L")
    if "transparency" in scaled.info:
        scaled.info["transparency"] //= 256
    return scaled


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _MODES.get(source.profile.xcolor_space)
        if mode == "RGB" and image.mode == "L":
            image = image.convert("RGB")
        if image.mode != mode or ImageCms.getProfileDescription(source).strip() in _SRGB:
            return image
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image  # a broken profile is no reason to refuse the picture
    return converted or image
