"""The environment variables that are set and change what the libraries do."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from planning.doctor.verdict import Verdict, Words, judged

_TOLD = re.compile(
    r"(PROJ|GDAL|OGR|CPL|VSI|OMP|NUMBA|OPENBLAS|MKL|SHAPE|OSM|PLANNING|TIANDITU)_\w*"
    r"|MPL(CONFIGDIR|BACKEND)|PYTHON(COERCECLOCALE|HOME|IOENCODING|OPTIMIZE|PATH|UTF8)"
    r"|LANG|LC_ALL|LC_CTYPE|TMPDIR|TEMP|TMP|XDG_CACHE_HOME"
)
_SECRET = re.compile(r"KEY|TOKEN|PASS|PWD|SECRET|AUTH|CREDENTIAL|PROXY|HEADER|COOKIE")
_LONGEST = 80

_HARMFUL: dict[str, Words] = {
    "GDAL_SKIP": ("去掉 GDAL 的驱动", "takes drivers from GDAL"),
    "OGR_SKIP": ("去掉 GDAL 的驱动", "takes drivers from GDAL"),
    "GDAL_DRIVER_PATH": ("装入外来的 GDAL 驱动", "loads drivers of another GDAL"),
    "GDAL_DATA": ("指向别处的 GDAL 数据", "points to the data of another GDAL"),
    "NUMBA_DISABLE_JIT": ("不编译，慢百倍", "nothing is compiled: a hundred times slower"),
    "NUMBA_DEBUGINFO": ("编译结果变慢", "compiled code is slower"),
    "PYTHONOPTIMIZE": ("去掉库里的断言", "takes the assertions out of libraries"),
    "PYTHONHOME": ("换了 Python 的标准库", "another standard library"),
    "OGR_ENABLE_PARTIAL_REPROJECTION": ("投影出错的点不报错", "points that fail are not told"),
    "SHAPE_ENCODING": ("改变 Shapefile 的文字编码", "changes the text of shapefiles"),
}
"""Variables that make results slower, or other than they are without them."""


def variables(environment: Mapping[str, str] = os.environ) -> Verdict:
    """Those set that matter; the values of those that may be secret are not printed."""
    told = sorted(name for name in environment if _TOLD.fullmatch(name))
    harmful = [name for name in told if name in _HARMFUL and environment[name] not in ("", "0")]
    said = "; ".join(f"{name}={_value(name, environment[name])}" for name in told)
    why = [(f"{name}（{_HARMFUL[name][0]}）", f"{name} ({_HARMFUL[name][1]})") for name in harmful]
    return judged(
        warning=bool(harmful),
        found=(said or "没有", said or "none"),
        expected=(
            "没有改变读数、速度的变量；其余仅供查阅",
            "none that changes what is read, or how fast; the others are told for the record",
        ),
        to_do=(
            "取消 " + "、".join(zh for zh, _ in why),
            "unset " + ", ".join(en for _, en in why),
        ),
    )


def _value(name: str, value: str) -> str:
    if _SECRET.search(name):
        return "***"
    plain = "".join(c if c.isprintable() else "□" for c in value)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"
