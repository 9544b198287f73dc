"""The blobs of a PBF, looked at before osmium reads them.

osmium 4.3 keeps text ended by a NUL byte. A NUL inside a text makes it read on beyond the memory it
has, which ends the process.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LONGEST_HEADER = 1 << 16
_LONGEST_BLOB = 1 << 25
"""Bounds of the format [bytes], 64 KiB and 32 MiB."""
_DATASIZE = 3
_RAW, _RAW_SIZE, _ZLIB = 1, 2, 3
_STRINGS, _STRING = 1, 1
"""Fields of BlobHeader, Blob, PrimitiveBlock and StringTable."""
_BYTES_OF_A_VARINT = 10
_NUMBER, _BYTES = 0, 2
"""Wire types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A blob as it stands: `raw_size` is what it says to unpack to [bytes]."""

    kind: bytes
    raw_size: int
    fields: dict[int, int | bytes]


def blobs_of(path: Path) -> Iterator[Blob]:
    """The blobs of a file as far as they can be told apart; the reader says what is damaged."""
    with path.open("rb") as file:
        while len(length := file.read(4)) == 4:
            n_header = int.from_bytes(length, "big")
            if n_header > _LONGEST_HEADER:
                return
            header = dict(_fields(file.read(n_header)))
            n_blob, kind = header.get(_DATASIZE, 0), header.get(1, b"")
            if not isinstance(n_blob, int) or not isinstance(kind, bytes):
                return
            if n_blob > _LONGEST_BLOB:
                return
            fields = dict(_fields(file.read(n_blob)))
            said = fields.get(_RAW_SIZE, 0)
            yield Blob(kind=kind, raw_size=said if isinstance(said, int) else 0, fields=fields)


def has_nul(path: Path) -> bool:
    """Whether some text of a file has a NUL byte in it, or cannot be looked at."""
    return any(_is_strange(blob) for blob in blobs_of(path) if blob.kind == b"OSMData")


def _is_strange(blob: Blob) -> bool:
    block = blob.fields.get(_RAW)
    if (packed := blob.fields.get(_ZLIB)) is not None and isinstance(packed, bytes):
        try:
            block = zlib.decompressobj().decompress(packed, _LONGEST_BLOB)
        except zlib.error:
            return False
    if not isinstance(block, bytes):
        return bool(blob.fields)
    tables = [part for field, part in _fields(block, only=_STRINGS) if isinstance(part, bytes)]
    # A NUL that is no length of an empty text is one in a text: then each is looked at.
    return any(
        any(isinstance(text, bytes) and b"\x00" in text for _, text in _fields(table))
        for table in tables
        if b"\x00" in table.replace(b"\x0a\x00", b"")
    )


def _fields(message: bytes, *, only: int | None = None) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message, numbers and bytes, as far as they can be told apart."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == _NUMBER:
            found: int | bytes = value
        elif key & 7 == _BYTES:
            found = message[at : at + value] if only in (None, key >> 3) else b""
            at += value
        else:
            return
        if only in (None, key >> 3):
            yield key >> 3, found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """A number of a message and where the next begins."""
    value = 0
    for k in range(_BYTES_OF_A_VARINT):
        byte = message[at + k] if at + k < len(message) else 0
        value |= (byte & 0x7F) << (7 * k)
        if byte < 0x80:
            return value, at + k + 1
    return value, at + _BYTES_OF_A_VARINT
