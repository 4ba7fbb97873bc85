"""A refusal concerns what it names: one model, or the address of the provider, and not the whole studio."""

import json

import httpx
import pytest
from django.urls import reverse

from studio.generation.renders import failure_messages, lifecycle
from studio.generation.renders.models import ProviderHold, Render


@pytest.mark.parametrize(
    "named", [{"parameter": "model"}, {"code": "modelNotAvailable", "parameter": ["Model"]}]
)
def test_a_403_for_one_model_affects_that_model(order, answering, client_of, ana, named):
    def handle(request):
        data, errors = [], []
        for task in json.loads(request.content):
            echo = {"taskType": task["taskType"], "taskUUID": task["taskUUID"]}
            refusal = {"code": "forbidden", "message": "Not for this account.", **named}
            (errors if task["taskType"] == "videoInference" else data).append(
                {**echo, **(refusal if task["taskType"] == "videoInference" else {})}
            )
        return httpx.Response(403 if errors else 200, json={"data": data, "errors": errors})

    answering(handle)
    (clip,), (still,) = order(), order(model="gen-4-image")
    for take in (clip, still):
        lifecycle.submit(str(take.batch))
        take.refresh_from_db()
    assert (clip.state, still.state) == ("failed", "rendering")
    assert not ProviderHold.objects.exists()
    failure = failure_messages.of_failure(clip)
    assert (failure.title, failure.said) == ("This model is not open to the account", "Not for this account.")
    page = client_of(ana).get(
        reverse("board:viewer", args=[clip.project.slug, clip.shot.code]), {"take": clip.code}
    )
    assert failure.title in page.content.decode()


def test_a_403_that_names_no_model_is_about_the_key(order, answering):
    def handle(request):
        (task,) = json.loads(request.content)
        error = {"taskUUID": task["taskUUID"], "code": "invalidApiKey", "message": "No."}
        return httpx.Response(403, json={"errors": [error]})

    answering(handle)
    (take,) = order()
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    assert take.state == "queued" and ProviderHold.objects.get().family == "auth"


@pytest.mark.parametrize("status", [404, 405])
def test_a_wrong_address_is_named_on_the_banner_and_nothing_is_in_doubt(
    order, answering, client_of, ana, status
):
    seen = answering(lambda request: httpx.Response(status, text="<html>nginx</html>"))
    (take,) = order()
    lifecycle.submit(str(take.batch))
    take.refresh_from_db()
    assert len(seen) == 1 and take.state == "queued"
    page = client_of(ana).get(reverse("board:board", args=[take.project.slug])).content.decode()
    assert f"{status} is answered at https://api.runware.ai/v1: RUNWARE_URL may be wrong." in page


def test_a_host_that_is_not_there_is_named_on_the_banner(order, answering, client_of, ana):
    def handle(request):
        raise httpx.ConnectError("no such host")

    answering(handle)
    (take,) = order()
    lifecycle.submit(str(take.batch))
    page = client_of(ana).get(reverse("board:board", args=[take.project.slug])).content.decode()
    assert "The provider cannot be reached. Its address: api.runware.ai." in page
    assert Render.objects.get().state == "queued"
