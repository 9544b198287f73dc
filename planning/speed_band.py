"""Today's coverage at the slow, the study's own and the fast walking speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from planning.access import Coverage
from planning.errors import InputError, StudyError, fail
from planning.inputs.town import read_town
from planning.judging import coverage_of
from planning.network import PROFILES
from planning.progress import Progress
from planning.result import AtSpeed, Town


def at_each_speed(
    town: Town,
    today: Mapping[str, Coverage],
    *,
    data_dir: Path,
    documents: Sequence[str],
    progress: Progress,
) -> tuple[AtSpeed, ...]:
    """Whom each service covers at each speed of the profile's band [m/s].

    `today` is the coverage of `town` by service, at its own speed; the town is read anew, beside
    the same `documents`, for the others.
    Raises StudyError for a profile without a band, InputError where an input changed meanwhile.
    """
    study, profile = town.study, town.network.profile
    band = PROFILES[study.network.profile].band_m_s
    if band is None:
        raise fail(
            StudyError,
            "--speed-band",
            found=(f"“{profile.label_zh}”没有步速区间", f"no band of speeds for '{profile.name}'"),
            expected=("有步速区间的步行档案，如 elder", "a profile on foot, such as elder"),
            to_do=("去掉 --speed-band，或换 profile", "leave --speed-band, or change the profile"),
        )
    at_speed = {profile.speed_m_s: today}
    for speed_m_s in band:
        spec = study.network.model_copy(update={"speed_m_s": speed_m_s})
        other, _ = read_town(
            study.model_copy(update={"network": spec}),
            data_dir,
            scenario=town.scenario,
            documents=documents,
            progress=progress,
        )
        if other.sources != town.sources:
            raise _changed(town, other)
        at_speed[speed_m_s] = coverage_of(other)
    return tuple(
        AtSpeed(
            service=service,
            speed_m_s=speed_m_s,
            ledger=covered[service].ledger(town.demand.people[spec.group]),
        )
        for service, spec in study.services.items()
        for speed_m_s, covered in sorted(at_speed.items())
    )


def _changed(before: Town, after: Town) -> Exception:
    """The refusal of a run whose inputs, a table of a database perhaps, changed underneath it."""
    keys = [a.key for a, b in zip(before.sources, after.sources, strict=True) if a != b]
    return fail(
        InputError,
        ", ".join(keys),
        found=("运行期间数据变了", "data that changed during the run"),
        expected=("运行期间不变的数据", "data that stay as they are"),
        to_do=("重新运行，或先导出为文件", "run again, or export them as files first"),
    )
