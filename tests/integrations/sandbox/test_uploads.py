import base64
import io

import pytest
from PIL import Image

from tests.integrations.sandbox.orders import ask, kite, picture, pixels, still, turbo


def frame(image):
    return {"frameImages": [image]}


def test_an_uploaded_image_can_be_used_by_its_uuid(sandbox):
    (item,) = sandbox.send(ask("imageUpload", image=picture(64, 36)))["data"]

    assert item["taskType"] == "imageUpload"
    assert item["imageURL"] == f"{sandbox.root}/image/ii/{item['imageUUID']}.png"
    assert sandbox.http.get(item["imageURL"]).content == pixels(64, 36)
    sandbox.send(turbo(inputs=frame(item["imageUUID"])), still(referenceImages=[item["imageUUID"]]))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
def test_uploads_come_in_five_formats(sandbox, kind):
    sandbox.send(ask("imageUpload", image=picture(kind=kind)))


def test_a_large_upload_is_scaled_down_to_2048(sandbox):
    (item,) = sandbox.send(ask("imageUpload", image=picture(4096, 1024)))["data"]

    with Image.open(io.BytesIO(sandbox.http.get(item["imageURL"]).content)) as kept:
        assert kept.size == (2048, 512)


def test_media_can_be_stored_used_and_deleted(sandbox):
    (item,) = sandbox.send(ask("mediaStorage", operation="upload", media=picture(4096, 8)))["data"]
    assert item["operation"] == "upload"
    assert sandbox.http.get(item["mediaURL"]).content == pixels(4096, 8)
    sandbox.send(turbo(inputs=frame(item["mediaUUID"])))

    (gone,) = sandbox.send(ask("mediaStorage", operation="delete", media=item["mediaUUID"]))["data"]

    assert (gone["operation"], gone["mediaUUID"]) == ("delete", item["mediaUUID"])
    assert sandbox.http.get(item["mediaURL"]).status_code == 404
    assert sandbox.refusal(turbo(inputs=frame(item["mediaUUID"])))["code"] == "invalidFrameImages"
    assert sandbox.refusal(ask("mediaStorage", operation="delete", media=item["mediaUUID"]))["code"] == "invalidMedia"  # fmt: skip


def test_a_generated_image_can_be_the_next_first_frame_but_a_video_cannot(sandbox):
    image, video = sandbox.made(still()), sandbox.made(kite())

    sandbox.send(turbo(inputs=frame(image["imageUUID"])))
    assert sandbox.refusal(turbo(inputs=frame(video["videoUUID"])))["code"] == "invalidFrameImages"


def test_an_image_may_be_bare_base64_or_an_address_on_this_machine(sandbox, receiver):
    receiver.content = pixels()
    (item,) = sandbox.send(ask("imageUpload", image=base64.b64encode(pixels()).decode()))["data"]

    sandbox.send(
        turbo(inputs=frame(base64.b64encode(pixels()).decode())),
        turbo(inputs=frame(f"{receiver.url}/frame.png")),
        turbo(inputs=frame(item["imageURL"])),
    )


@pytest.mark.parametrize(
    "image",
    [
        "",
        "hello",
        "data:image/png;base64,",
        "data:image/png,plain",
        "data:image/png;base64,AAAA",
        picture()[:-40],
        "https://example.com/frame.png",
        "http://127.0.0.1:9/frame.png",
        "http://10.0.0.1/frame.png",
        "0d5b7c2e-1a90-4f52-9a0e-5c0b8f6a1101",
    ],
    ids=lambda image: image[:24],
)
def test_an_image_that_cannot_be_had_or_read_is_invalid_wherever_it_is_used(sandbox, image):
    assert sandbox.refusal(turbo(inputs=frame(image)))["code"] == "invalidFrameImages"
    assert sandbox.refusal(still(referenceImages=[image]))["code"] == "invalidReferenceImages"
    assert sandbox.refusal(ask("imageUpload", image=image))["code"] == "invalidImage"


def test_the_operation_of_a_media_task_is_checked(sandbox):
    error = sandbox.refusal(ask("mediaStorage", operation="rename", media="x"))

    assert error["allowedValues"] == ["upload", "delete"]


def test_the_docs_pages_shape_of_an_upload_is_an_object_without_an_address(sandbox):
    sandbox.faults("upload_object")

    data = sandbox.send(ask("imageUpload", image=picture()))["data"]

    assert set(data) == {"taskType", "taskUUID", "imageUUID"}
