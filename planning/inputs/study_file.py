"""The study file, YAML 1.2: every fault at once, with its line, and the nearest known key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planning.errors import Fault, InputError, MissingFileError, StudyError, fail, raise_all
from planning.inputs.cross_checks import cross_faults
from planning.inputs.postgis.address import address_of
from planning.inputs.scenario_file import ScenarioFile, is_scenario_file, read_scenario_file
from planning.inputs.study_faults import MOST_FAULTS, Page, fault_of
from planning.inputs.yaml_text import Loc, as_plain, parse_yaml
from planning.study import LaidOver, Study


def read_study(path: Path, scenario: str | None = None) -> Study:
    """Read a study file and apply a scenario; every fault, of every scenario, is listed at once.

    `scenario` is a name of the study's own, or the path of a scenario file (``….json``), which is
    laid over the scenario that it names as its base, or over the study itself.
    """
    if not path.is_file():
        raise fail(
            MissingFileError,
            str(path),
            found=("没有这个文件", "no such file"),
            expected=("研究文件（YAML）", "a study file (YAML)"),
            to_do=("检查路径", "check the path"),
        )
    written = parse_yaml(path, StudyError, keys="name:、area:")
    faults: list[Fault] = []
    over = _file_of(scenario, written, faults)
    base = _validated(Page(file=path.name, written=written), as_plain(written), faults)
    variants: dict[str, Study | None] = {}
    changes = dict(_overrides(written))
    for name, change in changes.items():
        page = Page(file=path.name, written=written, above=("scenarios", name), change=change)
        variants[name] = _validated(page, _merged(as_plain(written), change), faults)
    chosen = scenario if over is None else over.base
    plain = _merged(as_plain(written), changes.get(chosen or "", {}))
    laid = None if over is None else _laid_over(over, plain, faults)
    raise_all(StudyError, faults)
    study = base if chosen is None else variants.get(chosen)
    if study is None:
        raise _no_scenario(path, chosen, variants, over)
    return study if laid is None or over is None else laid.under(_memory(over, study))


def _file_of(scenario: str | None, written: Any, faults: list[Fault]) -> ScenarioFile | None:
    """The scenario file that is asked for, None where a name is or its faults are noted."""
    if scenario is None or not is_scenario_file(scenario, dict(_overrides(written))):
        return None
    try:
        return read_scenario_file(Path(scenario), study=as_plain(written).get("name"))
    except StudyError as error:
        faults.extend(error.faults)
        return None


def _laid_over(over: ScenarioFile, plain: dict[str, Any], faults: list[Fault]) -> Study | None:
    """What a scenario file makes of a study; of a study that is at fault nothing is said."""
    if faults:
        return None
    page = Page(
        file=over.file, written=None, above=("override",), change=over.override,
        to_do=("改正情景文件", "mend the scenario file"),
    )  # fmt: skip
    return _validated(page, _merged(plain, over.override), faults)


def _memory(over: ScenarioFile, study: Study) -> LaidOver:
    """What a study keeps of the file that was laid over it."""
    before = study.model_dump(mode="json", include=set(over.override) - {"scenarios"})
    return LaidOver(
        file=over.file,
        sha256=over.sha256,
        name=over.name,
        base=over.base,
        ground=over.ground,
        under=before,
    )


def _no_scenario(
    path: Path, name: str | None, known: dict[str, Study | None], over: ScenarioFile | None
) -> StudyError:
    names = ", ".join(known) or "—"
    error = fail(
        StudyError,
        f"{path.name} scenarios" if over is None else f"{over.file} base",
        found=(f"没有情景“{name}”", f"no scenario '{name}'"),
        expected=(f"以下之一：{names}", f"one of: {names}"),
        to_do=("改用已有情景名", "name one of them"),
    )
    assert isinstance(error, StudyError)
    return error


def _validated(page: Page, plain: dict[str, Any], faults: list[Fault]) -> Study | None:
    """The study, or None with its faults noted; a scenario answers for what it changes."""
    try:
        study = Study.model_validate(plain)
    except ValidationError as error:
        found = error.errors()
        own = [one for one in found if page.is_of_scenario(_written_at(one))]
        if page.change is None or (not own and not faults):
            own = found
        faults += [fault_of(page, one) for one in own[:MOST_FAULTS]]
        return None
    known = {(fault.found, fault.expected) for fault in faults}
    for fault in _cross_checks(study, page):
        if (fault.found, fault.expected) not in known:
            faults.append(fault)
    return study


def _written_at(error: Any) -> Loc:
    """Where what is wrong is written: what is missing, in what it is missing from."""
    loc: Loc = error["loc"]
    return loc[:-1] if error["type"] == "missing" or loc[-1:] == ("[key]",) else loc


def _overrides(written: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Scenarios that are mappings of keys; of the others the study itself complains."""
    scenarios = as_plain(written).get("scenarios")
    if isinstance(scenarios, dict):
        yield from ((name, c) for name, c in scenarios.items() if isinstance(c, dict))


def _merged(base: Any, change: Any) -> Any:
    """`base` with `change` laid over it; mappings are merged key by key, all else is replaced."""
    if isinstance(base, dict) and isinstance(change, dict):
        return {
            **base,
            **{k: _merged(base[k], v) if k in base else v for k, v in change.items()},
        }
    return change


def _cross_checks(study: Study, page: Page) -> Iterator[Fault]:
    """What one key may not say without another."""
    for key, given_input in study.inputs().items():
        try:
            address_of(given_input.path, page.where((*key.split("."), "path")))
        except InputError as error:
            yield from error.faults
    yield from cross_faults(study, page.wrong)
