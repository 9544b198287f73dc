"""Valid files made hostile: bytes and words changed at random, the same for the same seed."""

from __future__ import annotations

import random
import re

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_WORDS = (
    b"", b"\x00", b"\xff" * 8, b"-1", b"0", b"1e999", b"NaN", b"inf", b"9" * 5_000, b"[" * 500,
    b"{" * 500, b"]", b"}", b'"', b"'", b",", b";", b"\n", b"\t", b"<", b"&a;", b"*a", b"&a",
    b"!!int x", b"2021-13-45", b"null", b"true", "编号".encode(), b"\xd1\xf8", b"\xe5\xbc",
    b"\\ud800", b"%1fffff%", b"1e1000000000", b"A" * 70_000, b"../../x", b"\x1b[31m",
)  # fmt: skip
_NUMBERS = (
    0, 1, -1, 127, 128, 255, 256, 32_767, 65_535, 65_536, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**63,
)  # fmt: skip
_LONGEST = 1 << 20


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to six changes."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        chance.choice(_CHANGES)(changed, chance)
    return bytes(changed[:_LONGEST])


def _flip(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _any_byte(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _drop(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    del data[at : at + chance.choice((1, 2, 8, 64))]


def _repeat(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    piece = data[at : at + chance.choice((1, 4, 16, 64, 256))]
    data[at:at] = piece * chance.choice((1, 2, 50))


def _word(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    data[at : at + chance.choice((0, 0, 1, 4))] = chance.choice(_WORDS)


def _number(data: bytearray, chance: random.Random) -> None:
    """A number of text becomes another word."""
    found = [match.span() for match in _NUMBER.finditer(data)]
    if found:
        begin, end = chance.choice(found)
        data[begin:end] = chance.choice((chance.choice(_WORDS), b"%d" % chance.choice(_NUMBERS)))


def _binary_number(data: bytearray, chance: random.Random) -> None:
    """Some bytes become a number that headers overflow at."""
    size = chance.choice((1, 2, 4, 8))
    if len(data) >= size:
        at = chance.randrange(len(data) - size + 1)
        number = chance.choice(_NUMBERS) % (1 << 8 * size)
        data[at : at + size] = number.to_bytes(size, chance.choice(("little", "big")))


_CHANGES = (_flip, _any_byte, _any_byte, _cut, _drop, _repeat, _word, _word, _number, _number,
            _binary_number, _binary_number)  # fmt: skip
