"""Every rule follows from the catalogue (`protocols.md` 2 to 4)."""

import uuid

import pytest

from studio.integrations.catalogue import MODELS, Kind
from tests.integrations.sandbox.orders import kite, picture, still, turbo

VIDEOS = [model for model in MODELS if model.kind is Kind.VIDEO]
SIZES = [(model, preset) for model in MODELS for preset in model.presets]


def order_for(model, **changes):
    make = still if model.is_still else turbo if model.first_frame == "needed" else kite
    return make(**{"model": model.provider_id, **changes})


@pytest.mark.parametrize(("model", "preset"), SIZES, ids=lambda x: getattr(x, "key", None))
def test_every_size_of_the_catalogue_is_taken(sandbox, model, preset):
    sandbox.send(order_for(model, width=preset.width, height=preset.height))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)
def test_another_size_is_refused_with_the_list(sandbox, model):
    error = sandbox.refusal(order_for(model, width=1000, height=1000))

    assert error["code"] == "unsupportedParameter"
    assert error["parameter"] == ["width", "height"]
    assert error["message"].startswith("Unsupported use of width/height parameters.")
    assert f"Supported values are: '{model.presets[0].key}'" in error["message"]
    assert error["allowedValues"] == [preset.key for preset in model.presets]
    assert error["documentation"].startswith("https://runware.ai/docs/models/runway-gen-4")


def test_gen_45_has_no_21_9_though_turbo_has(sandbox):
    sandbox.refusal(kite(width=1584, height=672))
    sandbox.send(turbo(width=1584, height=672))


def test_gen_45_needs_both_dimensions_and_turbo_both_or_neither(sandbox):
    assert sandbox.refusal(kite(width=..., height=...))["code"] == "missingParameter"
    assert sandbox.refusal(kite(height=...))["code"] == "missingParameter"
    assert sandbox.refusal(turbo(width=...))["code"] == "missingParameter"
    sandbox.send(turbo(width=..., height=...), still(width=..., height=...))


@pytest.mark.parametrize("model", VIDEOS, ids=lambda model: model.key)
def test_every_duration_of_the_catalogue_is_taken(sandbox, model):
    sandbox.send(*[order_for(model, duration=seconds) for seconds in model.durations])


def test_a_duration_of_gen_45_may_be_written_as_a_float(sandbox):
    sandbox.send(kite(duration=8), kite(duration=8.0))

    error = sandbox.refusal(kite(duration=7))
    assert (error["code"], error["parameter"], error["type"]) == ("unsupportedDuration", "duration", "float")
    assert error["allowedValues"] == [5, 8, 10]


def test_a_duration_of_turbo_is_an_integer_in_a_range(sandbox):
    error = sandbox.refusal(turbo(duration=1))

    assert (error["type"], error["min"], error["max"]) == ("integer", 2, 10)
    assert sandbox.refusal(turbo(duration=8.0))["code"] == "invalidDuration"


def test_a_still_has_no_duration_and_no_seed(sandbox):
    assert sandbox.refusal(still(duration=5))["code"] == "unsupportedParameter"
    assert sandbox.refusal(still(seed=1))["code"] == "unsupportedParameter"


@pytest.mark.parametrize("make", [kite, turbo, still])
def test_an_unknown_parameter_is_refused_by_name(sandbox, make):
    error = sandbox.refusal(make(negativePrompt="rain"))

    assert (error["code"], error["parameter"]) == ("unsupportedParameter", "negativePrompt")
    assert {"taskType", "positivePrompt", "outputFormat"} <= set(error["allowedValues"])
    assert error["message"].startswith("Unsupported use of 'negativePrompt' parameter.")
    assert "Allowed values are: " in error["message"]


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"inputs": {"video": "x"}}, "inputs.video"),
        ({"safety": {"level": 1}}, "safety.level"),
        ({"providerSettings": {"runway": {"style": 1}}}, "providerSettings.runway.style"),
        ({"frameImages": [{"inputImage": "x"}]}, "frameImages"),
    ],
)
def test_unknown_parameters_are_found_inside_objects_too(sandbox, changes, parameter):
    error = sandbox.refusal(kite(**changes))

    assert (error["code"], error["parameter"]) == ("unsupportedParameter", parameter)


@pytest.mark.parametrize("make", [kite, turbo, still])
def test_a_prompt_has_one_to_a_thousand_utf16_units(sandbox, make):
    sandbox.send(make(positivePrompt="x" * 1000), make(positivePrompt="🪁" * 500))

    for prompt in ("", "x" * 1001, "🪁" * 500 + "x"):
        error = sandbox.refusal(make(positivePrompt=prompt))
        assert error["code"] == "invalidPositivePromptLength"
        assert (error["min"], error["max"]) == (1, 1000)


