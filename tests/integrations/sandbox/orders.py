"""Tasks as a client sends them."""

import base64
import io
import uuid

from PIL import Image


def kite(**changes):
    """A Gen-4.5 task: text to video."""
    task = {
        "taskType": "videoInference",
        "taskUUID": str(uuid.uuid4()),
        "model": "runway:1@2",
        "positivePrompt": "A kite over dunes",
        "width": 1280,
        "height": 720,
        "duration": 5,
        "includeCost": True,
    }
    return _changed(task, changes)


def turbo(**changes):
    """A Gen-4 Turbo task: it needs a first frame."""
    return kite(**{"model": "runway:1@1", "inputs": {"frameImages": [picture()]}, **changes})


def still(**changes):
    """A Gen-4 Image task, asynchronous."""
    task = {
        "taskType": "imageInference",
        "taskUUID": str(uuid.uuid4()),
        "model": "runway:4@1",
        "positivePrompt": "A kite over dunes",
        "width": 1360,
        "height": 768,
        "deliveryMethod": "async",
        "includeCost": True,
    }
    return _changed(task, changes)


def picture(width=32, height=18, kind="PNG", colour="teal"):
    """A picture as a data URI."""
    return (
        f"data:image/{kind.lower()};base64,{base64.b64encode(pixels(width, height, kind, colour)).decode()}"
    )


def pixels(width=32, height=18, kind="PNG", colour="teal"):
    written = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(written, format=kind)
    return written.getvalue()


def ask(kind, **fields):
    """A utility task."""
    return {"taskType": kind, "taskUUID": str(uuid.uuid4()), **fields}


def _changed(task, changes):
    """Set what is given; `...` takes a parameter away."""
    return {name: value for name, value in (task | changes).items() if value is not ...}
