"""The findings of the document in force as the page judges them again, or keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from planning.area import LEVELS, RESIDENTIAL, described
from planning.outputs.whatif.arrays import packed
from planning.outputs.whatif.asks_data import NO, YES, ask_data, people_asked, said_of
from planning.outputs.whatif.choices_data import Choices
from planning.outputs.whatif.exact import exact_pair
from planning.outputs.whatif.liveness import (
    AREAS,
    OF_OTHER_CLAUSES,
    OF_WHICH_TOWN,
    WHY,
    is_live,
    stale_after,
)
from planning.outputs.whatif.texts import Texts
from planning.siting import Module
from planning.standards import Effective, Finding, Profile, Situation
from planning.standards.accounts import Accounts
from planning.standards.asides import asides
from planning.standards.asks import Compliance, Hierarchy, ShareOfUnits
from planning.standards.clauses import Clause
from planning.standards.conditions import only_in, said_of_smaller_units
from planning.standards.findings import is_part_of_total, sign_of
from planning.standards.functions import building_functions
from planning.standards.measures import Before, Case, Place
from planning.standards.places import Places
from planning.standards.printed import target_words
from planning.standards.profiles import VIA_WORDS
from planning.standards.situation import BASES
from planning.standards.words import LEVEL_WORDS, group_words

ROLES = ("requirement", "goal", "benchmark", "indicator")
VERDICTS = ("met", "not_met", "not_assessable", "not_applicable")


def judged_data(
    profile: Profile,
    situation: Situation,
    levels: Mapping[str, Sequence[str]],
    findings: Sequence[Finding],
    choices: Choices,
    kinds: Sequence[Module],
    *,
    drawn_year: int | None = None,
) -> dict[str, Any]:
    """Clauses, and their findings in one column a thing, for `judging.js`.

    `findings` are what `evaluate` found of the same profile, situation and levels, all of them;
    `choices` takes up the choices of facilities that live clauses make, and `kinds` are what may be
    added. `drawn_year` is when areas that are drawn are delivered. What the page computes has no
    figures here: it finds them. Of the others, `kept` has the figures by the finding's number.
    """
    return _Judged(profile, situation, levels, findings, choices, kinds).data(drawn_year)


class _Judged:
    """One making of the content."""

    def __init__(
        self,
        profile: Profile,
        situation: Situation,
        levels: Mapping[str, Sequence[str]],
        findings: Sequence[Finding],
        choices: Choices,
        kinds: Sequence[Module],
    ) -> None:
        self.profile, self.situation, self.levels = profile, situation, levels
        self.findings, self.choices, self.kinds = findings, choices, kinds
        self.accounts = Accounts(situation, profile.readings)
        self.places = Places(profile, self.accounts, levels)
        self.texts = Texts()
        self.columns: dict[str, list[int]] = {
            name: []
            for name in (
                "clause", "level", "at", "role", "part", "verdict", "live", "stale", "why",
                "applies", "applies_why", "planned", "households", "said", "aside",
            )
        }  # fmt: skip
        self.level_names = [level.level for level in situation.area.levels]
        self.level_names += [name for name in (*LEVELS, RESIDENTIAL, "")
                             if name not in self.level_names]  # fmt: skip
        self.kept: dict[int, list[Any]] = {}
        self.attributes: set[str] = set()

    def data(self, drawn_year: int | None) -> dict[str, Any]:
        clauses = self._clauses()
        demand, accounts = self.situation.demand, self.accounts
        areas = self.situation.area.residential
        functions = building_functions()
        return {
            "document": self.profile.standard.document,
            "levels": self.level_names,
            "level_words": [LEVEL_WORDS.get(name, ("", "")) for name in self.level_names],
            "roles": ROLES,
            "verdicts": VERDICTS,
            "clauses": clauses,
            "findings": self.columns,
            "kept": self.kept,
            "texts": self.texts.said,
            "why": WHY,
            "templates": self._templates(),
            "described_new": described("new", "status", year=drawn_year),
            "of_year": replace(demand, planned=None).of_year,
            "base_words": BASES[self.situation.base],
            "counted_words": {"residents": ("", ""), "registered": ("户籍", "registered ")}[
                self.situation.base
            ],
            "group_words": {group: group_words(group) for group in sorted(self._groups())},
            "domains": sorted(accounts.domains),
            "kind_domains": [sorted(functions.domains_of(kind.functions)) for kind in self.kinds],
            "closed": np.flatnonzero(
                ~self.situation.facilities.is_open & ~self.situation.facilities.is_preparing
            ).tolist(),
            "n_points": len(demand),
            "area_status": () if areas is None else areas.status,
            "is_planned": packed(demand.is_planned, "u8") if accounts.arrived else None,
            "attributes": self._attributes(),
            "inside": self._inside(),
        }

    def _clauses(self) -> list[dict[str, Any]]:
        """All clauses in force; the columns are filled on the way."""
        found, rest = [], iter(self.findings)
        for number, one in enumerate(self.profile.effective):
            places = list(self.places.of(one.clause))
            if not places:
                found.append({"id": one.clause.id, "kind": one.clause.measure.kind})
                continue
            found.append(self._clause(one, self._case(one.clause, places[0])))
            for place in places:
                finding = next(rest)
                assert (finding.clause_id, finding.unit_id) == (one.clause.id, place.unit_id)
                self._row(number, one.clause, place, finding)
        assert next(rest, None) is None
        return found

    def _case(self, clause: Clause, place: Place) -> Case:
        return Case(clause, place, self.accounts, Before())

    def _clause(self, one: Effective, case: Case) -> dict[str, Any]:
        clause = one.clause
        target_zh, target_en = target_words(clause)
        via_zh, via_en = VIA_WORDS[one.via]
        said: dict[str, Any] = {
            "id": clause.id,
            "key": clause.key,
            "document": clause.document or one.standard.document,
            "article": clause.article,
            "quote": clause.quote,
            "title_zh": clause.title_zh,
            "title_en": clause.title_en,
            "via_zh": via_zh,
            "via_en": via_en,
            "service": clause.service,
            "strength": clause.strength,
            "kind": clause.measure.kind,
            "sign": sign_of(clause),
            "operator": clause.operator,
            "value": exact_pair(clause.value),
            "target_zh": target_zh,
            "target_en": target_en,
            "unit": clause.unit,
            "set_by": clause.set_by,
            "is_borrowed": clause.limit_from == "borrowed",
            "of_year": clause.year if clause.when == "in" else None,
            "total_of": LEVEL_WORDS.get(clause.levels[0] if clause.levels else "", ("", "")),
            **people_asked(clause.applies),
        }
        if is_live(clause, case):
            said["ask"] = ask_data(case, self.choices, self.texts)
            said["only"] = {
                level: only for level in self.level_names
                if (only := only_in(clause.applies, level))
            }  # fmt: skip
            self.attributes.update(name for only in said["only"].values() for name, _ in only)
            if said["ask"].get("limit_by_zone"):
                self.attributes.add("zone")
        return said

    # --- findings --------------------------------------------------------------------------------

    def _row(self, number: int, clause: Clause, place: Place, finding: Finding) -> None:
        case = self._case(clause, place)
        live, (stale, why) = is_live(clause, case) and place.at >= 0, stale_after(clause, case)
        code, reason = YES, -1
        if place.at < 0:
            stale, why = (AREAS, OF_OTHER_CLAUSES) if place.level == RESIDENTIAL else (0, -1)
            if clause.treatment == "listed":
                stale = 0
        else:
            code, reason = self._applies(clause, place)
            if self._hangs_on_town(clause, place):
                stale, why = stale | AREAS, OF_WHICH_TOWN
            elif code == NO:
                stale, why = 0, -1
        if live and isinstance(clause.measure, Compliance) and self._untemplated(clause.measure):
            stale, why = AREAS, OF_OTHER_CLAUSES
        if not live or stale or clause.measure.kind == "compliance":
            self.kept[len(self.columns["clause"])] = self._kept(finding)
        said = asides(clause, place, self.accounts, None) if live else ("", "")
        for name, value in {
            "clause": number,
            "level": self.level_names.index(place.level),
            "at": place.at,
            "role": ROLES.index(place.role),
            "part": int(is_part_of_total(clause, place)),
            "verdict": VERDICTS.index(finding.verdict),
            "live": int(live),
            "stale": stale,
            "why": why,
            "applies": code,
            "applies_why": reason,
            "planned": -1 if place.planned is None else place.planned,
            "households": -1 if place.households is None else place.households,
            "said": self.texts.number(place.said),
            "aside": self.texts.number(said),
        }.items():
            self.columns[name].append(value)

    def _applies(self, clause: Clause, place: Place) -> tuple[int, int]:
        return said_of(
            clause.applies,
            self.accounts.attributes(place.level, place.at),
            place.name,
            self.texts,
            said_of_smaller_units(place.level),
        )

    def _hangs_on_town(self, clause: Clause, place: Place) -> bool:
        """Whether it applies by the areas that residents live in, as nobody says of which town."""
        if clause.applies.town is None:
            return False
        return self.accounts.said(place.level, place.at).get("town", "-") == ""

    def _kept(self, finding: Finding) -> list[Any]:
        """What the page shows of a finding that it does not compute."""
        figures = (finding.measured, finding.at_most, finding.required, finding.gap)
        because = (finding.because_zh, finding.because_en)
        return [
            *map(exact_pair, figures), finding.people_short, finding.unit,
            self.texts.number(because),
        ]  # fmt: skip

    # --- areas that are drawn --------------------------------------------------------------------

    def _of_new_areas(self) -> Iterator[tuple[int, Clause, bool]]:
        """Clauses that meet a new area, by their number, and whether they bind there."""
        for number, one in enumerate(self.profile.effective):
            clause = one.clause
            binding = tuple(self.levels.get(clause.id, self.profile.levels_of(clause)))
            wanted = {*binding, *clause.levels, *clause.benchmark_levels}
            if RESIDENTIAL in wanted and clause.applies.status in (None, "new"):
                yield number, clause, RESIDENTIAL in binding

    def _is_templated(self, clause: Clause) -> bool:
        where = clause.applies
        place = Place(RESIDENTIAL, -1, "", "", "requirement")
        return (
            not where.attributes and not where.names and clause.measure.kind != "compliance"
            and is_live(clause, self._case(clause, place))
        )  # fmt: skip

    def _templates(self) -> dict[str, Any]:
        """Findings that an area drawn in the page has, and the clauses that it cannot judge."""
        rows, others = [], []
        for number, clause, binds in self._of_new_areas():
            role = self.places.role_of(clause, binds=binds)
            place = Place(RESIDENTIAL, -1, "", "", role)
            if not self._is_templated(clause):
                others.append(number)
                continue
            part = int(is_part_of_total(clause, place))
            aside = self.texts.number(asides(clause, place, self.accounts, None))
            rows.append([number, ROLES.index(role), part, aside])
        return {"rows": rows, "others": others}

    def _untemplated(self, ask: Compliance) -> bool:
        return any(
            binds and clause.service in ask.services and not self._is_templated(clause)
            for _, clause, binds in self._of_new_areas()
        )

    # --- what is said of units -------------------------------------------------------------------

    def _groups(self) -> set[str]:
        asked = {getattr(clause.measure, "group", None) for clause in self.profile.clauses}
        return {group for group in asked if group} | {"total", "elderly"}

    def _attributes(self) -> dict[str, dict[str, list[str]]]:
        """What is said of every unit, of what clauses ask of the smaller units in a large one."""
        return {
            level.level: {name: list(level.attributes[name]) for name in sorted(self.attributes)}
            for level in self.situation.area.levels
            if self.attributes
        }

    def _inside(self) -> dict[str, dict[str, list[int]]]:
        """For every unit of a lower level that a share is of, the unit above that it lies in."""
        found: dict[str, dict[str, list[int]]] = {}
        asks = [clause.measure for clause in self.profile.clauses]
        asked: set[str] = {ask.of_level for ask in asks if isinstance(ask, ShareOfUnits)}
        asked |= {tier.level for ask in asks if isinstance(ask, Hierarchy) for tier in ask.tiers}
        if any(isinstance(ask, Compliance) for ask in asks):
            asked.add(RESIDENTIAL)
        above = [level.level for level in self.situation.area.levels]
        for lower in sorted(asked):
            if self.accounts.n_units(lower):
                found[lower] = {
                    upper: self.accounts.ancestors(lower, upper).tolist() for upper in above
                }
        return found
