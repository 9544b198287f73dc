"""JSON that could not be kept as it is, is refused; all other is read as it is meant."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.inputs.strict_json import NotJsonError, strict_json


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[1,]", b"NaN", b'{"a":Infinity}', b"1e999", b'{"a":1,"a":2}', b'"\\ud800"',
     b"\xff\xfe", b'{"a":' * 70 + b"1" + b"}" * 70, b"[" * 100_000, b"9" * 5_000],
)  # fmt: skip
def test_json_that_cannot_be_kept_as_it_is_is_refused(text: bytes) -> None:
    with pytest.raises(NotJsonError) as refusal:
        strict_json(text, most_deep=64)
    assert all(refusal.value.found)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4),
)  # fmt: skip


@given(json_values, st.booleans())
def test_all_other_json_is_read_as_it_is_meant(said: object, ascii_only: bool) -> None:
    assert strict_json(json.dumps(said, ensure_ascii=ascii_only).encode(), most_deep=99) == said


def test_nesting_is_bounded_where_it_is_said() -> None:
    deep = b'[{"a":' * 8 + b"[]" + b"}]" * 8
    assert strict_json(deep, most_deep=17)
    with pytest.raises(NotJsonError):
        strict_json(deep, most_deep=16)


def test_the_mark_at_the_beginning_is_passed_over() -> None:
    assert strict_json(b"\xef\xbb\xbf[1]", most_deep=1) == [1]
