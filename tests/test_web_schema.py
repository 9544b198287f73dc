"""Whatever fits the interface, or does not, gets an answer that the interface tells of."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from web_desk import on_loopback

from planning.progress import silent
from planning.web.app import application
from planning.web.desk import Desk
from planning.web.door import Door
from planning.web.jobs import JobBounds
from planning.web.serving import bound
from planning.web.subject import subject_of

EXAMPLES = int(os.environ.get("PLANNING_EXAMPLES", "15"))


@pytest.fixture(scope="module")
def interface(
    sample_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[schemathesis.BaseSchema]:
    """The interface of a server on the loopback, which takes no more than one siting."""
    out = tmp_path_factory.mktemp("schema")
    subject = subject_of(sample_folder / "study.yaml", data_dir=None, scenario=None, out_dir=out)
    desk = Desk(subject, progress=silent(), job_bounds=JobBounds(waiting=1, kept=1))
    listening = bound("127.0.0.1", 0)
    port = listening.getsockname()[1]
    app = application(desk, door=Door.at("127.0.0.1", port, token=None))
    with on_loopback(app, listening):
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/openapi.json")
    desk.close()


def held_to(
    operation: Any, mode: GenerationMode, *, excluded: Sequence[Any], examples: int
) -> None:
    """Hold answers to what is told of them: statuses, types, shapes; no fault of ours."""

    @given(operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def hold(case: schemathesis.Case) -> None:
        case.call_and_validate(excluded_checks=list(excluded))

    hold()


def test_whatever_fits_is_answered_as_told(interface: schemathesis.BaseSchema) -> None:
    operations = [found.ok() for found in interface.get_all_operations()]
    assert len(operations) >= 16
    for operation in operations:
        # What fits may still be another study's scenario, or nobody's id.
        is_whole = operation.path == "/api/rows"
        held_to(
            operation, GenerationMode.POSITIVE, examples=EXAMPLES,
            excluded=[] if is_whole else [positive_data_acceptance],
        )  # fmt: skip


def test_whatever_does_not_fit_is_refused_as_told(interface: schemathesis.BaseSchema) -> None:
    tried = 0
    for found in interface.get_all_operations():
        operation = found.ok()
        if operation.body or operation.query or operation.path_parameters or operation.headers:
            held_to(operation, GenerationMode.NEGATIVE, examples=EXAMPLES, excluded=[])
            tried += 1
    assert tried > 5
