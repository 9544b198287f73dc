"""What people slip on when they write YAML, and what to do about each."""

from __future__ import annotations

import re

Words = tuple[str, str]

_QUOTE = (
    "把该值写在引号里：以 % @ ` > 开头，或含“: ”、“ #”的文字须加引号",
    'put the value in quotes: text that begins with % @ ` > or holds ": " or " #" needs them',
)
_SLIPS: tuple[tuple[str, Words], ...] = (
    (r"found character '\\t'", ("把制表符（Tab）改为空格", "put blanks in place of the tab")),
    (r"found character|mapping values are not allowed|chomping or indentation", _QUOTE),
    (
        r"found unexpected end of stream|while scanning a quoted scalar",
        ("补上缺少的引号", "add the quotation mark that is missing"),
    ),
    (r"duplicate key", ("同一层每个键只写一次", "write each key of a level once")),
    (
        r"expected <block end>|could not find expected ':'|flow (sequence|mapping)|alias|anchor",
        (
            "检查该行及其上几行的缩进、括号与引号",
            "check indents, brackets and quotation marks on that line and those above",
        ),
    ),
)
_ELSE = (
    "改正该行；引号没有配对时，错在它上面的某一行",
    "mend that line; where a quotation mark lacks its fellow it is a line above",
)

NOT_UTF8 = (
    "用编辑器打开后另存为 UTF-8（常见的原因是 GBK 编码）",
    "open it in an editor and save it as UTF-8 (it is GBK as often as not)",
)


def to_do(problem: str, quoted_above: bool) -> Words:
    """What to do about a fault of syntax, by what the parser says of it.

    `quoted_above` tells that a quotation mark on a line above has no fellow.
    """
    if quoted_above:
        return (
            "补上缺少的引号：该行以上有一个引号没有配对",
            "add the quotation mark that is missing: one above that line has no fellow",
        )
    return next((words for slip, words in _SLIPS if re.search(slip, problem)), _ELSE)


def has_open_quote(lines: list[str]) -> bool:
    """Whether a value opens with a quotation mark that its own line does not close."""
    return any(re.match(r"""[^#"']*[:\-,\[{]\s*(["'])(?:(?!\1).)*$""", line) for line in lines)
