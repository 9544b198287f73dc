"""Zip archives, workbooks among them: how large they become is known before they are unpacked."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from planning.inputs.tables.sheet import Remark, unreadable

GEODATABASE = ".gdb"
ARCHIVES = (".zip", ".kmz")

MOST_BYTES = 1 << 30
"""No archive may unpack to more than 1 GiB."""
MOST_RATIO = 200
"""Nor to more than this times its own size, where that is over `RATIO_FROM`."""
RATIO_FROM = 1 << 26

MOST_MEMBERS = 10_000
"""Nor hold more files and folders: a geodatabase has some hundreds, and each takes time to make."""
_LONGEST_PART, _LONGEST_PATH = 80, 400
"""So long may a name and a path in an archive be [characters]; the file systems' own bounds are 255
and 4,096 bytes, of which Chinese takes four for a character at worst."""

_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_CHUNK = 1 << 22
_LOCAL_HEADER = 30


def open_archive(path: Path, where: str) -> zipfile.ZipFile:
    """The archive, with its members' sizes checked by what they say of themselves."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, OSError, OverflowError, ValueError) as error:
        raise unreadable(
            where,
            f"文件不完整或已损坏：{error}",
            f"cut short or damaged: {error}",
            to_do=("重新下载或重新导出", "download or export it again"),
        ) from None
    infos = archive.infolist()
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        archive.close()
        raise unreadable(
            where, "压缩包有密码", "the archive has a password",
            to_do=("去掉密码后重试", "take the password off"),
        )  # fmt: skip
    if len(infos) > MOST_MEMBERS:
        archive.close()
        raise unreadable(
            where, f"压缩包内有 {len(infos):,} 个文件", f"{len(infos):,} files in the archive",
            expected=(f"至多 {MOST_MEMBERS:,} 个", f"{MOST_MEMBERS:,} at most"),
            to_do=("只保留所需的文件", "keep the files that are needed"),
        )  # fmt: skip
    size, packed = sum(info.file_size for info in infos), max(path.stat().st_size, 1)
    if size > MOST_BYTES or (size > RATIO_FROM and size > MOST_RATIO * packed):
        archive.close()
        raise too_large(where, size, packed)
    return archive


def too_large(where: str, size: int, packed: int) -> Exception:
    """The refusal of an archive that grows beyond measure."""
    most = f"{MOST_BYTES >> 20} MiB"
    return unreadable(
        where,
        f"解压后 {size >> 20} MiB 以上，为压缩后的 {size // packed} 倍，疑为压缩炸弹",
        f"it unpacks to {size >> 20} MiB or more, {size // packed} times its size: a zip bomb",
        expected=(
            f"解压后不超过 {most}，超过 {RATIO_FROM >> 20} MiB 时不超过 {MOST_RATIO} 倍",
            f"at most {most} unpacked, and at most {MOST_RATIO} times its size above "
            f"{RATIO_FROM >> 20} MiB",
        ),
        to_do=("只保留所需的表后重新保存", "keep only the table that is needed"),
    )


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> Iterator[bytes]:
    """A member in pieces, as its data are, not as long as it says: what lies is refused."""
    file = archive.fp
    assert file is not None
    if info.header_offset < 0:
        raise unreadable(where, "压缩包目录已损坏", "a damaged list of what is in the archive")
    file.seek(info.header_offset)
    head = file.read(_LOCAL_HEADER)
    file.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if info.compress_type else None
    left, size = info.compress_size, 0
    try:
        while left and (packed := file.read(min(left, _CHUNK))):
            left -= len(packed)
            while packed:
                piece = packed if inflate is None else inflate.decompress(packed, _CHUNK)
                packed = b"" if inflate is None else inflate.unconsumed_tail
                size += len(piece)
                if size > info.file_size:
                    raise too_large(where, size, info.compress_size)
                yield piece
    except zlib.error as error:
        raise unreadable(where, f"压缩数据已损坏：{error}", f"damaged data: {error}") from None


def member_path(info: zipfile.ZipInfo) -> PurePosixPath:
    """Where a member lies; names without the mark of UTF-8 are GBK here, as Windows writes them."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = info.filename
    return PurePosixPath(name.replace("\\", "/"))


def unpack(archive: zipfile.ZipFile, folder: Path, where: str) -> list[Path]:
    """Write all members under a folder; one that would lie outside is refused."""
    written = []
    for info in archive.infolist():
        inside = member_path(info)
        # A name without a sign has no last one, which `is_dir` looks at.
        if (info.filename and info.is_dir()) or "__MACOSX" in inside.parts:
            continue
        if inside.is_absolute() or ".." in inside.parts or ":" in str(inside):
            raise unreadable(
                where, f"压缩包内的路径“{inside}”越界", f"'{inside}' leads out of the archive"
            )
        if not inside.parts or _is_too_long(inside):
            raise unreadable(
                where, f"压缩包内的名称“{str(inside)[:40]}…”过长或为空",
                f"the name '{str(inside)[:40]}…' in the archive is too long, or blank",
                to_do=("改短文件名与文件夹名后重新压缩", "shorten the names and pack it again"),
            )  # fmt: skip
        target = folder.joinpath(*inside.parts)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            file = target.open("wb")
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            raise unreadable(
                where, f"“{inside}”既是文件又是文件夹", f"'{inside}' is both a file and a folder",
                to_do=("重新压缩", "pack it again"),
            ) from None  # fmt: skip
        with file:
            for piece in unpacked(archive, info, where):
                file.write(piece)
        written.append(target)
    return written


def _is_too_long(inside: PurePosixPath) -> bool:
    return len(str(inside)) > _LONGEST_PATH or max(map(len, inside.parts)) > _LONGEST_PART


@contextmanager
def opened_up(
    path: Path, where: str, wanted: tuple[str, ...]
) -> Iterator[tuple[Path, tuple[Remark, ...]]]:
    """The one file of an archive that ends in one of `wanted`, as long as the block lasts.

    A geodatabase, which is a folder, counts as one; a path that is no archive is given as it is.
    """
    if not path.name.lower().endswith(ARCHIVES):
        yield path, ()
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with open_archive(path, where) as archive:
            found = _wanted(unpack(archive, Path(folder), where), wanted)
        if len(found) != 1:
            listed = "、".join(sorted(file.name for file in found))
            raise unreadable(
                where,
                f"压缩包内有 {len(found)} 个表或图层：{listed}",
                f"{len(found)} tables or layers in the archive: {listed}",
                expected=("恰好一个", "exactly one"),
                to_do=("解压后在 path 中写明所需的文件", "unpack it and name the file under path"),
            )
        inside = found[0].name
        yield found[0], ((f"读取压缩包内的 {inside}", f"{inside} out of the archive is read"),)


def _wanted(files: Sequence[Path], endings: tuple[str, ...]) -> list[Path]:
    """Geodatabases and files of the endings; text beside others is taken for a readme."""
    found = set()
    for file in files:
        base = next((p for p in file.parents if p.suffix.lower() == GEODATABASE), None)
        if base is not None:
            found.add(base)
        elif file.name.lower().endswith(endings):
            found.add(file)
    tables = sorted(found)
    return [f for f in tables if f.suffix.lower() != ".txt"] or tables
