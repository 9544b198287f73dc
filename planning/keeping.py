"""The stages of a study's run as arrays, and back again: walks, searches, who gets a place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from planning.access import Assignment, Ledger
from planning.progress import Progress
from planning.provision import Access, Provision
from planning.result import AtSpeed, State, Town
from planning.run_record import town_digest
from planning.siting import Solution, Status
from planning.siting.regret import LeastRegret
from planning.siting.solving import Stage
from planning.siting.stopping import Interrupted
from planning.stages import Arrays, Stages
from planning.travel import Reach

Longs = npt.NDArray[np.int64]
Sought = tuple[Solution, Longs, Solution | None]
"""A solution, the year in which each option opens, what the solver claims of the years."""


class Keeper:
    """The stages of one town: each is made once, whatever happens to the runs that need it.

    Without `stages` nothing is kept. What a person ended by Ctrl-C is not kept either: whoever asks
    again wants the whole search.
    """

    def __init__(self, town: Town, stages: Stages | None = None) -> None:
        self._town, self._stages = town, stages or Stages(None)

    def of(self, town: Town) -> Keeper:
        """The keeper of another town in the same place."""
        return Keeper(town, self._stages)

    def reach(self, *, max_memory_bytes: int | None, progress: Progress) -> Reach:
        """Who walks to each facility, then to each candidate, within the longest limit.

        What was kept stays on the disk where `max_memory_bytes` is capped.
        """
        town = self._town

        def made() -> Arrays:
            found = town.ways["walk"].reach(
                town.sites,
                limit_ms=town.longest_ms,
                max_memory_bytes=max_memory_bytes,
                progress=progress,
            )
            return {"start": found.start, "demand": found.demand, "ms": found.ms}

        kept = self._arrays("reach", {}, made, mapped=max_memory_bytes is not None)
        return Reach(**kept, limit_ms=town.longest_ms, n_demand=town.crowd.n_points)

    def sought(self, make: Callable[[], Sought], interrupted: Sequence[Interrupted]) -> Sought:
        """The plan of the study, and its years."""

        def made() -> Arrays:
            solution, opened, shared = make()
            claims = {} if shared is None else _claimed(shared, "shared")
            return {**_claimed(solution, "plan"), "opened": opened, **claims}

        kept = self._arrays("plan", {}, made, interrupted=interrupted)
        shared = _solution(kept, "shared") if "shared_size" in kept else None
        return _solution(kept, "plan"), kept["opened"], shared

    def solution(
        self,
        name: str,
        beside: Mapping[str, Any],
        make: Callable[[], Solution],
        interrupted: Interrupted,
    ) -> Solution:
        """One search more, which depends on the town and on what is said `beside`."""
        kept = self._arrays(
            name, beside, lambda: _claimed(make(), "plan"), interrupted=(interrupted,)
        )
        return _solution(kept, "plan")

    def least_regret(
        self, beside: Mapping[str, Any], make: Callable[[], LeastRegret], interrupted: Interrupted
    ) -> LeastRegret:
        """The plan for all worlds, which depends on all of their towns."""

        def made() -> Arrays:
            found = make()
            size = {} if found.size is None else {"size": found.size}
            numbers = np.array([found.regret, found.bound])
            return {"numbers": numbers, "status": np.array(found.status.value), **size}

        kept = self._arrays("together", beside, made, interrupted=(interrupted,))
        regret, bound = kept["numbers"].tolist()
        return LeastRegret(
            size=kept.get("size"), regret=regret, bound=bound, status=Status(str(kept["status"]))
        )

    def speed_band(self, make: Callable[[], Sequence[AtSpeed]]) -> tuple[AtSpeed, ...]:
        """Today's coverage at each speed."""
        names = [one.name for one in fields(Ledger)]

        def made() -> Arrays:
            found = make()
            return {
                "service": np.array([one.service for one in found]),
                "speed_m_s": np.array([one.speed_m_s for one in found]),
                "ledger": np.array([[getattr(one.ledger, n) for n in names] for one in found]),
            }

        kept = self._arrays("band", {}, made)
        rows = zip(*(kept[n].tolist() for n in ("service", "speed_m_s", "ledger")), strict=True)
        return tuple(
            AtSpeed(
                service=service,
                speed_m_s=speed,
                ledger=Ledger(**dict(zip(names, row, strict=True))),
            )
            for service, speed, row in rows
        )

    def provided(
        self, beside: Mapping[str, Any], make: Callable[[], Mapping[State, Provision]]
    ) -> dict[State, Provision]:
        """Who gets a place and who has how much, today and with a plan that is said `beside`."""
        kept = self._arrays("access", beside, lambda: _provided_arrays(make()))
        return _provided(kept)

    def _arrays(
        self,
        name: str,
        beside: Mapping[str, Any],
        make: Callable[[], Arrays],
        *,
        mapped: bool = False,
        interrupted: Sequence[Interrupted] = (),
    ) -> Arrays:
        if self._stages.folder is None:
            return make()
        return self._stages.arrays(
            name,
            {"town": self.digest, **beside},
            make,
            mapped=mapped,
            may_keep=lambda: not any(one.is_asked for one in interrupted),
        )

    @cached_property
    def digest(self) -> str:
        """What all stages of the town are made from."""
        return town_digest(self._town)


