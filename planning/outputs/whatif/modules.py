"""The page's ES modules, as a server hands them out one by one, as one script for a single file.

From a file a browser loads no module, so the modules are joined, each behind those it imports.
"""

from __future__ import annotations

import re
from importlib.resources import files

from planning.outputs.inlining import one_script

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w-]+\.js)";\n', flags=re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|class|function|async function)", flags=re.MULTILINE)
_NAME = re.compile(
    r"^(?:export )?(?:const|let|class|(?:async )?function\*?) (\w+)", flags=re.MULTILINE
)


def module_text(name: str) -> str:
    """One module of the page as it is written. Raises FileNotFoundError for an unknown one."""
    folder = files("planning.outputs") / "static" / "whatif"
    return (folder / name).read_text(encoding="utf-8")


def joined_script(*entries: str) -> str:
    """The entries and all that they import as one script, whatever is imported first.

    Modules import by name from ``"./other.js"`` alone and rename nothing, so a name means the same
    everywhere. Raises ValueError where two modules give one name to two things.
    """
    texts: dict[str, str] = {}

    def gather(name: str) -> None:
        if name in texts:
            return
        text = module_text(name)
        texts[name] = ""  # a ring of imports ends here
        for needed in _IMPORT.findall(text):
            gather(needed)
        # Last in the order, as all that it needs stands before it.
        del texts[name]
        texts[name] = text

    for entry in entries:
        gather(entry)
    _check_names(texts)
    return one_script(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts.values())


def _check_names(texts: dict[str, str]) -> None:
    owner: dict[str, str] = {}
    for name, text in texts.items():
        for said in _NAME.findall(text):
            if said in owner:
                raise ValueError(
                    f"found {said} in {owner[said]} and in {name}, expected one name for one thing"
                )
            owner[said] = name
