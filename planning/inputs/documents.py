"""The documents a study is held against: its own, and those beside it, in the order shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from planning.errors import Fault, StudyError, raise_all
from planning.inputs.standard_file import read_profile
from planning.standards import Profile
from planning.standards.asks import LandPerResident, PerThousand, TravelTimeCoverage
from planning.study import Study


def read_documents(
    study: Study, folders: Sequence[Path], named: Sequence[str] = ()
) -> tuple[tuple[Profile, ...], tuple[str, ...]]:
    """The study's own document and then the others, and the ids of all in the order shown.

    `named` stand in for the study's own `beside`, for this run. The study's document comes first,
    or where it is named. Raises StudyError.
    """
    own = read_profile(study.standards.profile, study, folders)
    where = "--standards" if named else "standards.beside"
    others = [
        read_profile(name, study, folders, where=where) for name in named or study.standards.beside
    ]
    by_id = {profile.standard.id: profile for profile in (own, *others)}
    shown = dict.fromkeys(profile.standard.id for profile in others)
    if own.standard.id not in shown:
        shown = {own.standard.id: None, **shown}
    profiles = tuple(by_id.values())
    faults = (
        *_ids_of_others((own, *others)),
        *_shorts_twice(profiles),
        *_strange_keys(study, profiles, folders),
        *_services_missing(study, own),
    )
    raise_all(StudyError, faults)
    return profiles, tuple(shown)


def _ids_of_others(profiles: Sequence[Profile]) -> Iterator[Fault]:
    """Two documents of one id would be taken for one, and the other lost."""
    seen: dict[str, Profile] = {}
    for profile in profiles:
        standard = profile.standard
        first = seen.setdefault(standard.id, profile).standard
        if first != standard:
            yield Fault(
                where=f"{standard.id}.id",
                found=(
                    f"两份不同的文件（{first.document}、{standard.document}）同为“{standard.id}”",
                    f"'{standard.id}' for two documents ({first.document}, {standard.document})",
                ),
                expected=("各文件不同的编号", "an id for each document"),
                to_do=("改正自备文件的 id", "mend the id of your own file"),
            )


def _shorts_twice(profiles: Sequence[Profile]) -> Iterator[Fault]:
    """Two documents of one short name could not be told apart in any table."""
    seen: dict[str, str] = {}
    for profile in profiles:
        standard = profile.standard
        if standard.short in seen:
            yield Fault(
                where=f"{standard.id}.short",
                found=(
                    f"简称“{standard.short}”已属于 {seen[standard.short]}",
                    f"'{standard.short}', which is {seen[standard.short]} already",
                ),
                expected=("各文件不同的简称", "a short name for each document"),
                to_do=("改正 short", "mend the short name"),
            )
        seen.setdefault(standard.short, standard.id)


def _strange_keys(
    study: Study, profiles: Sequence[Profile], folders: Sequence[Path]
) -> Iterator[Fault]:
    """Goals and levels name clauses in force, of a document of this run or of the study."""
    keys = (("goals", study.standards.goals), ("levels", study.standards.levels))
    ids = {clause.id for profile in profiles for clause in profile.clauses}
    if all(name in ids for _, given in keys for name in given):
        return
    set_aside = [
        read_profile(name, study, folders, where="standards.beside")
        for name in study.standards.beside
    ]
    ids |= {clause.id for profile in set_aside for clause in profile.clauses}
    names = ", ".join(profile.standard.id for profile in profiles)
    for key, given in keys:
        for name in given:
            if name not in ids:
                yield Fault(
                    where=f"standards.{key}",
                    found=(f"条文“{name}”", f"clause '{name}'"),
                    expected=(f"{names} 中的条文编号", f"a clause of {names}"),
                    to_do=("用 planning standards list 查看编号", "see `planning standards list`"),
                )


def _services_missing(study: Study, profile: Profile) -> Iterator[Fault]:
    """Services that clauses with a figure ask siting for; nobody could host one not defined."""
    if study.siting is None:
        return
    asked = {
        clause.service
        for clause in profile.clauses
        if clause.strength == "binding"
        and isinstance(clause.measure, PerThousand | LandPerResident | TravelTimeCoverage)
        and (clause.value is not None or clause.id in study.standards.goals)
    }
    own = profile.standard.id
    for service in sorted(asked - {*study.services}):
        yield Fault(
            where="services",
            found=(f"没有服务“{service}”", f"no service '{service}'"),
            expected=(f"{own} 的条文涉及它", f"it, as clauses of {own} ask for it"),
            to_do=(
                "在 services 中定义，或写 siting: null 只做体检",
                "define it under services, or say siting: null to assess only",
            ),
        )
