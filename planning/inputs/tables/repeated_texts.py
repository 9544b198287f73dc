"""Texts that a workbook keeps once and its cells only number: how long they are written out.

A text of a megabyte takes a kilobyte in the file, and each cell that numbers it a megabyte of
memory.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from planning.inputs.tables.archives import unpacked
from planning.inputs.tables.sheet import unreadable

MOST_TEXT = 1 << 29
"""All cells of a sheet may hold so much text [bytes]: a million rows of 500."""

_TEXT_BEGINS = re.compile(rb"<(?:\w+:)?si\b")
_NUMBER = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>\s*(\d{1,9})\s*<")
Longs = npt.NDArray[np.int64]


def text_lengths(pieces: Iterator[bytes]) -> Longs:
    """How long each shared text is at most [bytes], shape (texts,): the next one begins there."""
    begins, at = [], 0
    for text in _whole_tags(pieces):
        begins += [at + found.start() for found in _TEXT_BEGINS.finditer(text)]
        at += len(text)
    ends = np.array([*begins, at], dtype=np.int64)
    return ends[1:] - ends[:-1]


def _whole_tags(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same text in pieces that begin where a tag does, however short it is."""
    tail = b""
    for piece in pieces:
        text = tail + piece
        whole = max(text.rfind(b"<", 0, text.rfind(b"<")), 0)
        tail = text[whole:]
        if whole:
            yield text[:whole]
    yield tail


def refuse_repeated_texts(
    archive: zipfile.ZipFile, sheet: zipfile.ZipInfo, lengths: Longs, where: str
) -> None:
    """Raise InputError where the cells of a sheet hold more text than `MOST_TEXT`."""
    total = 0
    for text in _whole_tags(unpacked(archive, sheet, where)):
        numbers = np.array([int(n) for n in _NUMBER.findall(text)], dtype=np.int64)
        total += int(lengths[numbers[numbers < len(lengths)]].sum())
        if total > MOST_TEXT:
            raise unreadable(
                where,
                f"单元格文字合计超过 {MOST_TEXT >> 20} MiB",
                f"cells with more than {MOST_TEXT >> 20} MiB of text in all",
                expected=(f"至多 {MOST_TEXT >> 20} MiB", f"at most {MOST_TEXT >> 20} MiB"),
                to_do=("删除重复的长文字", "delete long texts that are repeated"),
            )
