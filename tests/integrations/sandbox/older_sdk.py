"""The flows of `runware` 0.5.24, whose import name is that of its successor: it runs in a process of its own.

Usage: older_sdk.py WEBSOCKET KEY PICTURE; prints what each flow saw, as JSON.
"""

import asyncio
import base64
import dataclasses
import json
import sys
from pathlib import Path

from runware import (
    IAsyncTaskResponse,
    IImageInference,
    IVideoInference,
    Runware,
    RunwareAPIError,
)

KITE = {"model": "runway:1@2", "positivePrompt": "A kite over dunes", "width": 1280, "height": 720}


async def video(client, **changes):
    """Order a video, and poll for it as an asynchronous answer asks for."""
    answer = await client.videoInference(IVideoInference(**{**KITE, "duration": 5, **changes}))
    if isinstance(answer, IAsyncTaskResponse):
        answer = await client.getResponse(answer.taskUUID, changes.get("numberResults", 1))
    return [dataclasses.asdict(item) for item in answer]


async def first_frame(client, picture):
    uploaded = await client.uploadImage(str(picture))
    (item,) = await video(
        client,
        model="runway:1@1",
        positivePrompt=None,
        width=None,
        height=None,
        duration=2,
        inputs={"frameImages": [uploaded.imageUUID]},
    )
    return {"uploaded": uploaded.imageURL, **item}


async def still(client, picture):
    uri = f"data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}"
    order = IImageInference(
        model="runway:4@1",
        positivePrompt="A kite over dunes",
        inputs={"referenceImages": [uri, uri]},
        includeCost=True,
    )
    return [dataclasses.asdict(item) for item in await client.imageInference(order)]


async def refusal(flow):
    """What a flow raises, in the SDK's own form."""
    try:
        return {"not raised": await flow}
    except RunwareAPIError as exc:
        return {"kind": type(exc).__name__, "code": exc.code, **exc.error_data}
    except ConnectionError as exc:
        return {"kind": type(exc).__name__, "message": str(exc)}


async def main(url, key, picture):
    client, stranger = Runware(api_key=key, url=url), Runware(api_key="wrong", url=url)
    await client.connect()
    names = ["two videos", "first frame", "still", "unsupported", "moderated", "wrong key"]
    seen = await asyncio.gather(
        video(client, numberResults=2, seed=11, includeCost=True),
        first_frame(client, picture),
        still(client, picture),
        refusal(video(client, duration=7)),
        refusal(video(client, positivePrompt="A storm")),
        refusal(stranger.imageInference(IImageInference(model="runway:4@1", positivePrompt="A kite"))),
    )
    await client.disconnect()
    await stranger.disconnect()
    print(json.dumps(dict(zip(names, seen, strict=True)), default=str))


asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
