"""A study's own words, in the form of ours: laid over them, or refused with every fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planning.errors import Fault, InputError, StudyError, raise_all
from planning.inputs.cross_checks import known_functions
from planning.inputs.vocabulary import BY_MEANING, Vocabulary, in_force, our_words
from planning.inputs.yaml_text import line_of, parse_yaml
from planning.provenance import Note
from planning.study import Study

_KEY = "vocabulary"
_COLUMNS, _FUNCTIONS, _SERVICES = "columns", "functions", "services"
_SECTIONS = (_COLUMNS, _FUNCTIONS, _SERVICES, *BY_MEANING)


def read_words(study: Study, paths: dict[str, Path]) -> tuple[Vocabulary, tuple[Note, ...]]:
    """The vocabulary in which the study's tables are read, and what it says otherwise than ours.

    A word of the study's file counts before ours; one that ours gives another meaning is told.
    """
    if _KEY not in paths:
        return our_words(), ()
    pages = _Pages(path=paths[_KEY], study=study)
    words = {section: pages.laid_over(section) for section in our_words()}
    raise_all(InputError, pages.faults)
    with in_force(words):
        _check_functions(study)
    return words, tuple(pages.notes)


@dataclass(slots=True)
class _Pages:
    """The user's file as it is gone through: what is wrong in it, what it changes."""

    path: Path
    study: Study
    written: Any = field(init=False)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.written = parse_yaml(self.path, InputError, keys="status:、functions:")
        self._names((), self.written, _SECTIONS)

    def laid_over(self, section: str) -> Any:
        """A section of ours with the user's words before it."""
        ours, given = our_words()[section], self.written.get(section, {})
        if section in BY_MEANING:
            return self._by_meaning((section,), ours, given)
        if not self._names((section,), given, ours if section == _COLUMNS else None):
            return ours
        if section == _COLUMNS:
            return {
                table: self._by_meaning((section, table), words, given.get(table, {}))
                for table, words in ours.items()
            }
        meant = {str(word): self._meant(section, str(word), given[word]) for word in given}
        for word, means in meant.items():
            if word in ours and ours[word] != means:
                self._told((section,), word, ours[word], means)
        return {**ours, **meant}

    def _by_meaning(self, loc: tuple[str, ...], ours: dict[str, list[str]], given: Any) -> Any:
        """``meaning: [words]``, where a word has one meaning."""
        if not self._names(loc, given, ours):
            return ours
        own = {m: list(self._words((*loc, m), given[m])) for m in ours if m in given}
        claimed: dict[str, str] = {}
        for means, words in own.items():
            for word in words:
                if claimed.setdefault(word, means) != means:
                    self._fault(
                        (*loc, means),
                        (f"“{word}”已属 {claimed[word]}", f"'{word}', which is {claimed[word]}"),
                        ("每个词一个意思", "one meaning for each word"),
                    )
        for means, words in ours.items():
            for word in words:
                if claimed.get(word, means) != means:
                    self._told(loc, word, means, claimed[word])
        return {
            means: [*own.get(means, ()), *(w for w in words if claimed.get(w, means) == means)]
            for means, words in ours.items()
        }

    def _meant(self, section: str, word: str, means: Any) -> Any:
        """What a word of ``word: meaning`` means: functions of a type, or a service."""
        if section == _FUNCTIONS:
            return list(self._words((section, word), means))
        known = {*our_words()[_SERVICES].values(), *self.study.services}
        if str(means) not in known:
            self._fault(
                (section, word),
                (f"服务“{means}”", f"service '{means}'"),
                (f"以下之一：{'、'.join(sorted(known))}", f"one of {', '.join(sorted(known))}"),
            )
        return str(means)

    def _words(self, loc: tuple[str, ...], listed: Any) -> Iterator[str]:
        if not isinstance(listed, list):
            self._fault(loc, (f"“{listed}”", f"'{listed}'"), ("方括号内的词", "words in brackets"))
            return
        for word in listed:
            if isinstance(word, str | int) and not isinstance(word, bool) and str(word).strip():
                yield str(word).strip()
            else:
                self._fault(loc, (f"“{word}”", f"'{word}'"), ("文字", "text"))

    def _names(self, loc: tuple[str, ...], given: Any, known: Any) -> bool:
        """Whether what is given can be gone through; names nobody knows are at fault."""
        if not isinstance(given, dict):
            found = (f"“{given}”", f"'{given}'")
            self._fault(loc, found, ("键值结构", "keys with values"))
            return False
        for name in given if known is not None else ():
            if name not in known:
                listed = "、".join(known), ", ".join(known)
                expected = (f"以下之一：{listed[0]}", f"one of {listed[1]}")
                self._fault((*loc, str(name)), (f"“{name}”", f"'{name}'"), expected)
        return True

    def _told(self, loc: tuple[str, ...], word: str, was: Any, now: Any) -> None:
        place, was, now = ".".join(loc), *map(_shown, (was, now))
        self.notes.append(
            Note(
                about=_KEY,
                zh=f"{place}：“{word}”按 {now} 读取，程序词表为 {was}",
                en=f"{place}: '{word}' is read as {now}, in our own words it is {was}",
            )
        )

    def _fault(
        self, loc: tuple[str, ...], found: tuple[str, str], expected: tuple[str, str]
    ) -> None:
        line = line_of(self.written, loc)
        at = f":{line}" if line else ""
        self.faults.append(
            Fault(
                where=f"{_KEY}: {self.path.name}{at} {'.'.join(loc)}".rstrip(),
                found=found,
                expected=expected,
                to_do=("改正词表", "mend the file of words"),
            )
        )


def _shown(means: Any) -> str:
    return "、".join(means) or "—" if isinstance(means, list) else str(means)


def _check_functions(study: Study) -> None:
    """The functions that services ask for are those of some type, now that all types are known."""
    known = known_functions(study)
    raise_all(
        StudyError,
        [
            Fault(
                where=f"services.{name}.functions",
                found=(f"“{function}”", f"'{function}'"),
                expected=(f"以下之一：{'、'.join(known)}", f"one of {', '.join(known)}"),
                to_do=("改正研究文件或词表", "mend the study file, or the file of words"),
            )
            for name, service in study.services.items()
            for function in service.functions
            if function not in known
        ],
    )