def test_a_prompt_is_needed_where_nothing_else_says_what_to_make(sandbox):
    assert sandbox.refusal(kite(positivePrompt=...))["code"] == "missingParameter"
    assert sandbox.refusal(still(positivePrompt=...))["code"] == "missingParameter"
    sandbox.send(turbo(positivePrompt=...), kite(positivePrompt=..., inputs={"frameImages": [picture()]}))


def test_turbo_needs_a_first_frame(sandbox):
    for inputs in (..., {}):
        error = sandbox.refusal(turbo(inputs=inputs))
        assert (error["code"], error["parameter"]) == ("missingParameter", "inputs.frameImages")
        assert error["message"].startswith("Missing required parameter: 'inputs.frameImages'.")


@pytest.mark.parametrize("where", [{}, {"frame": "first"}, {"frame": 0}])
def test_a_frame_may_say_that_it_is_the_first(sandbox, where):
    sandbox.send(turbo(inputs={"frameImages": [{"image": picture(), **where}]}))


@pytest.mark.parametrize(
    "frames",
    [
        [],
        ["x", "y"],
        "x",
        [1],
        [{"frame": "first"}],
        [{"image": "x", "frame": "last"}],
        [{"image": "x", "frame": False}],
    ],
)
def test_other_frames_are_refused(sandbox, frames):
    sandbox.refusal(turbo(inputs={"frameImages": frames}))


def test_a_still_takes_references_nested_or_at_the_top_but_not_both(sandbox):
    sandbox.send(still(inputs={"referenceImages": [picture()] * 3}), still(referenceImages=[picture()]))

    both = still(inputs={"referenceImages": [picture()]}, referenceImages=[picture()])
    assert sandbox.refusal(both)["code"] == "incompatibleParameters"


@pytest.mark.parametrize("references", [[], [picture()] * 4, "x", [{"image": "x"}]])
def test_a_still_takes_one_to_three_references(sandbox, references):
    sandbox.refusal(still(inputs={"referenceImages": references}))
    sandbox.refusal(still(referenceImages=references))


def test_inputs_of_another_kind_are_unknown(sandbox):
    assert sandbox.refusal(still(inputs={"frameImages": [picture()]}))["code"] == "unsupportedParameter"
    assert sandbox.refusal(kite(inputs={"referenceImages": [picture()]}))["code"] == "unsupportedParameter"
    assert sandbox.refusal(kite(referenceImages=[picture()]))["code"] == "unsupportedParameter"


@pytest.mark.parametrize(("make", "most"), [(kite, 4), (turbo, 4), (still, 20)])
def test_the_number_of_results_has_a_range(sandbox, make, most):
    sandbox.send(make(numberResults=most))

    for count in (0, most + 1, "2", 1.0, True):
        error = sandbox.refusal(make(numberResults=count))
        assert (error["code"], error["min"], error["max"]) == ("invalidNumberResults", 1, most)


def test_a_task_type_fits_its_model(sandbox):
    error = sandbox.refusal(kite(taskType="imageInference"))

    assert error["code"] == "invalidTaskType"
    assert error["allowedValues"] == ["videoInference"]


@pytest.mark.parametrize("model", ["runway:9@9", 5, ["runway:1@2"]])
def test_an_unknown_model_is_refused(sandbox, model):
    assert sandbox.refusal(kite(model=model))["code"] == "invalidModel"


def test_a_task_needs_a_model_and_a_uuid_of_any_version(sandbox):
    assert sandbox.refusal(kite(model=...))["code"] == "missingParameter"
    assert sandbox.refusal(kite(taskUUID="kite-1"))["code"] == "invalidTaskUUID"
    assert sandbox.post(kite(taskUUID=...)).json()["errors"][0]["code"] == "missingParameter"
    sandbox.send(kite(taskUUID=str(uuid.uuid1())))


@pytest.mark.parametrize(
    ("make", "name", "good", "bad"),
    [
        (kite, "outputFormat", ["MP4", "WEBM", "MOV"], ["JPG", "mp4", 1]),
        (still, "outputFormat", ["JPG", "PNG", "WEBP"], ["MP4"]),
        (kite, "outputType", ["URL"], ["base64Data", ["URL"]]),
        (still, "outputType", ["URL", "base64Data", "dataURI"], ["file"]),
        (kite, "outputQuality", [20, 99], [19, 100, 50.0, "95"]),
        (kite, "deliveryMethod", ["async"], ["sync", "stream"]),
        (kite, "seed", [0, 4294967295], [-1, 4294967296, 1.5, True]),
        (
            kite,
            "safety",
            [{"mode": "none"}, {"mode": "fast"}, {"mode": "full"}, {"checkContent": True}],
            [{"mode": "most"}, {"checkContent": 1}, "fast"],
        ),
        (still, "safety", [{"mode": "none"}, {"mode": "fast"}], [{"mode": "full"}]),
        (kite, "includeCost", [True, False], ["yes", 1]),
        (kite, "ttl", [60, 86400], [59, 60.0, "60"]),
        (kite, "routing", [{}], []),
        (
            kite,
            "providerSettings",
            [{}, {"runway": {}}, {"runway": {"contentModeration": {"publicFigureThreshold": "low"}}}],
            [{"openai": {}}, {"runway": {"contentModeration": {"publicFigureThreshold": "high"}}}, []],
        ),
        (
            kite,
            "webhookURL",
            [],
            [
                "https://example.com/hook",
                "ftp://127.0.0.1/",
                "http://10.0.0.1/",
                "http://127.0.0.1@example.com/",
                5,
            ],
        ),
        (kite, "uploadEndpoint", [], ["https://example.com/put"]),
    ],
)
def test_parameters_are_checked_one_by_one(sandbox, make, name, good, bad):
    for value in good:
        sandbox.send(make(**{name: value}))
    for value in bad:
        error = sandbox.refusal(make(**{name: value}))
        assert name in str(error["parameter"])
        assert error["code"].startswith(("invalid", "unsupported", "unknown"))


