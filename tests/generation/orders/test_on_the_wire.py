"""What is ordered is what is sent: every documented parameter of every model, in more than one value."""

import json

import httpx
import pytest

from studio.generation.renders import lifecycle
from studio.integrations import catalogue
from studio.integrations.catalogue import Need

MODELS = {model.key: model for model in catalogue.MODELS}


@pytest.fixture
def sent(order, answering, shot, frame):
    """Order a take and return the task that went out for it: `sent(model="gen-4.5", quality=71)`."""

    def handle(request):
        answers = []
        for task in json.loads(request.content):
            echo = {"taskType": task["taskType"], "taskUUID": task["taskUUID"]}
            answers.append({**echo, "mediaUUID": "an-upload"} if task["taskType"] == "mediaStorage" else echo)
        return httpx.Response(200, json={"data": answers})

    seen = answering(handle)

    def sent(**wish):
        model = MODELS[wish["model"]]
        if model.first_frame is Need.NEEDED and "first_frame" not in wish:
            shot.first_frame = frame
            shot.save(update_fields=["first_frame"])
        (take,) = order(**wish)
        lifecycle.submit(str(take.batch))
        tasks = [task for request in seen for task in json.loads(request.content)]
        (task,) = [task for task in tasks if task["taskUUID"] == str(take.task_code)]
        return task

    return sent


def base(model, preset):
    """What goes out of every order of this model, beside its prompt and pictures."""
    task = {
        "taskType": "imageInference" if model.is_still else "videoInference",
        "model": model.provider_id,
        "width": preset.width,
        "height": preset.height,
        "outputType": "URL",
        "outputFormat": model.formats[0],
        "outputQuality": 95,
        "deliveryMethod": "async",
        "includeCost": True,
        "numberResults": 1,
        "providerSettings": {"runway": {"contentModeration": {"publicFigureThreshold": "auto"}}},
        "safety": {"mode": "none"},
    }
    return task if model.is_still else {**task, "duration": model.default_seconds}


@pytest.mark.parametrize("key", MODELS)
def test_an_order_of_which_nothing_is_chosen_sends_the_defaults(sent, shot, key):
    model = MODELS[key]
    task = sent(model=key)
    assert task.pop("taskUUID")
    assert task.pop("positivePrompt") == shot.prompt
    assert isinstance(task.pop("seed", 0), int)
    task.pop("inputs", None)
    task.pop("webhookURL", None)
    assert task == base(model, model.presets[0])


CHOSEN = [
    (key, name, value, place)
    for key, model in MODELS.items()
    for name, values, place in [
        ("quality", [model.quality[0], 71, model.quality[1]], ("outputQuality",)),
        ("format", model.formats, ("outputFormat",)),
        ("safety", model.safety_modes, ("safety", "mode")),
        (
            "threshold",
            model.thresholds,
            ("providerSettings", "runway", "contentModeration", "publicFigureThreshold"),
        ),
        ("seconds", model.durations, ("duration",)),
        ("seed", [0, 421, model.max_seed] if model.has_seed else [], ("seed",)),
    ]
    for value in values
]


@pytest.mark.parametrize(("key", "name", "value", "place"), CHOSEN)
def test_what_is_chosen_is_what_is_sent_and_nothing_else_changes(sent, key, name, value, place):
    model = MODELS[key]
    task = sent(model=key, **{name: value})
    found = task
    for step in place:
        found = found[step]
    assert found == value and isinstance(found, int) is isinstance(value, int)
    expected = base(model, model.presets[0])
    for other in set(expected) - {place[0]}:
        assert task[other] == expected[other], other


@pytest.mark.parametrize(
    ("key", "preset"), [(key, preset) for key, model in MODELS.items() for preset in model.presets], ids=str
)
def test_every_preset_sends_its_size(sent, key, preset):
    task = sent(model=key, aspect=preset.key)
    assert (task["width"], task["height"]) == (preset.width, preset.height)


@pytest.mark.parametrize(
    "key", [key for key, model in MODELS.items() if model.first_frame is not Need.REFUSED]
)
def test_a_first_frame_stands_first(sent, shot, frame, key):
    shot.first_frame = frame
    shot.save(update_fields=["first_frame"])
    assert sent(model=key)["inputs"] == {"frameImages": [{"image": "an-upload", "frame": "first"}]}
