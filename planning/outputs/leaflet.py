"""Leaflet out of its wheel, as one script and one style that ask for nothing beside them."""

from __future__ import annotations

import base64
import re
from importlib.resources import files
from importlib.resources.abc import Traversable


def leaflet_script() -> str:
    """The script, without the address of a source map that is not there."""
    script = (_wheel() / "leaflet.js").read_text(encoding="utf-8")
    return re.sub(r"//# sourceMappingURL=.*", "", script)


def leaflet_style() -> str:
    """The style, its pictures inside."""
    css = (_wheel() / "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\((images/[\w-]+\.png)\)", lambda found: _inside(found[1]), css)


def _inside(picture: str) -> str:
    content = base64.b64encode((_wheel() / picture).read_bytes()).decode()
    return f"url(data:image/png;base64,{content})"


def _wheel() -> Traversable:
    return files("js_lib_leaflet") / "static" / "js_lib_leaflet"
