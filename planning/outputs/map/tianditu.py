"""Tianditu tiles below the map: only where asked for, only with the user's own key.

The key is read from the environment, so that it stands in no study file, no shell history and no
record of a run. A page that was asked for carries it: such a page is not to be passed on.
"""

from __future__ import annotations

import os
import re

from planning.errors import InputError, fail

KEY_VARIABLE = "TIANDITU_KEY"
"""Environment variable that holds the key (tk) of a Tianditu account."""

HOSTS = tuple(f"https://t{n}.tianditu.gov.cn" for n in range(8))
"""Where tiles come from; the page's policy lets it ask nobody else."""

CREDIT = ("底图 © 天地图 www.tianditu.gov.cn", "Base map © Tianditu www.tianditu.gov.cn")
"""Printed while the tiles are shown, (中文, English)."""

# Streets and land, then their names; EPSG:3857 (`_w`), which is what the page is drawn in.
_LAYERS = ("vec", "cva")
_KEY = re.compile(r"[0-9A-Za-z_-]{8,128}")


def key_from_environment() -> str:
    """The user's key; raises InputError where there is none, or where it cannot be one."""
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not _KEY.fullmatch(key):
        # What was found is not told: a key that is only mistyped is still a secret.
        found = (
            ("含有不该有的字符或长度不对", "odd characters or length") if key else ("空", "empty")
        )
        raise fail(
            InputError,
            f"--tianditu: {KEY_VARIABLE}",
            found=found,
            expected=("天地图开放平台的浏览器端密钥（tk）", "a browser key (tk) of Tianditu"),
            to_do=(
                f"先设置环境变量 {KEY_VARIABLE}，或去掉 --tianditu",
                f"set the environment variable {KEY_VARIABLE}, or leave --tianditu",
            ),
        )
    return key


def tile_addresses(key: str) -> list[str]:
    """Addresses of both layers, the lower first, with places for s (host), z, x and y."""
    return [
        f"https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
        f"&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
        f"&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
        for layer in _LAYERS
    ]
