"""Time and memory of a thousand units against three hundred clauses: see docs/benchmarks.md.

An invented city (bench_city.py) under Chengdu's plan, with what that inherits, and two others.
The peer is the plain way: every finding judged by itself with sums of its own, which is what
`planning.standards.explain` does. That both find the same, word for word, is asserted (exit code
1); times never are. Every run is a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from bench_city import FULL, QUICK, Size, invented
from racing import Took, machine, peak_mb, rewritten, timed

from planning.inputs.standard_file import chain_of
from planning.standards import Finding, Profile, Situation, evaluate, explain, profile_of

DOCUMENTS = ("CD", "GZ", "JS")
EVERY = ("city", "county", "street", "community")
TARGET_S = 5.0
SAMPLE = {"own": 150, "every": 25}
"""Findings that the peer judges, taken at random; its time is scaled to all."""
RUNS = {
    "own": ("条文所定层级", "where the documents have them judged"),
    "every": ("全部单元", "every clause in every unit"),
}


def run(size: Size, where: str) -> dict[str, Any]:
    """One run in this process: how long, how many findings, how much memory, and the peer."""
    profiles = [profile_of(chain_of(name, [])) for name in DOCUMENTS]
    city = invented(size, profiles)
    levels = [_levels(profile, where) for profile in profiles]
    before = peak_mb()
    found, took = timed(
        lambda: [evaluate(p, city, at) for p, at in zip(profiles, levels, strict=True)]
    )
    peak = peak_mb()
    cases = [
        (profile, at, finding)
        for profile, at, findings in zip(profiles, levels, found, strict=True)
        for finding in findings
        if finding.unit_id
    ]
    rng = np.random.default_rng(1)
    chosen = [cases[i] for i in rng.permutation(len(cases))[: SAMPLE[where]].tolist()]
    again, peer = timed(lambda: [_alone(profile, city, at, one) for profile, at, one in chosen])
    return {
        "units": size.units,
        "points": size.points,
        "facilities": size.facilities,
        "clauses": sum(len(profile.effective) for profile in profiles),
        "findings": sum(map(len, found)),
        "took": took,
        "peer": Took(*(seconds * len(cases) / len(chosen) for seconds in peer)),
        "sample": len(chosen),
        "before_mb": before,
        "peak_mb": peak,
        "wrong": [
            f"{one.clause_id} {one.unit_id}: {one.because_zh} | {other and other.because_zh}"
            for (_, _, one), other in zip(chosen, again, strict=True)
            if other != one
        ],
    }


def _levels(profile: Profile, where: str) -> dict[str, tuple[str, ...]] | None:
    return None if where == "own" else {clause.id: EVERY for clause in profile.clauses}


def _alone(
    profile: Profile, city: Situation, levels: dict[str, tuple[str, ...]] | None, one: Finding
) -> Finding | None:
    """The finding judged again by itself."""
    found = explain(profile, city, one.clause_id, one.unit_id, levels)
    return None if found is None else found[0]


def table(runs: dict[str, list[dict[str, Any]]]) -> str:
    """The least time of the runs, the largest memory."""
    first = runs["own"][0]
    lines = []
    for name, done in runs.items():
        least = Took(*map(min, zip(*(one["took"] for one in done), strict=True)))
        target = theirs = ratio = "–"
        if name == "own":
            # Of a few among all units the peer's time says nothing: these are compared alone.
            peer = Took(*map(min, zip(*(one["peer"] for one in done), strict=True)))
            theirs = str(peer)
            ratio = f"{min(slow / ours for ours, slow in zip(least, peer, strict=True)):,.0f}"
            target = f"**< {TARGET_S:g} s {'met' if least.wall < TARGET_S else 'missed'}**"
        zh, en = RUNS[name]
        lines.append(
            f"| {zh} {en} | {done[0]['findings']:,} | {least} | {target} "
            f"| {max(one['peak_mb'] for one in done):,.0f} | {theirs} | {ratio} "
            f"| {'✗' if any(one['wrong'] for one in done) else '✓'} {done[0]['sample']} |"
        )
    head = [
        "| 评估 judged | 条数 findings | s (CPU) | target | MB | 逐条 one by one s (CPU) | ratio "
        "| 一致 agreement |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join(
        [
            f"- {first['units']:,} 个单元，{first['clauses']} 条条文（{'、'.join(DOCUMENTS)}），"
            f"{first['points']:,} 个需求点，{first['facilities']:,} 处设施；"
            f"评估前内存 {first['before_mb']:,.0f} MB",
            f"  {first['units']:,} units, {first['clauses']} clauses ({', '.join(DOCUMENTS)}), "
            f"{first['points']:,} demand points, {first['facilities']:,} facilities; "
            f"{first['before_mb']:,.0f} MB before",
            "",
            *head,
            *lines,
        ]
    )


def main() -> int:
    """Run and print the table; 1 where the peer finds anything else."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="seconds: a small city")
    parser.add_argument("--runs", type=int, default=3, help="the least time of so many processes")
    parser.add_argument("--write", type=Path, help="page whose table is to be written anew")
    options = parser.parse_args()
    size = QUICK if options.quick else FULL
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        runs = {
            name: [
                pool.submit(run, size, name).result()
                for _ in range(max(1, options.runs) if name == "own" else 1)
            ]
            for name in RUNS
        }
    text = "\n".join([machine("numpy", "scipy", "shapely", "pydantic"), "", table(runs)])
    print(text)
    wrong = [said for done in runs.values() for one in done for said in one["wrong"]]
    for said in wrong:
        print(f"✗ {said}", file=sys.stderr)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        options.write.write_text(rewritten(page, text, name="standards"), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
