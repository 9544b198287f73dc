"""The smallest relaxation that would meet what stays unmet: money, premises, kinds, the limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt

from planning.access import Way
from planning.facilities import Candidates
from planning.siting.modules import Module
from planning.siting.need import Amount, Covered, Units
from planning.siting.options import Options
from planning.siting.posing import Ground, asked_for
from planning.siting.reasons.circle import circle
from planning.siting.reasons.due import NOTHING, Due
from planning.siting.reasons.least import fewest_left
from planning.siting.reasons.loss import hundredths
from planning.siting.reasons.made_plan import Plan
from planning.siting.reasons.money import asked_beside, cheapest_beside
from planning.siting.reasons.new_candidates import Wanted, least_that_counts, nobody_walks, wanted
from planning.siting.stopping import Stop
from planning.standards import Profile, Situation
from planning.standards.accounts import Accounts
from planning.standards.words import figure, percent, plain, which_words

Longs = npt.NDArray[np.int64]
Kind = Literal["listed", "budget", "candidates", "units", "max_floor", "kind", "limit", "share"]
"""What is relaxed: nothing (the candidates listed suffice), money, how many candidates there are,
in how many more units, how large a kind may be, which kinds there are, the limit, the share."""


_PRICED = ("（费用另计）", " (its price on top)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """What would meet a requirement that a plan leaves short, everything else of the plan as it is.

    `amount` in `unit`: yuan more than is set (budget) or than the plan costs (listed), candidates
    or units more, m² that a kind may have, minutes, a share. Of candidates, each hosts one `module`
    on `floor_m2` of floor and `land_m2` of its own; None where it is about something else.
    `suffices` says whether this alone is known to be enough: where it is not, it is needed, and
    only another solve can tell the rest. `is_least` is False where less might do.
    """

    kind: Kind
    amount: float
    unit: str
    module: str
    floor_m2: float | None
    land_m2: float | None
    suffices: bool
    is_least: bool
    because_zh: str
    because_en: str


def ground_of(
    profile: Profile, situation: Situation, candidates: Candidates, options: Options
) -> Ground:
    """The town of today with what may be opened in it, where nobody need walk to a candidate."""
    return Ground(
        profile=profile,
        situation=situation,
        candidates=candidates,
        options=options,
        walks_to=nobody_walks(situation, len(candidates)),
        accounts=Accounts(situation, profile.readings),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosening:
    """What relaxations are worked out from: a plan, the town without and with it, ways to walk.

    `ground` is the town of today with the candidates and options of the plan; `stop` ends the
    search for the cheapest way to meet one requirement.
    """

    plan: Plan
    ground: Ground
    after: Situation
    ways: Mapping[str, Way]
    stop: Stop

    @property
    def _modules(self) -> list[Module]:
        """The kinds of facility that may be built."""
        return [one for one in self.plan.problem.options.modules if isinstance(one, Module)]

    def of(self, due: Due) -> tuple[Relaxation, ...]:
        """What would meet a requirement, the first of them the least; nothing where less would."""
        found = self._by_money(due)
        if found is not None:
            return (found,)
        if self._is_too_much(due):
            return ()
        match due.requirement.need:
            case Covered():
                return tuple(self._by_circle(due)) or tuple(self._by_kind(due))
            case Units() as need:
                return (self._by_units(due, need),)
            case Amount():
                return tuple(self._by_candidates(due)) or tuple(self._by_kind(due))

    def _is_too_much(self, due: Due) -> bool:
        """Whether there is more than there may be, of what only grows by building."""
        clause = self.ground.profile.clause(due.requirement.finding.clause_id)
        need = due.requirement.need
        is_most = clause is not None and clause.operator in ("<=", "<")
        return is_most and need.most(self.plan.problem.options) <= NOTHING

    def _by_money(self, due: Due) -> Relaxation | None:
        """The cheapest way to meet it with the candidates there are; None where there is none."""
        found = cheapest_beside(self.plan, due, stop=self.stop)
        if found is None:
            return None
        slack = self.plan.unspent(due.year)
        more = found.yuan if slack is None else found.yuan - slack
        at_most = ("", "") if found.is_proven else ("至多", "at most ")
        if slack is None or more <= 0:
            zh = f"现有候选点即可满足，{at_most[0]}另需{_wan(found.yuan)}"
            en = f"the candidates listed suffice, for {at_most[1]}{found.yuan:,.0f} yuan more"
            kind, amount = "listed", found.yuan
        else:
            when = "" if due.year not in self.plan.budgets else f"{due.year}"
            zh = f"{when and when + '年'}预算{at_most[0]}再加{_wan(more)}即可满足"
            en = f"{at_most[1]}{more:,.0f} yuan more in the budget{when and ' of ' + when} meet it"
            kind, amount = "budget", more
        return _relaxation(kind, amount, "yuan", zh, en, is_least=found.is_proven)  # type: ignore[arg-type]

    def _by_candidates(self, due: Due) -> Iterator[Relaxation]:
        """More premises or land in the unit."""
        finding = due.requirement.finding
        modules = self._modules
        one = wanted(self.ground, finding, due.missing, modules)
        if one is None:
            return
        land = f"，带独立用地{plain(hundredths(one.land_m2))}平方米" if one.land_m2 else ""
        own = f" on {plain(hundredths(one.land_m2))} m² of its own" if one.land_m2 else ""
        floor = plain(hundredths(one.floor_m2))
        each_zh, each_en = ("每处", " each") if one.count > 1 else ("", "")
        paid_zh, paid_en = _PRICED if self.plan.is_paid else ("", "")
        sites = figure(Fraction(one.count), "candidates")
        name = one.module.name
        yield _relaxation(
            "candidates",
            float(one.count),
            "candidates",
            f"在{finding.unit_name}再有{sites[0]}，{each_zh}可建{one.module.called}，"
            f"建筑面积{floor}平方米{land}，即可满足{paid_zh}",
            f"{sites[1]} more in {finding.unit_name} for {name}, {floor} m² of floor{own}"
            f"{each_en}, would meet it{paid_en}",
            module=name,
            floor_m2=one.floor_m2,
            land_m2=one.land_m2,
        )

    def _by_units(self, due: Due, need: Units) -> Relaxation:
        """Units that no candidate brings up to it."""
        left, _ = asked_beside(self.plan, due)
        alone = replace(left.problem, requirements=left.problem.requirements[:1])
        more = fewest_left(alone).size if len(left.rows) else np.zeros(0, dtype=np.int64)
        short = float(np.ceil(need.missing(left.counting(due, more)) - NOTHING))
        zh, en = figure(Fraction(short), due.requirement.finding.unit)
        return _relaxation(
            "units",
            short,
            due.requirement.finding.unit,
            f"须另有{zh}具备足够的候选点",
            f"candidates that suffice are needed in {en} more",
            suffices=False,
        )

    def _by_kind(self, due: Due) -> Iterator[Relaxation]:
        """A kind of facility that counts: one that may be larger, or one not yet in the study."""
        finding = due.requirement.finding
        clause = self.ground.profile.clause(finding.clause_id)
        assert clause is not None
        modules = self._modules
        larger = [replace(one, max_floor_m2=None, sizes_m2=()) for one in modules]
        if isinstance(due.requirement.need, Covered):
            one = least_that_counts(self.ground, finding, modules)
            if one is not None:
                yield self._premises(finding.unit_name, one)
                return
            one = least_that_counts(self.ground, finding, larger)
        else:
            one = wanted(self.ground, finding, due.missing, larger)
        if one is not None:
            floor = plain(hundredths(one.floor_m2))
            yield _relaxation(
                "max_floor",
                one.floor_m2,
                "m2",
                f"{one.module.called}的单处面积须可达{floor}平方米，且候选点容得下",
                f"{one.module.name} would have to be allowed {floor} m², in premises that hold it",
                module=one.module.name,
                floor_m2=one.floor_m2,
                land_m2=one.land_m2,
                suffices=False,
            )
            return
        words = [which_words(which) for which in asked_for(clause.measure)]
        zh, en = "、".join(zh for zh, _ in words), ", ".join(en for _, en in words)
        adds = due.requirement.is_buildable
        can_zh, can_en = ("能补上它的设施", "a kind that adds to it: ") if adds else ("", "")
        yield _relaxation(
            "kind",
            float(len(words)),
            "kinds",
            f"须先在 services.*.build 中列入{can_zh}：{zh}",
            f"services.*.build would have to list {can_en}{en}",
            suffices=False,
        )

    def _premises(self, name: str, one: Wanted) -> Relaxation:
        """There is a kind that would count, and no premises for it."""
        floor = plain(hundredths(one.floor_m2))
        return _relaxation(
            "candidates",
            1.0,
            "candidates",
            f"{name}周边须有建筑面积{floor}平方米、可建{one.module.called}的候选点",
            f"premises of {floor} m² for {one.module.name} are needed near {name}",
            module=one.module.name,
            floor_m2=one.floor_m2,
            land_m2=one.land_m2,
            suffices=False,
        )

    def _by_circle(self, due: Due) -> Iterator[Relaxation]:
        """A longer limit, or a smaller share."""
        found = circle(self.plan, due, self.ground, self.after, self.ways)
        if found is None or not due.requirement.is_buildable:
            return
        paid_zh, paid_en = _PRICED if self.plan.is_paid else ("", "")
        share = percent(found.share)
        yield _relaxation(
            "share",
            float(found.share),
            "share",
            f"候选点全部开设，最多可达{share}{paid_zh}",
            f"with every candidate open {share} can be reached at most{paid_en}",
            suffices=not self.plan.is_paid,
        )
        if found.limit_min is not None:
            yield _relaxation(
                "limit",
                found.limit_min,
                "min",
                f"时限放宽到{found.limit_min:g}分钟，候选点全部开设即可满足{paid_zh}",
                f"a limit of {found.limit_min:g} min would be met with every candidate open"
                f"{paid_en}",
                suffices=not self.plan.is_paid,
            )


def _wan(yuan: float) -> str:
    return f"{yuan / 10_000:,.2f}万元"


def _relaxation(
    kind: Kind,
    amount: float,
    unit: str,
    zh: str,
    en: str,
    *,
    module: str = "",
    floor_m2: float | None = None,
    land_m2: float | None = None,
    suffices: bool = True,
    is_least: bool = True,
) -> Relaxation:
    return Relaxation(
        kind=kind,
        amount=amount,
        unit=unit,
        module=module,
        floor_m2=floor_m2,
        land_m2=land_m2,
        suffices=suffices,
        is_least=is_least,
        because_zh=zh,
        because_en=en,
    )
