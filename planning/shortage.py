"""No room, no memory, no right to write: one fault, with what there is and what it takes."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from planning.errors import PlanningError, ShortageError, fail

_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS}
_OUT_OF_MEMORY = (
    "bad_alloc",
    "Cannot allocate memory",
    "out of memory",
    "Unable to allocate",
    "failed to map segment",
)
_PROBE_BYTES = 1 << 16
_LITTLE_BYTES = 16 << 20
_MIB = 1 << 20


@dataclass(slots=True)
class Needs:
    """What a run takes at least, as far as it is known by now [bytes]; 0 where nobody knows."""

    disk_bytes: int = 0
    memory_bytes: int = 0


@contextmanager
def shortage_told(folder: Path, needs: Needs) -> Iterator[None]:
    """Turn what the system refuses into a ShortageError; `folder` is where the run writes.

    What is no shortage is raised as it is.
    """
    try:
        yield
    except PlanningError:
        raise
    except Exception as error:
        told = shortage_of(error, folder, needs)
        if told is None:
            raise
        raise told from error


def shortage_of(error: BaseException, folder: Path, needs: Needs) -> ShortageError | None:
    """What was lacking where `error` came up, None where nothing was.

    Libraries hide why they could not write: so a few bytes are written into the `folder` to see
    whether there is room, before anything that was written there is removed.
    """
    if isinstance(error, ShortageError):
        return error
    number = error.errno if isinstance(error, OSError) else None
    if number is not None and number in _NO_ROOM:
        return _no_room(_place(error, folder), needs, said=os.strerror(number))
    if number in _NO_RIGHT:
        return _no_right(error, folder)
    said = str(error)
    is_memory = isinstance(error, MemoryError) or number == errno.ENOMEM
    if is_memory or any(words in said for words in _OUT_OF_MEMORY):
        return _no_memory(said, needs)
    is_ours = isinstance(error, PlanningError) or not isinstance(error, Exception)
    return None if is_ours or _has_room(folder, needs) else _no_room(folder, needs, said=said)


def check_room(folder: Path, needs: Needs, *, said: Needs | None = None) -> None:
    """Refuse a folder with less room than is needed from here on; `said` is needed in all."""
    if _free_bytes(folder) < needs.disk_bytes:
        raise _no_room(folder, said or needs, said="")


def _has_room(folder: Path, needs: Needs) -> bool:
    """Whether there is some room below a folder, and a few bytes of it can be had.

    A database that could not be written gives back what it had taken: little left is none.
    """
    place = _existing(folder)
    if _free_bytes(place) < max(_LITTLE_BYTES, needs.disk_bytes // 4):
        return False
    try:
        with tempfile.TemporaryFile(dir=place) as stream:
            stream.write(os.urandom(_PROBE_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        return error.errno not in _NO_ROOM
    return True


def _place(error: BaseException, folder: Path) -> Path:
    """The folder in which there was no room: the run's, or that of temporary files."""
    name = error.filename if isinstance(error, OSError) else None
    if name is not None and isinstance(name, str):
        return Path(name).parent
    temporary = Path(tempfile.gettempdir())
    return temporary if _free_bytes(temporary) < _free_bytes(folder) else folder


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.absolute().parents) if place.is_dir())


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(_existing(folder)).free


def _no_room(folder: Path, needs: Needs, *, said: str) -> ShortageError:
    detail = f"：{said}" if said else ""
    free = said_bytes(_free_bytes(folder))
    needed = said_bytes(needs.disk_bytes)
    return fail(
        ShortageError,
        str(folder),
        found=(
            f"磁盘已满，或文件大小、配额受限（可用 {free}）{detail}",
            f"a full disk, or a limit on files or quota ({free} free){detail}",
        ),
        expected=(
            (f"至少约 {needed} 可用空间", f"about {needed} of free room at least")
            if needs.disk_bytes
            else ("容得下全部成果的空间", "room for all of the results")
        ),
        to_do=(
            "腾出空间（旧成果与 .stages 可删），或换一个 --out，临时文件另设 TMPDIR；"
            "重新运行即从中断处继续",
            "make room (old results and .stages may go), or give another --out, or another TMPDIR "
            "for temporary files; run again, and it goes on where it ended",
        ),
    )


def _no_right(error: BaseException, folder: Path) -> ShortageError:
    name = error.filename if isinstance(error, OSError) else None
    why = error.strerror if isinstance(error, OSError) else str(error)
    return fail(
        ShortageError,
        str(name or folder),
        found=(f"系统不允许读写（{why}）", f"what may not be read or written ({why})"),
        expected=("可读写的文件与文件夹", "files and folders that may be read and written"),
        to_do=(
            "检查权限与是否只读，关闭占用它的程序，或换一个 --out",
            "see to the rights and whether it is read-only, close the program that holds it, or "
            "give another --out",
        ),
    )


def _no_memory(said: str, needs: Needs) -> ShortageError:
    free = _free_memory_bytes()
    there = ("", "")
    if free is not None:
        there = (f"（可用 {said_bytes(free)}）", f" ({said_bytes(free)} to be had)")
    detail = f"：{said}" if said else ""
    needed = said_bytes(needs.memory_bytes)
    return fail(
        ShortageError,
        "内存 memory",
        found=(f"内存不足{there[0]}{detail}", f"too little memory{there[1]}{detail}"),
        expected=(
            (f"步行可达至少约 {needed}", f"about {needed} at least, for the walking reach alone")
            if needs.memory_bytes
            else ("容得下本研究的内存", "memory for this study")
        ),
        to_do=(
            "关闭其他程序，或加 --max-memory 把步行可达放到磁盘，或缩小研究范围；"
            "重新运行即从中断处继续",
            "close other programs, or keep the walking reach on the disk with --max-memory, or "
            "take a smaller area; run again, and it goes on where it ended",
        ),
    )


def _free_memory_bytes() -> int | None:
    """Memory to be had by this process, None where the system does not say."""
    found: list[int] = []
    with suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        found += [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")]
    if sys.platform != "win32":
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        with suppress(OSError, ValueError, IndexError):
            held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
            if limit != resource.RLIM_INFINITY:
                found.append(max(0, limit - held * resource.getpagesize()))
    return min(found, default=None)


def said_bytes(count: int) -> str:
    """Bytes as people say them."""
    return f"{count / _MIB:,.1f} MiB" if count < 1024 * _MIB else f"{count / 1024 / _MIB:,.1f} GiB"
