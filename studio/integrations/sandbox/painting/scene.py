"""A whole scene from words: the sky at the back, then land and water, then air, then film."""

import math
from collections.abc import Iterator

from PIL import Image

from . import camera, film, land, palette, room, sky, stage, water, weather, words
from .colour import BLACK, NEUTRAL, Planes, develop
from .noise import white
from .stage import Layer, place


class Scene:
    """Everything that stays the same through a take, prepared once."""

    def __init__(
        self,
        brief: words.Brief,
        width: int,
        height: int,
        *,
        moving: bool = True,
        reference: Image.Image | None = None,
    ):
        self.brief = brief
        colours = palette.choose(brief, reference)
        self.stage = stage.set_up(brief, width, height, moving=moving)
        backdrop = sky.paint(brief, colours, self.stage)
        sky_planes = develop(backdrop, white(brief.dice("dither"), *self.stage.canvas))
        lands = land.build(brief, colours, self.stage)
        sky_rows = land.seen_until(lands[0].top + lands[0].open_rows, self.stage)
        behind = [Layer(land.cut(sky_planes, sky_rows), None, 0, depth=0.06)]
        if moving:
            behind = [layer.ready(fine=3, mask_fine=1) for layer in behind]
            lands = [layer.ready(fine=2, mask_fine=3) for layer in lands]
        self.parts: list[Layer | weather.Veil | weather.Air | water.Glitter] = [*behind]
        self._stand(lands, colours)
        air = weather.Air(brief, colours, width, height)
        if air.kind:
            self.parts.append(air)
        if brief.has("inside"):
            wall = room.wall(brief, colours, self.stage)
            self.parts += [
                wall.ready(fine=2, mask_fine=4) if moving else wall,
                room.lamplight(colours, self.stage),
            ]
        self.flock = weather.Flock(brief, colours, self.stage) if brief.has("birds") else None
        self.vignette = film.Vignette(width, height)
        self.grain = film.Grain(brief, width, height)
        self.light = film.flicker(brief)

    def _stand(self, lands: list[Layer], colours: palette.Palette) -> None:
        misty = self.brief.has("fog", "dawn", "forest", "rain", "storm")
        for number, layer in enumerate(lands):
            self.parts.append(layer)
            if number == 0 and land.kind_of(self.brief) == "islands":
                self.parts.append(
                    water.surface(self.brief, colours, self.stage).ready(fine=layer.fine, mask_fine=1)
                )
                self.parts.append(water.Glitter(self.brief, colours, self.stage))
            elif misty and 0 < number < len(lands) - 1:
                foot = lands[number + 1].top + self.stage.unit * 0.05
                self.parts.append(weather.mist(self.brief, colours, self.stage, foot, layer.depth))

    def frame(self, pose: camera.Pose, second: float) -> Planes:
        size, half = (self.stage.width, self.stage.height), (self.stage.width // 2, self.stage.height // 2)
        picture = Planes(
            Image.new("L", size, BLACK), Image.new("L", half, NEUTRAL), Image.new("L", half, NEUTRAL)
        )
        for part in self.parts:
            match part:
                case Layer():
                    place(part, picture, self.stage, pose)
                case weather.Veil():
                    part.draw(picture, self.stage, pose, second)
                case water.Glitter() | weather.Air():
                    part.draw(picture, pose, second)
        if self.flock:
            self.flock.draw(picture, pose, second)
        film.exposed(picture, self.light(second))
        self.vignette.draw(picture)
        self.grain.draw(picture)
        return picture


def shoot(brief: words.Brief, width: int, height: int, frames: int, fps: int) -> Iterator[Planes]:
    scene = Scene(brief, width, height)
    move = camera.through_scene(brief, frames / fps)
    for number in range(frames):
        yield scene.frame(move(number / max(1, frames - 1)), number / fps)


def still(brief: words.Brief, width: int, height: int, reference: Image.Image | None) -> Planes:
    scene = Scene(brief, _even(width), _even(height), moving=False, reference=reference)
    return scene.frame(camera.Pose(), 0.4)


def _even(length: int) -> int:
    return math.ceil(length / 2) * 2
