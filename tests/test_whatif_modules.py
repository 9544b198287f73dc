"""The modules of whatif.html fit together: what is imported is there, what is there is used."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

FOLDER = files("planning.outputs") / "static" / "whatif"
TEXTS = {
    one.name: one.read_text(encoding="utf-8")
    for one in FOLDER.iterdir()
    if one.name.endswith(".js")
}
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)";$', flags=re.MULTILINE)
_EXPORT = re.compile(
    r"^export (?:const|let|class|(?:async )?function\*?) (\w+)", flags=re.MULTILINE
)


def imported(text: str) -> set[tuple[str, str]]:
    """Names with the module that they come from."""
    found = set()
    for names, module in _IMPORT.findall(text):
        found |= {(name.strip(), module) for name in names.split(",") if name.strip()}
    return found


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_what_a_module_imports_is_there_and_used(name: str) -> None:
    body = _IMPORT.sub("", TEXTS[name])
    for word, module in imported(TEXTS[name]):
        assert word in _EXPORT.findall(TEXTS.get(module, "")), f"{module} exports no {word}"
        assert re.search(rf"\b{word}\b", body), f"{word} is imported and not used"


def test_what_the_view_exports_is_imported_somewhere() -> None:
    wanted = set().union(*(imported(text) for text in TEXTS.values()))
    views = [one for one in TEXTS if one.startswith(("view_", "whatif_words"))]
    offered = {(word, name) for name in views for word in _EXPORT.findall(TEXTS[name])}
    assert offered - wanted == set()


def test_every_word_is_said_in_both_languages() -> None:
    text = TEXTS["whatif_words.js"]
    words = text[text.index("WHATIF_WORDS") : text.index("UNIT_WORDS")]
    pairs = re.findall(r'(\w+): \[\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"', words)
    elsewhere = "".join(one for name, one in TEXTS.items() if name != "whatif_words.js")
    assert len(pairs) > 100
    for key, zh, en in pairs:
        assert re.search(r"[\u4e00-\u9fff]", zh) or key == "language"
        assert en.strip()
        told = {int(n) for n in re.findall(r"\{(\d)\}", zh)}
        assert told >= {int(n) for n in re.findall(r"\{(\d)\}", en)}, key
        is_hint = key.endswith("_hint")
        assert is_hint or re.search(rf'["`]{key}["`]|\b{key}: ', elsewhere), f"nobody says {key}"
