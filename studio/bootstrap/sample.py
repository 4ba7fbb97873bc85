"""What a newcomer finds: "First light" with three shots to render."""

import io
import random

from PIL import Image, ImageDraw, ImageFilter

from studio.integrations.media import pictures
from studio.planning.projects import actions
from studio.planning.projects.models import Project

SHOTS = [
    {
        "code": "010",
        "scene": "1 · Causeway, dawn",
        "title": "First light",
        "prompt": "A slow push in along a glass causeway as dawn breaks over misty mountains. "
        "Gulls far off, golden haze on the water.",
    },
    {
        "code": "020",
        "scene": "1 · Causeway, dawn",
        "title": "Lamp on the ridge",
        "model": "gen-4-turbo",
        "prompt": "Slow pan right across the ridge; the lamp keeps burning while fog moves through the valley.",
    },
    {
        "code": "030",
        "scene": "2 · Observatory",
        "title": "Storm over the sea",
        "prompt": "Night storm over a dark sea, rain in sheets, moonlight breaking through clouds. "
        "Steady, wide, slow drift to the left.",
    },
]


def make(by):
    """Make "First light", if this studio has no project at all."""
    if Project.objects.exists():
        return None
    project = actions.create_project(name="First light", by=by, sample=True, takes=2)
    for line in SHOTS:
        shot = actions.create_shot(project, by=by, **line)
        if shot.model == "gen-4-turbo":
            read = pictures.read(io.BytesIO(_board()))
            picture = actions.keep_picture(project, read, by=by, name="020 board.png")
            actions.change_shot(shot, by=by, first_frame=picture)
    return project


def _board():
    """A storyboard frame drawn here: ridges at dusk with a lamp. 1600×900 PNG."""
    chance = random.Random(20)  # noqa: S311
    width, height = 1600, 900
    image = Image.linear_gradient("L").resize((width, height))
    image = Image.merge(
        "RGB",
        [
            image.point(lambda v, low=low, high=high: int(low + (high - low) * v / 255))
            for low, high in ((18, 196), (26, 118), (58, 92))
        ],
    )
    glow = Image.new("RGB", (width, height))
    ImageDraw.Draw(glow).ellipse((980, 330, 1240, 590), fill=(255, 196, 120))
    glow = glow.filter(ImageFilter.GaussianBlur(90))
    image = Image.blend(image, Image.composite(glow, image, glow.convert("L")), 0.75)
    draw = ImageDraw.Draw(image)
    for layer in range(5):
        base, rough = 470 + layer * 95, 120 - layer * 14
        points, level = [], 0.0
        for x in range(0, width + 20, 20):
            level = level * 0.93 + chance.uniform(-1, 1) * rough * 0.25
            points.append((x, base + level))
        shade = [(74, 56, 78), (54, 42, 62), (38, 31, 48), (24, 21, 34), (12, 11, 19)][layer]
        draw.polygon([(0, height), *points, (width, height)], fill=shade)
    draw.rectangle((1084, 436, 1096, 492), fill=(20, 16, 22))
    draw.ellipse((1078, 420, 1102, 444), fill=(255, 226, 168))
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.8)).save(out, "PNG")
    return out.getvalue()
