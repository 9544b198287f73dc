"""Whether HiGHS answers."""

from __future__ import annotations

from planning.doctor.verdict import Verdict, judged


def small_model() -> Verdict:
    """Least 3x + 2y with x + y ≥ 3.5, x whole and at most 2, y at most 2: x = 2, y = 1.5, 9."""
    import numpy as np

    from planning.siting import highs

    model = highs.Model(
        cost=np.array([3.0, 2.0]),
        lower=np.zeros(2),
        upper=np.array([2.0, 2.0]),
        whole=np.array([True, False]),
        start=np.array([0, 2]),
        column=np.array([0, 1]),
        value=np.ones(2),
        row_lower=np.array([3.5]),
        row_upper=np.array([highs.FREE]),
    )
    solved = highs.minimise(model)
    right = np.allclose(solved.values, [2.0, 1.5]) and abs(solved.objective - 9.0) < 1e-6
    told = f"{solved.status}: {np.round(solved.values, 6).tolist()}, {solved.objective:g}"
    return judged(
        fault=not right,
        found=(f"HiGHS 解得 {told}", f"HiGHS gives {told}"),
        expected=("[2, 1.5]，最小 9", "[2, 1.5], 9 at least"),
        to_do=(
            "运行 pip install --force-reinstall highspy",
            "run pip install --force-reinstall highspy",
        ),
    )
