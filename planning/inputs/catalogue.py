"""Which files a study reads, where they lie, and under which licence."""

from __future__ import annotations

from pathlib import Path

from planning.errors import Fault, MissingFileError, raise_all
from planning.provenance import OSM_LICENCE, Source, file_sha256
from planning.study import Study

_OSM_SUFFIXES = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".json", ".json.gz", ".graphml")
_NOT_STATED = "未注明许可 licence not stated"


def locate_inputs(
    study: Study, data_dir: Path, *, keys: tuple[str, ...] | None = None
) -> dict[str, Path]:
    """Absolute path of every input by its key; every missing file is named at once.

    `keys` are those of the study whose files are wanted, all where they are None.
    """
    paths = {
        key: data_dir / given.path
        for key, given in study.inputs().items()
        if keys is None or key.partition(".")[0] in keys
    }
    raise_all(
        MissingFileError,
        [
            Fault(
                where=f"{key}: {study.inputs()[key].path}",
                found=("没有这个文件", "no such file"),
                expected=(f"{data_dir} 下的文件", f"a file below {data_dir}"),
                to_do=("检查路径或用 --data 指定数据目录", "check the path, or give --data DIR"),
            )
            for key, path in paths.items()
            if not path.is_file()
        ],
    )
    return paths


def sources_of(study: Study, paths: dict[str, Path]) -> tuple[Source, ...]:
    """Digest and licence line of every input."""
    return tuple(
        Source(
            key=key,
            name=given.path,
            sha256=file_sha256(paths[key]),
            licence=given.licence or _default_licence(given.path),
        )
        for key, given in study.inputs().items()
    )


def _default_licence(name: str) -> str:
    return OSM_LICENCE if name.lower().endswith(_OSM_SUFFIXES) else _NOT_STATED