def digest_of_arrays(*arrays: npt.NDArray[Any] | None) -> str:
    """Changes with any number in the arrays."""
    digest = hashlib.sha256()
    for one in arrays:
        said = b"" if one is None else one.tobytes()
        digest.update(f"{None if one is None else one.dtype.str},{len(said)};".encode())
        digest.update(said)
    return digest.hexdigest()


def digest_of_claims(solution: Solution) -> str:
    """Changes with a plan and with what the solver claims of it, not with the time it took."""
    said = _claimed(solution, "plan")
    numbers = said.pop("plan_numbers")[:, :2]
    return digest_of_arrays(*said.values(), np.ascontiguousarray(numbers))


def _claimed(solution: Solution, name: str) -> dict[str, npt.NDArray[Any]]:
    """A solution as arrays whose names begin with `name`; floats to the last bit."""
    stages = solution.stages
    return {
        f"{name}_size": solution.size,
        f"{name}_status": np.array([solution.status.value, *(one.status.value for one in stages)]),
        f"{name}_aims": np.array([one.aim for one in stages], dtype=np.str_),
        f"{name}_numbers": np.array(
            [(one.found, one.bound, one.seconds) for one in stages], dtype=np.float64
        ).reshape(-1, 3),
    }


def _solution(kept: Arrays, name: str) -> Solution:
    status, *each = kept[f"{name}_status"].tolist()
    rows = zip(kept[f"{name}_aims"].tolist(), kept[f"{name}_numbers"].tolist(), each, strict=True)
    return Solution(
        status=Status(status),
        size=kept[f"{name}_size"],
        stages=tuple(
            Stage(aim=aim, found=found, bound=bound, seconds=seconds, status=Status(ended))
            for aim, (found, bound, seconds), ended in rows
        ),
    )


def _provided_arrays(provided: Mapping[State, Provision]) -> Arrays:
    arrays: dict[str, npt.NDArray[Any]] = {}
    about: list[dict[str, Any]] = []
    for state, one in provided.items():
        parts = (("assignments", one.assignments), ("access", one.access))
        for part, of_services in parts:
            for service, found in of_services.items():
                rows = []
                for row in found:
                    at = f"a{len(arrays)}_"
                    plain, more = _parted(row, at)
                    rows.append({"at": at, "plain": plain})
                    arrays |= more
                about.append({"state": state, "part": part, "service": service, "rows": rows})
    states = list(provided)
    said = json.dumps({"states": states, "about": about}).encode()
    return {"about": np.frombuffer(said, dtype=np.uint8), **arrays}


def _provided(kept: Arrays) -> dict[State, Provision]:
    said = json.loads(kept["about"].tobytes())
    found: dict[State, dict[str, dict[str, Any]]] = {
        state: {"assignments": {}, "access": {}} for state in said["states"]
    }
    kinds = {"assignments": Assignment, "access": Access}
    for of in said["about"]:
        rows = tuple(
            kinds[of["part"]](
                **row["plain"],
                **{
                    name.removeprefix(row["at"]): values
                    for name, values in kept.items()
                    if name.startswith(row["at"])
                },
            )
            for row in of["rows"]
        )
        found[of["state"]][of["part"]][of["service"]] = rows
    return {state: Provision(**parts) for state, parts in found.items()}


def _parted(one: Any, prefix: str) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The plain fields of a flat dataclass, and its arrays, whose names begin with `prefix`."""
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    plain = {name: v for name, v in values.items() if not isinstance(v, np.ndarray)}
    return plain, {f"{prefix}{name}": v for name, v in values.items() if name not in plain}
