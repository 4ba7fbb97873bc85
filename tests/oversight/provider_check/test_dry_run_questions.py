"""What is asked by dry runs, by polls and of files, beside what is bought."""

from decimal import Decimal

import pytest
from PIL import Image

from studio.integrations.credentials import manifests
from studio.integrations.providers.base import Result
from studio.oversight.provider_check import files
from studio.oversight.provider_check.models import Job
from tests.oversight.provider_check.conftest import seen


def test_dry_runs_ask_what_nobody_has_shown(check, books):
    report = check("0.98")

    inputs = seen(report, "inputs")
    assert "a frame by the UUID of an upload: taken (HTTP 200, data 1)" in inputs
    assert "a reference by the UUID of an upload: taken" in inputs
    assert "a reference with a tag: not taken (invalidReferenceImages) (HTTP 400" in inputs
    assert "a 21:9 frame: taken" in inputs
    assert "Gen-4.5 from a frame without a prompt: taken" in inputs
    assert "with all of them the balance fell by $0" in inputs
    assert report.ok
    tried = Job.objects.filter(key__startswith="dry-run-")
    assert set(tried.values_list("state", "cost")) == {("failed", None)}
    assert books() == report.spent


def test_each_counts_against_the_limit_as_if_it_were_made(check):
    inputs = seen(check("0.10"), "inputs")

    assert "a reference by the UUID of an upload: taken" in inputs
    assert (
        "not asked: a frame by the UUID of an upload: left out: were it made, it would cost $0.1042" in inputs
    )


@pytest.mark.parametrize("limit", ["0.20", "0.30", "0.98"])
def test_a_model_that_ignores_the_header_never_costs_more_than_allowed(check, runware, books, limit):
    runware.faults("dry_run_ignored", match="prompt:drifting")

    report = check(limit)

    assert books() == report.spent <= Decimal(limit)
    assert Job.objects.filter(key="dry-run-turbo", state="done", cost=Decimal("0.1042")).exists()
    assert "A dry run of Gen-4 Turbo, 2 s was made like a real task." in report.problems
    assert not Job.objects.open().exists()


def test_nothing_is_tried_where_the_header_is_ignored(check, runware):
    runware.faults("dry_run_ignored")

    report = check("0.10")

    assert seen(report, "inputs") == "not asked: a dry run is not known to be free"
    assert not Job.objects.filter(key__startswith="dry-run-").exists()


def test_after_a_no_for_now_nothing_more_is_tried(check, runware):
    runware.faults("http_429", match="prompt:in @place", times=1)

    inputs = seen(check(), "inputs")

    assert "a reference with a tag: not taken (rateLimitExceeded)" in inputs
    assert "not asked: a 21:9 frame: left out: the provider said rateLimitExceeded" in inputs


def test_several_polls_go_into_one_array(check):
    assert seen(check("0.20"), "polls") == "2 of 2 tasks told in one answer (HTTP 200, data 2)"
    assert seen(check("0.01"), "polls") == "not asked: fewer than two tasks were made"


def test_the_files_tell_where_they_lie(check):
    assert seen(check("0.20"), "files") == (
        "Gen-4 Image, 720 × 720: on 127.0.0.1, no redirect, no provenance manifest; "
        "Gen-4 Turbo, 2 s: on 127.0.0.1, no redirect, no provenance manifest"
    )


def test_a_file_that_is_not_there_says_so(check, runware):
    runware.faults("result_404")

    assert "on 127.0.0.1, not fetched: " in seen(check("0.08"), "files")


@pytest.mark.parametrize(
    ("signed", "manifest"), [(True, "a provenance manifest"), (False, "no provenance manifest")]
)
def test_redirects_and_a_manifest_are_seen(tmp_path, settings, signed, manifest):
    settings.VAR_DIR = tmp_path
    path = tmp_path / "result.jpg"
    Image.new("RGB", (64, 48)).save(path)
    if signed:
        assert manifests.sign(path, manifests.Made("Runway Gen-4 Image", by_a_model=True), [])
    content = path.read_bytes()

    class Client:
        def fetch(self, url, file, *, visit, **_):
            for address in (url, "https://files.example/a.jpg?signature=secret"):
                visit(address)
            file.write(content)

    result = Result(code=None, uuid="", url="https://vm.example/a.jpg?token=secret")

    assert files.facts(Client(), result) == f"on vm.example then files.example, 1 redirect, {manifest}"
