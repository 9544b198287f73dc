"""What a study allows: kinds of facility to be built, and changes to those that stand."""

from __future__ import annotations

from planning.siting import Change, Module
from planning.siting.modules import SizedIn
from planning.study import BuildSpec, ChangeSpec, ServiceSpec, Study


def modules_of(study: Study) -> list[Module]:
    """The kinds of facility that a study may build, in its order."""
    return [
        _module(name, service, of, spec)
        for service, of in study.services.items()
        for name, spec in of.build.items()
    ]


def _module(name: str, service: str, of: ServiceSpec, spec: BuildSpec) -> Module:
    sized: dict[SizedIn, float | None] = {
        "places": spec.floor_m2_per_place,
        "beds": spec.floor_m2_per_bed,
        "m2": 1.0,
    }
    sized_in = next(kind for kind, floor_m2 in sized.items() if floor_m2 is not None)
    return Module(
        name=name,
        service=service,
        # A kind without a name of its own has that of its service.
        label=of.label if name == service else "",
        functions=frozenset(spec.functions or of.functions),
        sized_in=sized_in,
        floor_m2_per_unit=sized[sized_in] or 1.0,
        min_floor_m2=spec.min_floor_m2,
        max_floor_m2=spec.max_floor_m2,
        sizes_m2=spec.sizes_m2,
        places=spec.places,
        beds=spec.beds,
        is_nursing=spec.nursing,
        traits=dict(spec.traits),
        operator=spec.operator or "",
        grade=-1 if spec.grade is None else spec.grade,
        tier_min=-1 if spec.tier_min is None else spec.tier_min,
        yuan_per_m2=spec.yuan_per_m2,
    )


def changes_of(study: Study) -> list[Change]:
    """What a study allows to be done with facilities that stand, in its order."""
    return [
        _change(name, service, spec)
        for service, of in study.services.items()
        for name, spec in of.change.items()
    ]


def _change(name: str, service: str, spec: ChangeSpec) -> Change:
    return Change(
        name=name,
        service=service,
        which=spec.which,
        ids=frozenset(spec.ids),
        closes=spec.close,
        adds=frozenset(spec.adds),
        drops=frozenset(spec.drops),
        sized_in=spec.sized_in or "",
        most=spec.most,
        floor_m2_per_unit=spec.floor_m2_per_unit,
        places=spec.places,
        beds=spec.beds,
        is_nursing=spec.nursing,
        traits=dict(spec.traits),
        operator=spec.operator or "",
        grade=-1 if spec.grade is None else spec.grade,
        tier_min=-1 if spec.tier_min is None else spec.tier_min,
        yuan=spec.yuan,
        yuan_per_unit=spec.yuan_per_unit,
    )
