"""How much less a place counts the longer the way to it: decay functions, by name.

A time at `limit_ms` is inside, one beyond it weighs 0. All but the kernel and the Gaussian that
ends at its limit jump to 0 there, as their catchments do in the papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from planning.errors import Fault, InputError, raise_all

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.integer[Any]]


class Decay(Protocol):
    """A weight by travel time, never negative, 0 beyond `limit_ms`."""

    @property
    def limit_ms(self) -> int:
        """The longest time that counts at all [ms]."""
        ...

    def weight(self, ms: Times) -> Floats:
        """Weights of times [ms], in their shape."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """1 within the limit: the dichotomous catchment.

    ``f(t) = 1, t ≤ t₀``. Luo & Wang (2003), Environment and Planning B 30(6), 865-884, steps 1 and
    2; Wachs & Kumagai (1973), Socio-Economic Planning Sciences 7(5), 437-456.
    """

    limit_ms: int

    def __post_init__(self) -> None:
        raise_all(InputError, _time_faults(limit_ms=self.limit_ms))

    def weight(self, ms: Times) -> Floats:
        """Weights of times [ms], in their shape."""
        return (ms <= self.limit_ms).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """One weight a zone: ``f(t) = W_r`` where zone r is the first with ``t ≤ until_ms[r]``.

    Luo & Qi (2009), Health & Place 15(4), 1100-1107: E2SFCA with three zones of a drive of 10, 20
    and 30 minutes, weights 1, 0.68, 0.22 or, falling faster, 1, 0.42, 0.03.
    """

    until_ms: tuple[int, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        raise_all(InputError, _zone_faults(self.until_ms, self.weights))

    @property
    def limit_ms(self) -> int:
        """The end of the last zone [ms]."""
        return self.until_ms[-1]

    def weight(self, ms: Times) -> Floats:
        """Weights of times [ms], in their shape."""
        zone = np.searchsorted(np.array(self.until_ms), ms, side="left")
        return np.array([*self.weights, 0.0])[zone]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaussian:
    """``f(t) = exp(-t² / (2 σ²))`` within the limit; e^(-t²/β) with β = 2 σ².

    Ingram (1971), Regional Studies 5(2), 101-107; as the weight of 3SFCA in Wan, Zou & Sternberg
    (2012), International Journal of Geographical Information Science 26(6), 1073-1089.
    """

    limit_ms: int
    sigma_ms: float

    def __post_init__(self) -> None:
        raise_all(InputError, _time_faults(limit_ms=self.limit_ms, sigma_ms=self.sigma_ms))

    def weight(self, ms: Times) -> Floats:
        """Weights of times [ms], in their shape."""
        return _within(ms, self.limit_ms, np.exp(-0.5 * (ms / self.sigma_ms) ** 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingGaussian:
    """``f(t) = (exp(-½ (t/t₀)²) - exp(-½)) / (1 - exp(-½))``: 1 at the door, 0 at the limit t₀.

    Dai (2010), Health & Place 16(5), 1038-1052; the “高斯两步移动搜索法” of Chinese studies.
    """

    limit_ms: int

    def __post_init__(self) -> None:
        raise_all(InputError, _time_faults(limit_ms=self.limit_ms))

    def weight(self, ms: Times) -> Floats:
        """Weights of times [ms], in their shape."""
        end = np.exp(-0.5)
        bell = (np.exp(-0.5 * (ms / self.limit_ms) ** 2) - end) / (1.0 - end)
        return _within(ms, self.limit_ms, bell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exponential:
    """``f(t) = exp(-t / τ)`` within the limit: e^(-βt) with β = 1 / τ.

    Wilson (1971), Environment and Planning 3(1), 1-32.
    """

    limit_ms: int
    tau_ms: float

    def __post_init__(self) -> None:
        raise_all(InputError, _time_faults(limit_ms=self.limit_ms, tau_ms=self.tau_ms))

    def weight(self, ms: Times) -> Floats:
        """Weights of times [ms], in their shape."""
        return _within(ms, self.limit_ms, np.exp(-(ms / self.tau_ms)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """``f(t) = T^(-β)``, T = t in units of `unit_ms`, at least one; within the limit.

    Hansen (1959), Journal of the American Institute of Planners 25(2), 73-76. At no time at all
    the power has no value; whoever is nearer than one unit counts as one unit away.
    """

    limit_ms: int
    unit_ms: float
    exponent: float

    def __post_init__(self) -> None:
        faults = _time_faults(limit_ms=self.limit_ms, unit_ms=self.unit_ms)
        raise_all(InputError, faults + _power_faults(exponent=self.exponent))

    def weight(self, ms: Times) -> Floats:
        """Weights of times [ms], in their shape."""
        times = np.maximum(ms / self.unit_ms, 1.0)
        return _within(ms, self.limit_ms, times**-self.exponent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Butterworth:
    """``f(t) = 1 / (1 + (t / b)^p)`` within the limit: flat at first, one half at b = `half_ms`.

    Langford, Fry & Higgs (2012), International Journal of Geographical Information Science 26(2),
    193-214; b and the power p as in the add-in USWFCA of the same authors.
    """

    limit_ms: int
    half_ms: float
    power: float

    def __post_init__(self) -> None:
        faults = _time_faults(limit_ms=self.limit_ms, half_ms=self.half_ms)
        raise_all(InputError, faults + _power_faults(power=self.power))

    def weight(self, ms: Times) -> Floats:
        """Weights of times [ms], in their shape."""
        # A power too high for a float leaves no weight, as it should.
        with np.errstate(over="ignore"):
            return _within(ms, self.limit_ms, 1.0 / (1.0 + (ms / self.half_ms) ** self.power))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """``f(t) = ¾ (1 - (t/t₀)²)``, the kernel of Epanechnikov: 0 at the limit t₀.

    Dai & Wang (2011), Environment and Planning B 38(4), 659-677.
    """

    limit_ms: int

    def __post_init__(self) -> None:
        raise_all(InputError, _time_faults(limit_ms=self.limit_ms))

    def weight(self, ms: Times) -> Floats:
        """Weights of times [ms], in their shape."""
        return _within(ms, self.limit_ms, 0.75 * (1.0 - (ms / self.limit_ms) ** 2))


def _within(ms: Times, limit_ms: int, weight: Floats) -> Floats:
    return np.where(ms <= limit_ms, weight, 0.0)


def _fault(where: str, *, found: object, expected: tuple[str, str]) -> Fault:
    return Fault(
        where=f"decay.{where}",
        found=(f"{found!r}", f"{found!r}"),
        expected=expected,
        to_do=("改正该参数", "correct this parameter"),
    )


def _time_faults(**times_ms: float) -> list[Fault]:
    return [
        _fault(
            name, found=ms, expected=("不小于 1 毫秒的有限数", "a finite number of 1 ms or more")
        )
        for name, ms in times_ms.items()
        if not (isfinite(ms) and ms >= 1)
    ]


def _power_faults(**powers: float) -> list[Fault]:
    return [
        _fault(name, found=power, expected=("大于 0 的有限数", "a finite number above 0"))
        for name, power in powers.items()
        if not (isfinite(power) and power > 0)
    ]


def _zone_faults(until_ms: tuple[int, ...], weights: tuple[float, ...]) -> list[Fault]:
    """Everything wrong with zones, at once."""
    faults = []
    if not until_ms or len(until_ms) != len(weights):
        faults.append(
            _fault(
                "weights",
                found=weights,
                expected=(
                    f"每个时间段一个权重（{len(until_ms)} 段）",
                    f"one weight a zone ({len(until_ms)})",
                ),
            )
        )
    if any(a >= b for a, b in pairwise((0, *until_ms))):
        rising = ("大于 0 且逐段增大", "above 0 and rising")
        faults.append(_fault("until_ms", found=until_ms, expected=rising))
    if not all(isfinite(w) and w >= 0 for w in weights) or any(a < b for a, b in pairwise(weights)):
        falling = ("不小于 0 且由近及远不增大", "0 or more, and none above the zone before it")
        faults.append(_fault("weights", found=weights, expected=falling))
    return faults
