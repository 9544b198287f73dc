"""WorldPop's rasters by age and sex, known by their names, so that nobody types thirty-six."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from planning.demand import AgeRange
from planning.errors import Fault, InputError, MissingFileError, raise_all
from planning.inputs.population.age_cells import KEY
from planning.study import AgeCells, Study

# {iso}_{sex}_{age}_{year}….tif: of the releases to 2020 (chn_f_0_2020.tif, ages 0, 1, 5 … 80) and
# of those since (chn_f_00_2025_CN_100m_R2025A_v1.tif, ages 00, 01, 05 … 90); t is both sexes.
_NAME = re.compile(
    r"(?P<iso>[a-z]{3})_(?P<sex>[fmt])_(?P<age>\d{1,2})_(?P<rest>\d{4}.*)\.tiff?", re.I
)
_OLD = (0, 1, *range(5, 81, 5))
_NEW = (0, 1, *range(5, 91, 5))
_SHOWN = 5


def with_age_files(study: Study, data_dir: Path) -> Study:
    """The study with every raster by age listed, where it names them by a folder or a pattern.

    Raises InputError with every fault: a name that is not WorldPop's, a raster that is missing from
    a set, both sexes together beside each of them, several countries, years or releases.
    """
    entries = study.population.by_age
    patterns = [entry for entry in entries if entry.ages is None and entry.column is None]
    if not patterns:
        return study
    files = [(path, entry) for entry in patterns for path in _files(entry.path, data_dir)]
    listed = [entry for entry in entries if entry not in patterns]
    population = study.population.model_copy(update={"by_age": (*listed, *_known(files))})
    return study.model_copy(update={"population": population})


def _files(pattern: str, data_dir: Path) -> list[str]:
    """The rasters a pattern names, in the order of their names, as the study would write them."""
    if pattern and (data_dir / pattern).is_dir():
        pattern = f"{pattern}/*.tif"
    whole = Path(pattern)
    root = Path(whole.anchor) if whole.is_absolute() else data_dir
    relative = str(whole.relative_to(whole.anchor)) if whole.is_absolute() else pattern
    found = sorted(path for path in root.glob(relative) if path.is_file()) if pattern else []
    if not found:
        raise MissingFileError(
            Fault(
                where=f"{KEY}: {pattern}",
                found=("没有这样的文件", "no such file"),
                expected=(f"{data_dir} 下的分年龄栅格", f"rasters by age below {data_dir}"),
                to_do=(
                    "改正路径；不是 WorldPop 的文件须逐个写明 ages",
                    "mend the path; say the `ages` of files that are not WorldPop's",
                ),
            )
        )
    return [
        (path if whole.is_absolute() else path.relative_to(data_dir)).as_posix() for path in found
    ]


def _known(files: Sequence[tuple[str, AgeCells]]) -> Iterator[AgeCells]:
    """An entry of every file, its ages read out of its name."""
    names = [_NAME.fullmatch(Path(path).name) for path, _ in files]
    strange = [path for (path, _), name in zip(files, names, strict=True) if name is None]
    raise_all(InputError, [_strange(path) for path in strange])
    sets: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    padded = False
    for name in names:
        assert name is not None
        padded |= name["age"].startswith("0") and len(name["age"]) > 1
        sets[name["iso"].lower(), name["rest"]][name["sex"].lower()].append(int(name["age"]))
    ages = _NEW if padded else _OLD
    raise_all(InputError, list(_set_faults(sets, ages)))
    ends = dict(pairwise(ages))
    known = [
        (int(name["age"]), name["sex"].lower(), path, entry)
        for (path, entry), name in zip(files, names, strict=True)
        if name is not None
    ]
    for first, _, path, entry in sorted(known, key=lambda one: one[:3]):
        said = AgeRange(from_age=first, below_age=ends.get(first))
        yield entry.model_copy(update={"path": path, "ages": str(said)})


def _set_faults(
    sets: dict[tuple[str, str], dict[str, list[int]]], ages: tuple[int, ...]
) -> Iterator[Fault]:
    """One country, year and release; women and men or both together; every age once."""
    if len(sets) > 1:
        one = ", ".join(f"{iso}_…_{rest}" for iso, rest in sorted(sets)[:_SHOWN])
        yield _set_fault((one, one), ("同一国家、年份与版本", "one country, year and release"))
        return
    (sexes,) = sets.values()
    if set(sexes) not in ({"t"}, {"f", "m"}):
        yield _set_fault(
            ("、".join(sorted(sexes)), ", ".join(sorted(sexes))),
            ("女 f 与男 m，或合计 t，不可并用", "f and m, or t for both, and not all of them"),
        )
        return
    scheme = f"{ages[0]}, {ages[1]}, {ages[2]}, … {ages[-1]}"
    expected = f"各年龄组 {scheme} 各一个", f"each of the ages {scheme} once"
    for sex, found in sorted(sexes.items()):
        missing = [str(age) for age in ages if age not in found]
        extra = sorted({str(age) for age in found if found.count(age) > 1 or age not in ages})
        for wrong, zh, en in ((missing, "缺少", "without"), (extra, "多出", "with too many of")):
            if wrong:
                listed = ", ".join(wrong)
                yield _set_fault((f"{sex} {zh} {listed}", f"{sex} {en} {listed}"), expected)


def _set_fault(found: tuple[str, str], expected: tuple[str, str]) -> Fault:
    to_do = (
        "补齐文件或缩小 path 的范围；只要部分年龄时逐个写明 ages",
        "complete the files or narrow the path; to use some ages only, say the `ages` of each",
    )
    return Fault(where=KEY, found=found, expected=expected, to_do=to_do)


def _strange(path: str) -> Fault:
    return Fault(
        where=f"{KEY}: {path}",
        found=("从文件名看不出年龄与性别", "a name that tells no age and sex"),
        expected=(
            "WorldPop 的文件名，如 chn_f_0_2020.tif",
            "a name of WorldPop, such as chn_f_0_2020.tif",
        ),
        to_do=(
            "写明该文件的 ages，或缩小 path 的范围，如 ages/chn_[fm]_[0-9]*.tif",
            "say its `ages`, or narrow the path, as ages/chn_[fm]_[0-9]*.tif",
        ),
    )
