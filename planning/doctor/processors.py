"""Whether kernels compile and are kept, and whether there are as many threads as processors."""

from __future__ import annotations

import os

from planning.doctor import cgroups
from planning.doctor.verdict import Verdict, judged


def compiled_kernels() -> Verdict:
    """Whether numba compiles, and into which folder it keeps what it has compiled."""
    from planning.kernels import kernel

    expected = (
        "能编译，并保存到可写的目录",
        "kernels compile and are kept in a folder that can be written to",
    )
    try:
        twice = kernel(_doubled)
    except RuntimeError as error:  # what numba raises where it has nowhere to keep them
        return judged(
            fault=True,
            found=(f"numba 无处保存编译结果（{error}）", f"numba cannot keep kernels ({error})"),
            expected=expected,
            to_do=(
                "把程序所在目录或用户缓存目录改为可写；或设 XDG_CACHE_HOME（Windows：LOCALAPPDATA）"
                "为可写的目录",
                "make the program's folder or the user's cache folder writable, or set "
                "XDG_CACHE_HOME (Windows: LOCALAPPDATA) to a folder that is",
            ),
        )
    if twice is _doubled:
        return judged(
            warning=True,
            found=(
                "numba 不编译（NUMBA_DISABLE_JIT）",
                "numba does not compile (NUMBA_DISABLE_JIT)",
            ),
            expected=expected,
            to_do=("取消环境变量 NUMBA_DISABLE_JIT：不编译慢百倍", "unset NUMBA_DISABLE_JIT"),
        )
    import numba

    right = twice(21) == _doubled(21)
    told = f"numba {numba.__version__}, {twice.stats.cache_path}"  # type: ignore[attr-defined]
    return judged(
        fault=not right,
        found=(told, told) if right else (f"{told}：算错了", f"{told}: computes wrongly"),
        expected=expected,
        to_do=("重新安装 numba 与 llvmlite", "install numba and llvmlite anew"),
    )


def _doubled(number: int) -> int:
    return 2 * number


def threads(quota: float | None = None) -> Verdict:
    """Whether as many threads are started as there are processors to run them."""
    import numba

    quota = cgroups.processors() if quota is None else quota
    machine = os.cpu_count() or 1
    # Affinity is what taskset and job schedulers set; macOS and Windows have no such call.
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else machine
    usable = allowed if quota is None else min(allowed, max(1, round(quota)))
    started = int(numba.get_num_threads())
    many, few = started > usable, started < usable
    limit = (
        ("", "") if quota is None else (f"，容器限 {quota:g}", f", the container allows {quota:g}")
    )
    return judged(
        warning=many or few,
        found=(
            f"{started} 个线程；处理器 {machine} 个，可用 {allowed} 个{limit[0]}",
            f"{started} threads; {machine} processors, {allowed} usable{limit[1]}",
        ),
        expected=(
            f"{usable} 个线程；结果与线程数无关",
            f"{usable} threads; no result depends on it",
        ),
        to_do=(
            f"设环境变量 NUMBA_NUM_THREADS={usable}",
            f"set the variable NUMBA_NUM_THREADS={usable}",
        ),
    )
