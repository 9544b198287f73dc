"""What the codes of findings are called in the workbook, (中文, English)."""

from __future__ import annotations

from collections.abc import Mapping

LEVELS: Mapping[str, tuple[str, str]] = {
    "province": ("省", "province"),
    "city": ("市", "city"),
    "county": ("区县", "county"),
    "street": ("街道", "street"),
    "community": ("社区", "community"),
    "residential_area": ("居住区", "residential area"),
    "": ("文件", "document"),
}
ROLES: Mapping[str, tuple[str, str]] = {
    "requirement": ("要求", "requirement"),
    "goal": ("力争", "goal"),
    "indicator": ("指标", "indicator"),
    "benchmark": ("对照", "benchmark"),
}
VERDICTS: Mapping[str, tuple[str, str]] = {
    "met": ("达标", "met"),
    "not_met": ("未达标", "not met"),
    "not_assessable": ("无法评估", "cannot be assessed"),
    "not_applicable": ("不适用", "not applicable"),
}
