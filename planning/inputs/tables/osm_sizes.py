"""What osmium is kept from: data that grow beyond measure, and text that it would fall over."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from planning.inputs.tables.pbf_blobs import blobs_of, has_nul
from planning.inputs.tables.sheet import unreadable

MOST_RATIO = 50
"""OSM data unpack to some 3 (PBF) or 20 times (XML) their size. More than this is a bomb."""
RATIO_FROM = 1 << 26
"""Below this [bytes] nobody is harmed, whatever the ratio."""

_CHUNK = 1 << 22


def refuse_hostile_osm(path: Path, where: str) -> None:
    """Raise InputError where a packed OSM file grows beyond measure, or would end the process.

    What is damaged is left to the reader, who says so.
    """
    if not path.is_file():
        return
    if path.name.lower().endswith(".pbf") and has_nul(path):
        raise unreadable(
            where, "文字中有空字节（NUL），或打包方式未知", "NUL bytes in text, or no zlib",
            expected=("以 zlib 打包的 PBF", "a PBF packed by zlib"),
            to_do=("重新下载，或用 osmium cat 转存", "download it again, or use osmium cat"),
        )  # fmt: skip
    name, size = path.name.lower(), path.stat().st_size
    if name.endswith((".gz", ".bz2")):
        pieces = _pieces(path)
    elif name.endswith(".pbf"):
        pieces = _blobs(path)
    else:
        return
    unpacked, most = 0, max(RATIO_FROM, MOST_RATIO * size)
    for piece in pieces:
        unpacked += piece
        if unpacked > most:
            raise unreadable(
                where,
                f"解压后超过 {most >> 20} MiB，疑为压缩炸弹",
                f"it unpacks to more than {most >> 20} MiB: a bomb",
                expected=(
                    f"解压后不超过 {MOST_RATIO} 倍的 OSM 文件",
                    f"an OSM file that unpacks to at most {MOST_RATIO} times its size",
                ),
                to_do=("重新下载", "download it again"),
            )


def _pieces(path: Path) -> Iterator[int]:
    """Bytes of what is unpacked, piece by piece, as far as it can be."""
    is_gzip = path.name.lower().endswith(".gz")
    with cast(BinaryIO, gzip.open(path) if is_gzip else bz2.open(path)) as file:
        try:
            while piece := file.read(_CHUNK):
                yield len(piece)
        except (OSError, EOFError, zlib.error, ValueError):
            return


def _blobs(path: Path) -> Iterator[int]:
    """Bytes that the blobs of a PBF say they unpack to; osmium holds them to it."""
    return (blob.raw_size for blob in blobs_of(path))