EVERYWHERE = [
    "taskType",
    "taskUUID",
    "model",
    "positivePrompt",
    "width",
    "height",
    "inputs",
    "providerSettings",
    "providerSettings.runway",
    "providerSettings.runway.contentModeration",
    "providerSettings.runway.contentModeration.publicFigureThreshold",
    "outputType",
    "outputFormat",
    "outputQuality",
    "deliveryMethod",
    "webhookURL",
    "uploadEndpoint",
    "safety",
    "safety.checkContent",
    "safety.mode",
    "ttl",
    "includeCost",
    "numberResults",
    "seed",
    "duration",
    "negativePrompt",  # documented nowhere: a null of it is nothing either
]
NULLS = [
    *[(make, path) for make in (kite, turbo, still) for path in EVERYWHERE],
    *[(make, "inputs.frameImages") for make in (kite, turbo)],
    (still, "inputs.referenceImages"),
    (still, "referenceImages"),
]


@pytest.mark.parametrize(("make", "path"), NULLS)
def test_a_null_is_as_if_the_parameter_were_absent(sandbox, make, path):
    def answer_to(value):
        task = make()
        *outer, name = path.split(".")
        holder = task
        for key in outer:
            holder = holder.setdefault(key, {})
        holder.pop(name, None)
        if value is None:
            holder[name] = None
        said = sandbox.post(task).json()
        return [(item.get("code"), item.get("parameter")) for part in said.values() for item in part]

    assert answer_to(None) == answer_to(...)


def test_a_null_inside_a_frame_is_absent_and_a_null_for_a_frame_is_not(sandbox):
    sandbox.send(turbo(inputs={"frameImages": [{"image": picture(), "frame": None}]}))

    error = sandbox.refusal(turbo(inputs={"frameImages": [{"image": None}]}))
    assert (error["code"], error["parameter"]) == ("missingParameter", "inputs.frameImages.0.image")
    assert sandbox.refusal(turbo(inputs={"frameImages": [None]}))["code"] == "invalidFrameImages"


def test_a_lifetime_is_for_addresses_only(sandbox):
    error = sandbox.refusal(still(ttl=60, outputType="base64Data"))

    assert error["parameter"] == ["ttl", "outputType"]


def test_nothing_of_a_refused_task_remains(sandbox):
    task = kite(duration=7)
    sandbox.refusal(task)

    assert sandbox.poll(task).json() == {"data": []}
    sandbox.send(task | {"duration": 8})


ODD = [
    None,
    [],
    {},
    "",
    "\x00",
    "\ud83e",
    "http://127.0.0.1/\ud83e",
    "🪁",
    0,
    -1,
    1e308,
    True,
    [[]],
    [{}],
    {"x": {"y": []}},
    "x" * 5000,
    10**30,
]


@pytest.mark.parametrize("make", [kite, turbo, still])
def test_no_value_whatsoever_breaks_the_server(sandbox, make):
    task = make()
    names = [*task, "inputs", "safety", "providerSettings", "seed", "ttl", "webhookURL", "referenceImages"]
    for name in dict.fromkeys(names):
        answers = [sandbox.post(make(**{name: value})) for value in ODD]
        assert {answer.status_code for answer in answers} <= {200, 400}, name
        assert all(answer.json() for answer in answers)


@pytest.mark.parametrize(
    "kind",
    [
        "getResponse",
        "getTaskDetails",
        "accountManagement",
        "imageUpload",
        "mediaStorage",
        "ping",
        "authentication",
    ],
)
def test_no_utility_task_breaks_the_server(sandbox, kind):
    for name in ("taskUUID", "operation", "image", "media", "apiKey"):
        for value in ODD:
            response = sandbox.post({"taskType": kind, "taskUUID": str(uuid.uuid4()), name: value})
            assert response.status_code in (200, 400, 404)
            assert response.json()
