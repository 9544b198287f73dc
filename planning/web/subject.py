"""What is served: a study, or a run folder and the study that it was made from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planning.errors import Fault, InputError, fail
from planning.inputs.study_file import read_study


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A study, its run folder, and where scenarios are kept.

    `run_folder` is None where a study is served that no run is named of. `lacking` says why the
    study of a run folder cannot be had; then `study_path` is None, and nothing can be computed.
    """

    name: str
    study_path: Path | None
    data_dir: Path | None
    scenario: str | None
    run_folder: Path | None
    store: Path
    lacking: Fault | None = None

    @property
    def plan_table(self) -> Path | None:
        """The plan of the run folder, None where there is none."""
        table = None if self.run_folder is None else self.run_folder / "plan.csv"
        if table is None or not table.is_file() or self.summary().get("plan") is None:
            return None
        return table if self.summary()["plan"]["sites"] else None

    def summary(self) -> dict[str, Any]:
        """The figures of the run folder; empty where there is none."""
        return {} if self.run_folder is None else _json(self.run_folder / "summary.json")

    def sources(self) -> dict[str, str]:
        """Digests of the inputs of the run by their place in the study."""
        if self.run_folder is None:
            return {}
        kept = _json(self.run_folder / "record.json").get("sources", [])
        return {str(one["key"]): str(one["sha256"]) for one in kept}


def subject_of(
    path: Path, *, data_dir: Path | None, scenario: str | None, out_dir: Path
) -> Subject:
    """What a path names: a run folder, or a study file (YAML).

    Scenarios are kept beside a run folder, or for a study below `out_dir`. Raises InputError for
    anything else.
    """
    if (path / "summary.json").is_file():
        return _of_run(path, data_dir, scenario)
    if path.is_file() and path.suffix.lower() in (".yaml", ".yml"):
        study = read_study(path, scenario)
        if study.what_if is not None:
            raise InputError(_laid_over(path.name))
        return Subject(
            name=study.name,
            study_path=path,
            data_dir=data_dir or path.parent,
            scenario=scenario,
            run_folder=None,
            store=out_dir / f"{study.name}.whatif",
        )
    raise fail(
        InputError,
        str(path),
        found=(
            ("没有 summary.json 的文件夹", "a folder without summary.json")
            if path.is_dir()
            else ("不是研究文件，也不是成果目录", "neither a study file nor a run folder")
        ),
        expected=("研究文件（YAML）或成果目录", "a study file (YAML) or a run folder"),
        to_do=("检查路径", "check the path"),
    )


def _of_run(folder: Path, data_dir: Path | None, scenario: str | None) -> Subject:
    folder = folder.resolve()
    name = str(_json(folder / "summary.json").get("study"))
    store = folder.parent / f"{folder.name}.whatif"
    made_from = _json(folder / "record.json").get("made_from") or {}
    asked = scenario or made_from.get("scenario")
    study_path, lacking = _study_of(folder, made_from, name, asked)
    if study_path is None:
        return Subject(
            name=name, study_path=None, data_dir=None, scenario=asked, run_folder=folder,
            store=store, lacking=lacking,
        )  # fmt: skip
    return Subject(
        name=name,
        study_path=study_path,
        data_dir=data_dir or folder / made_from["data"],
        scenario=asked,
        run_folder=folder,
        store=store,
    )


def _study_of(
    folder: Path, made_from: dict[str, Any], name: str, scenario: str | None
) -> tuple[Path | None, Fault | None]:
    """The study file of a run, or why there is none to try scenarios on."""
    if not made_from:
        return None, _lacking(
            folder,
            "record.json 没有写明研究文件（旧版或供公布的成果）",
            "a record.json that names no study (an older run, or one for publication)",
        )
    path = (folder / made_from["study"]).resolve()
    if not path.is_file():
        return None, _lacking(folder, f"没有研究文件 {path}", f"no study file at {path}")
    study = read_study(path)
    if study.name != name:
        return None, _lacking(
            folder, f"{path} 现为另一研究 {study.name}", f"another study, {study.name}, at {path}"
        )
    if (scenario or "").endswith(".json") or read_study(path, scenario).what_if is not None:
        return None, _laid_over(folder.name)
    return path, None


def _laid_over(name: str) -> Fault:
    """A run of a scenario shows the town changed already: nothing is tried on top of that."""
    return Fault(
        where=name,
        found=("已套用情景的运行", "a run with a scenario laid over it"),
        expected=("未套用情景的研究或成果", "a study, or a run, without one"),
        to_do=(
            "服务未套用情景的那份，在页面中打开情景；成果文件仍可查看",
            "serve the one without it and open the scenario there; deliverables can still be seen",
        ),
    )


def _lacking(folder: Path, zh: str, en: str) -> Fault:
    return Fault(
        where=folder.name,
        found=(zh, en),
        expected=("写出该成果的研究文件", "the study that the run was made from"),
        to_do=(
            "改用 planning serve 研究文件；成果文件和已存的情景仍可查看",
            "use `planning serve STUDY`; the deliverables and saved scenarios can still be seen",
        ),
    )


def _json(path: Path) -> dict[str, Any]:
    """An object of a file of the run folder. Raises InputError where there is none."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        held = None
    if not isinstance(held, dict):
        raise fail(
            InputError,
            str(path),
            found=("读不出 JSON 对象", "no JSON object"),
            expected=(f"planning run 写出的 {path.name}", f"a {path.name} of `planning run`"),
            to_do=("重新运行该研究", "run the study again"),
        )
    return held
