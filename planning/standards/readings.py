"""How the documents are taken where their words are open (STANDARDS A)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from planning.errors import Fault, StudyError, raise_all
from planning.units import rational


class Question(BaseModel):
    """One open question: its choices, or a figure where there are none, and the default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ambiguity: str
    choices: tuple[str, ...] = ()
    default: str
    zh: str
    en: str


@cache
def questions() -> Mapping[str, Question]:
    """Every question, by name, as the data file lists them."""
    text = (resources.files("planning.standards") / "readings.yaml").read_text("utf-8")
    plain = YAML(typ="safe", pure=True).load(text)
    return {name: Question.model_validate(said) for name, said in plain.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """One answer to every question."""

    answers: Mapping[str, str]

    @classmethod
    def of(cls, *said: Mapping[str, str], where: str = "standards.readings") -> Readings:
        """The defaults under what is said, the later over the earlier. Raises StudyError."""
        known = questions()
        given = {name: answer for some in said for name, answer in some.items()}
        raise_all(
            StudyError, [f for name, answer in given.items() for f in _faults(name, answer, where)]
        )
        return cls(answers={name: question.default for name, question in known.items()} | given)

    def __getitem__(self, name: str) -> str:
        return self.answers[name]

    def figure(self, name: str) -> Fraction:
        """An answer that is a number, exact."""
        return rational(self.answers[name])


def _faults(name: str, answer: str, where: str) -> list[Fault]:
    question = questions().get(name)
    if question is None:
        names = questions()
        return [
            Fault(
                where=where,
                found=(f"“{name}”", f"'{name}'"),
                expected=(f"以下之一：{'、'.join(names)}", f"one of {', '.join(names)}"),
                to_do=("改正名称", "mend the name"),
            )
        ]
    try:
        is_known = answer in question.choices if question.choices else rational(answer) >= 0
    except ValueError:
        is_known = False
    if is_known:
        return []
    zh = "、".join(question.choices) or "不小于 0 的数"
    en = ", ".join(question.choices) or "a number, 0 or more"
    return [
        Fault(
            where=f"{where}.{name}",
            found=(f"“{answer}”", f"'{answer}'"),
            expected=(zh, en),
            to_do=(f"改正（{question.zh}）", f"mend it ({question.en})"),
        )
    ]
