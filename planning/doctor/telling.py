"""What was found, as lines for a terminal and as plain values for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from planning.doctor.examination import Examined
from planning.errors import Fault

_MARKS = {"ok": "✓", "warning": "!", "fault": "✗"}


def lines(one: Examined) -> list[str]:
    """A check on two lines, Chinese first; on one where both languages say the same."""
    zh, en = one.check.label
    found = one.verdict
    mark = _MARKS[found.result]
    if found.result == "ok":
        first = f"{mark} {zh} {en}：{found.found[0]}"
        return [first] if found.found[0] == found.found[1] else [first, f"  {found.found[1]}"]
    fault = Fault(where=f"{zh} {en}", found=found.found, expected=found.expected, to_do=found.to_do)
    first, second = fault.lines()
    return [f"{mark} {first}", f"  {second}"]


def summary(examined: Iterable[Examined]) -> str:
    """How many faults and warnings there are."""
    counts = Counter(one.verdict.result for one in examined)
    if not counts["fault"] and not counts["warning"]:
        return f"{counts['ok']} 项检查都没有问题 nothing is wrong in {counts['ok']} checks"
    return (
        f"{counts['fault']} 处错误 faults，{counts['warning']} 处提醒 warnings，"
        f"{counts['ok']} 项正常 fine"
    )


def plain(examined: Iterable[Examined]) -> dict[str, Any]:
    """The same for programs: `result` is the worst of all checks."""
    all_of = list(examined)
    results = [one.verdict.result for one in all_of]
    worst = next((result for result in ("fault", "warning") if result in results), "ok")
    return {"result": worst, "checks": [_plain(one) for one in all_of]}


def _plain(one: Examined) -> dict[str, str]:
    found = one.verdict
    words = {
        "label": one.check.label,
        "found": found.found,
        "expected": found.expected,
        "to_do": found.to_do,
    }
    return {
        "name": one.check.name,
        "result": found.result,
        **{
            f"{key}_{lang}": text
            for key, both in words.items()
            for lang, text in zip(("zh", "en"), both, strict=True)
        },
    }
