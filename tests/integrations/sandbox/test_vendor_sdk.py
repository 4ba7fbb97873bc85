"""The vendor's own Python SDK, pointed at the sandbox: if it disagrees, the sandbox is wrong.

Every flow goes over both of its transports; it reads them with different code.
"""

import pytest
from runware import Runware, RunwareError

from tests.integrations.sandbox.orders import picture

VIDEO = {
    "taskType": "videoInference",
    "model": "runway:1@2",
    "positivePrompt": "A kite over dunes",
    "width": 1280,
    "height": 720,
    "duration": 5,
    "includeCost": True,
}


@pytest.fixture(params=["rest", "websocket"])
def connect(request, sandbox):
    """Make a client; with another key than ours if that is the subject."""

    def connect(key=sandbox.key):
        return Runware(
            api_key=key,
            transport=request.param,
            http_base_url=sandbox.url,
            ws_base_url=sandbox.url.replace("http", "ws"),
            max_retries=0,
            retry_delay=1,
        )

    return connect


@pytest.fixture
async def vendor(connect):
    async with connect() as client:
        yield client


async def test_a_video_with_two_results(vendor):
    first, second = await vendor.run({**VIDEO, "numberResults": 2, "seed": 11})

    assert (first["seed"], second["seed"]) == (11, 12)
    assert first["videoUUID"] != second["videoUUID"]
    assert first["videoURL"].endswith(".mp4")
    assert first["cost"] == second["cost"] == 0.605


@pytest.mark.parametrize("delivery", ["sync", "async"])
async def test_a_still(vendor, delivery):
    (item,) = await vendor.run(
        {
            "taskType": "imageInference",
            "model": "runway:4@1",
            "positivePrompt": "A kite over dunes",
            "inputs": {"referenceImages": [picture()]},
            "deliveryMethod": delivery,
            "includeCost": True,
        }
    )

    assert item["imageURL"].endswith(".jpg")
    assert item["cost"] == 0.08


async def test_an_uploaded_image_becomes_a_first_frame(vendor):
    (upload,) = await vendor.image_upload({"image": picture()})
    assert upload["imageURL"]

    (item,) = await vendor.run(
        {
            "taskType": "videoInference",
            "model": "runway:1@1",
            "inputs": {"frameImages": [upload["imageUUID"]]},
            "duration": 2,
        }
    )

    assert item["videoURL"]


async def test_media_storage(vendor):
    (stored,) = await vendor.media_storage({"operation": "upload", "media": picture()})
    assert stored["mediaURL"]

    (deleted,) = await vendor.media_storage({"operation": "delete", "media": stored["mediaUUID"]})

    assert deleted["mediaUUID"] == stored["mediaUUID"]


async def test_account_management(vendor):
    (details,) = await vendor.account_management({"operation": "getDetails"})

    assert details["balance"]["currency"] == "USD"


async def test_a_poll_and_the_details_of_a_task(vendor):
    (item,) = await vendor.run(VIDEO)

    (polled,) = await vendor.get_response({"taskUUID": item["taskUUID"]})
    (details,) = await vendor.get_task_details({"taskUUID": item["taskUUID"]})

    assert polled["status"] == "success"
    assert details["request"][0]["positivePrompt"] == "A kite over dunes"


async def test_a_validation_error(vendor):
    with pytest.raises(RunwareError) as raised:
        await vendor.run({**VIDEO, "duration": 7})

    assert (raised.value.code, raised.value.parameter) == ("validation", "duration")
    assert raised.value.status_code in (400, None)  # a message on a websocket has none
    assert raised.value.documentation == "https://runware.ai/docs/models/runway-gen-4-5#request-duration"


async def test_a_moderation_error(vendor, sandbox):
    sandbox.faults("moderation")

    with pytest.raises(RunwareError) as raised:
        await vendor.run(VIDEO)

    assert raised.value.code == "safety"


async def test_a_moderation_error_inside_data(vendor, sandbox):
    sandbox.faults("moderation")
    sandbox.faults("poll_error_in_data")

    with pytest.raises(RunwareError) as raised:
        await vendor.run(VIDEO)

    assert raised.value.code == "safety"


async def test_no_money(vendor, sandbox):
    sandbox.faults("insufficient_credits", status=402, times=1)

    with pytest.raises(RunwareError) as raised:
        await vendor.run(VIDEO)

    assert raised.value.code == "quota"


async def test_a_wrong_key(connect):
    with pytest.raises(RunwareError) as raised:
        async with connect("wrong") as stranger:
            await stranger.run(VIDEO)

    assert raised.value.code == "auth"


@pytest.mark.parametrize("connect", ["websocket"], indirect=True)
async def test_a_lost_connection_is_made_up_for(vendor, sandbox):
    """It connects anew and sends the task again; that its UUID is taken counts as the acknowledgement."""
    sandbox.faults("answer_lost", times=1)

    (item,) = await vendor.run(VIDEO)

    assert item["videoURL"]
    assert sandbox.book(item)["posts"] == 2
    assert len(sandbox.book(item)["results"]) == 1


@pytest.mark.parametrize("connect", ["rest"], indirect=True)
async def test_it_breaks_when_errors_is_there_but_empty(vendor, sandbox):
    """That is why rule 3 leaves the key away."""
    sandbox.faults("errors_empty")

    with pytest.raises(RunwareError):
        await vendor.run(VIDEO)
