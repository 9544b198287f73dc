"""Stages that are kept: whatever they hold comes back, and what is not whole never does."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from planning import writers
from planning.provenance import Note
from planning.stages import Stages
from planning.writers import Writer, in_turn, leftovers

Arrays = Mapping[str, NDArray[Any]]
KEY = {"program": "a1", "inputs": {"roads": "b2"}}
FEW = {"start": np.arange(5), "ms": np.array([3, 1, 2], dtype=np.int32)}


def never() -> Arrays:
    raise AssertionError("made, although it was kept")


def alike(one: Arrays, other: Arrays) -> bool:
    """Bytes, shape and type alike: NaN equals NaN, and 0.0 is not −0.0."""
    return list(one) == list(other) and all(
        a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
        for a, b in zip(one.values(), other.values(), strict=True)
    )


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("*.npz")
    return path


_ARRAYS = st.dictionaries(
    st.sampled_from(["a", "file", "self", "seconds_年"]),
    hnp.arrays(
        st.one_of(hnp.scalar_dtypes(), hnp.unicode_string_dtypes(max_len=5)),
        hnp.array_shapes(min_dims=0, min_side=0, max_side=4),
    ),
    max_size=3,
)


@settings(max_examples=120)
@given(made=_ARRAYS, mapped=st.booleans(), turned=st.booleans())
def test_any_arrays_come_back(
    tmp_path_factory: pytest.TempPathFactory, made: Arrays, mapped: bool, turned: bool
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    made = {name: values.T if turned else values for name, values in made.items()}
    first, second = Stages(folder), Stages(folder)
    assert first.arrays("reach", KEY, lambda: made) is made
    assert alike(second.arrays("reach", KEY, never, mapped=mapped), made)
    assert (first.resumed, second.resumed) == ([], ["reach"])


def test_another_name_or_key_is_another_stage(tmp_path: Path) -> None:
    stages = Stages(tmp_path)
    for name, key in (("reach", KEY), ("band", KEY), ("reach", {**KEY, "program": "a2"})):
        made = {"it": np.array([name, str(key)])}
        assert stages.arrays(name, key, lambda made=made: made) is made
    assert len(list(tmp_path.glob("*.npz"))) == 3


def test_nothing_is_kept_without_a_folder(tmp_path: Path) -> None:
    stages = Stages(None)
    assert stages.arrays("reach", KEY, lambda: FEW) is FEW
    assert stages.arrays("reach", KEY, lambda: FEW) is FEW
    stages.drop()
    assert list(tmp_path.iterdir()) == []


def test_what_is_cut_off_anywhere_is_made_anew(tmp_path: Path) -> None:
    Stages(tmp_path).arrays("reach", KEY, lambda: FEW)
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for size in [*range(0, len(whole), 7), len(whole) - 1]:
        path.write_bytes(whole[:size])
        _assert_made_anew(tmp_path)
    path.write_bytes(whole + b"\0")
    _assert_made_anew(tmp_path)


def test_what_is_changed_anywhere_is_made_anew(tmp_path: Path) -> None:
    Stages(tmp_path).arrays("reach", KEY, lambda: FEW)
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for at in range(0, len(whole), 5):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        _assert_made_anew(tmp_path)
    assert path.read_bytes() == whole


def _assert_made_anew(folder: Path) -> None:
    notes: list[Note] = []
    stages = Stages(folder, tell=notes.append)
    assert stages.arrays("reach", KEY, lambda: FEW) is FEW
    assert len(notes) == 1 and "made anew" in notes[0].en and stages.resumed == []


def test_no_python_objects_are_kept(tmp_path: Path) -> None:
    strange = {"it": np.array([{"a": 1}], dtype=object)}
    with pytest.raises(ValueError, match="Object arrays"):
        Stages(tmp_path).arrays("reach", KEY, lambda: strange)
    with pytest.raises(ValueError, match="identifier"):
        Stages(tmp_path).arrays("reach", KEY, lambda: {"../a": np.zeros(1)})
    with pytest.raises(ValueError, match="name"):
        Stages(tmp_path).arrays("../reach", KEY, lambda: FEW)
    assert list(tmp_path.glob("*.npz")) == []


def test_what_making_raises_is_raised_and_nothing_kept(tmp_path: Path) -> None:
    def made() -> Arrays:
        raise MemoryError

    with pytest.raises(MemoryError):
        Stages(tmp_path).arrays("reach", KEY, made)
    assert list(tmp_path.iterdir()) == []


def test_a_complete_run_leaves_only_what_others_use(tmp_path: Path) -> None:
    folder = tmp_path / "run" / ".stages"
    mine, theirs = Stages(folder), Stages(folder)
    mine.arrays("reach", KEY, lambda: FEW)
    theirs.arrays("band", KEY, lambda: FEW)
    mine.drop()
    assert only_file(folder).name.startswith("band-")
    theirs.arrays("plan", KEY, lambda: FEW)
    theirs.drop()
    assert not folder.exists()
    # The folder went under the feet of somebody who still wants it.
    mine.arrays("reach", KEY, lambda: FEW)
    assert only_file(folder).name.startswith("reach-")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_what_cannot_be_kept_is_said_once_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(fd: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refused)
    notes: list[Note] = []
    stages = Stages(tmp_path, tell=notes.append)
    for name in ("reach", "plan"):
        assert stages.arrays(name, KEY, lambda: FEW) is FEW
    assert len(notes) == 1 and os.strerror(number) in notes[0].en
    stages.drop()
    assert not tmp_path.exists()


_HANGING = """
import os, sys, time
from pathlib import Path
import numpy as np
from planning.stages import Stages
def hang(number):
    print("hanging", flush=True)
    time.sleep(60)
