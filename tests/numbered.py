"""Clips whose every frame carries its number as black and white blocks, to be read back from the picture."""

import io
import tempfile
import uuid
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 320, 180
BITS = 12  # then the same again inverted, so that a half-drawn picture is no number
BLOCK = WIDTH // BITS

# Put this into a browser: number(video) is the number on the picture that it shows now; -1: not legible.
READ = """
window.number = (video) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 180];
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(video, 0, 0, 320, 180);
  const bit = (index, row) => pen.getImageData(index * 26 + 13, 30 + row * 60, 1, 1).data[1] > 127;
  let number = 0;
  for (let index = 0; index < 12; index++) {
    if (bit(index, 0) === bit(index, 1)) return -1;
    number = number * 2 + (bit(index, 0) ? 1 : 0);
  }
  return number;
};
"""


def picture(number, *, width=WIDTH, height=HEIGHT):
    image = Image.new("RGB", (WIDTH, HEIGHT), (90, 90, 90))
    pen = ImageDraw.Draw(image)
    for index, digit in enumerate(f"{number:0{BITS}b}"):
        left = index * 26
        bright = digit == "1"
        pen.rectangle((left, 0, left + 25, 60), fill="white" if bright else "black")
        pen.rectangle((left, 61, left + 25, 120), fill="black" if bright else "white")
    return image if (width, height) == (WIDTH, HEIGHT) else image.resize((width, height), Image.NEAREST)


def write(path, *, fps, frames, width=WIDTH, height=HEIGHT, options=None, first=0):
    """A clip at this rate; without options as x264 does it by itself: long groups and B-frames. A .webm is VP9."""
    webm = Path(path).suffix == ".webm"
    container = {"format": "webm"} if webm else {"format": "mp4", "options": {"movflags": "+faststart"}}
    usual = {"deadline": "realtime", "cpu-used": "8"} if webm else {"preset": "veryfast"}
    with av.open(str(path), "w", **container) as out:
        stream = out.add_stream(
            "libvpx-vp9" if webm else "libx264", rate=Fraction(fps), options=options or usual
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_image(picture(first + number, width=width, height=height))
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)


def take_of(
    shot,
    *,
    fps="24",
    frames=96,
    copy=True,
    prompt="A clip of numbers",
    kind="video",
    suffix=".mp4",
    **columns,
):
    """A ready take with such a clip, its pictures and, where it seeks slowly, its review copy: as `archive` keeps it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip{suffix}"
        write(
            path,
            fps=fps,
            frames=frames,
            **{k: columns.pop(k) for k in ("width", "height", "first") if k in columns},
        )
        return keep(shot, path, copy=copy, prompt=prompt, **columns)


def keep(shot, path, *, copy=True, prompt="", number=None, **columns):
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.utils import timezone

    from studio.generation.renders import take_files
    from studio.generation.renders.models import Render
    from studio.integrations.media import clip_copies, clip_pictures, clips
    from studio.runtime.live import events

    facts = clips.probe(path)
    made = clip_pictures.make(path, facts)
    code = uuid.uuid4()
    content = Path(path).read_bytes()

    def saved(name, data):
        return default_storage.save(f"takes/{code}/{name}", ContentFile(data))

    def image(each):
        out = io.BytesIO()
        each.save(out, "JPEG", quality=88)
        return out.getvalue()

    review = ""
    if not facts.plays_exactly or (copy and facts.seeks_slowly):
        with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
            clip_copies.write_review_copy(Path(path), Path(file.name), facts)
            review = saved("review.mp4", Path(file.name).read_bytes())
    now = timezone.now()
    with events.locked(shot.project_id):
        take = Render.objects.create(
            **{
                "code": code,
                "task_code": code,
                "project": shot.project,
                "shot": shot,
                "number": number or shot.renders.count() + 1,
                "kind": "video",
                "created_by": shot.project.created_by,
                "sandbox": True,
                "model": "gen-4.5",
                "model_id": "runway:1@2",
                "prompt": prompt,
                "aspect": "16:9",
                "width": 1280,
                "height": 720,
                "seconds": 5,
                "seed_asked": 421,
                "seed": 421,
                "format": "MP4",
                "quality": 95,
                "safety": "none",
                "threshold": "auto",
                "estimate": "0.605",
                "cost": "0.605",
                "cost_source": "provider",
                "state": "ready",
                "result_uuid": str(uuid.uuid4()),
                "answered_at": now,
                "ended_at": now,
                "file": saved(f"original{Path(path).suffix}", content),
                "poster": saved("poster.jpg", image(made.poster)),
                "last_frame": saved("last.jpg", image(made.last)),
                "filmstrip": saved("filmstrip.jpg", image(made.filmstrip)),
                "review": review,
                "sha256": sha256(content).hexdigest(),
                "size": len(content),
                **take_files.facts_of(facts),
                **columns,
            }
        )
        events.record(shot.project_id, "render.moved", subject=code, state="ready", was="saving")
    return take
