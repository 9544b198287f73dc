"""The page's modules as one script that puts some of their names on `window`, to be asked alone."""

from __future__ import annotations

from collections.abc import Sequence

from planning.outputs.whatif.modules import joined_script

_END = "})();\n"


def exposing(**names: Sequence[str]) -> str:
    """A script with names of modules on `window`, by module: ``walking=["Walking"]``."""
    script = joined_script(*(f"{module}.js" for module in names))
    assert script.endswith(_END)
    shown = ", ".join(name for of_module in names.values() for name in of_module)
    return f"{script.removesuffix(_END)}\nObject.assign(window, {{ {shown} }});\n{_END}"