os.fsync = hang
Stages(Path(sys.argv[1])).arrays("reach", {}, lambda: {"a": np.zeros(1000)})
"""


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has written a stage aside, and waits for the disk."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HANGING, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == "hanging\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_what_the_dead_left_is_removed_and_what_the_living_write_is_not(
    tmp_path: Path, hanging: subprocess.Popen[str]
) -> None:
    before = sorted(tmp_path.iterdir())
    assert len(before) == 2 and any(".partial-" in path.name for path in before)
    Stages(tmp_path).arrays("plan", KEY, lambda: FEW)
    assert set(before) < set(tmp_path.iterdir())
    hanging.send_signal(signal.SIGKILL)
    hanging.wait()
    Stages(tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]


def test_a_writer_lives_until_it_closes(tmp_path: Path) -> None:
    with Writer(tmp_path) as writer, Writer(tmp_path) as other:
        writer.aside("plan").mkdir()
        other.aside("plan", "old").touch()
        assert list(leftovers(tmp_path)) == []
        assert writer.aside("plan") != other.aside("plan")
    found = {(left.name, left.kind): left.path for left in leftovers(tmp_path)}
    assert found == {
        ("plan", "partial"): writer.aside("plan"),
        ("plan", "old"): other.aside("plan", "old"),
    }
    assert sorted(tmp_path.iterdir()) == sorted(found.values())


def test_one_writer_at_a_time_has_its_turn(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def take_turns() -> None:
        for _ in range(50):
            with in_turn(tmp_path, "plan"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=take_turns) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1 and len(most) == 200
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_locks_nobody_is_told_to_be_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(writers, "_lock", unknown)
    with in_turn(tmp_path, "plan"), Writer(tmp_path) as writer:
        writer.aside("plan").touch()
        assert list(leftovers(tmp_path)) == []
    assert list(leftovers(tmp_path)) == []
    stages = Stages(tmp_path)
    stages.arrays("reach", KEY, lambda: FEW)
    assert Stages(tmp_path).arrays("reach", KEY, never).keys() == FEW.keys()
