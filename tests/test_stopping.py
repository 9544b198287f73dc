"""When a search stops: gaps, clocks, several at once, and a part within a whole."""

from __future__ import annotations

import math
import threading

import pytest

from planning.siting.stopping import (
    NEVER,
    Gap,
    Interrupted,
    PartOf,
    Seconds,
    Sofar,
    first_of,
    seconds_allowed,
)

NAN = math.nan


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [
        (100.0, 99.0, 0.01), (99.0, 100.0, 1 / 99), (-100.0, -101.0, 0.01), (0.0, 0.0, 0.0),
        (NAN, 5.0, math.inf), (math.inf, 5.0, math.inf), (5.0, -math.inf, math.inf),
    ],
)  # fmt: skip
def test_the_gap_is_relative_to_what_is_found(objective: float, bound: float, gap: float) -> None:
    assert Sofar(1.0, objective, bound).gap == pytest.approx(gap)


def test_a_gap_to_zero_is_as_good_as_none() -> None:
    assert Sofar(1.0, 0.0, -1.0).gap > 1e100


def test_limits_count_as_reached() -> None:
    assert Seconds(2.0)(Sofar(2.0, NAN, NAN)) and not Seconds(2.0)(Sofar(1.9, NAN, NAN))
    assert Gap(0.5)(Sofar(0.0, 2.0, 1.0)) and not Gap(0.49)(Sofar(0.0, 2.0, 1.0))
    assert not NEVER(Sofar(1e9, 1.0, 1.0))


def test_the_first_of_several() -> None:
    asked: list[str] = []

    def never(sofar: Sofar) -> bool:
        asked.append("never")
        return False

    assert first_of(Seconds(1.0), never)(Sofar(1.0, NAN, NAN))
    assert not first_of(Seconds(1.0), never)(Sofar(0.5, NAN, NAN))
    assert asked == ["never"]
    assert seconds_allowed(first_of(Seconds(3.0), Seconds(2.0), never)) == 2.0
    assert seconds_allowed(never) == seconds_allowed(NEVER) == math.inf


def test_a_part_speaks_in_terms_of_the_whole() -> None:
    part = PartOf(whole=first_of(Seconds(10.0), Gap(0.1)), began_s=4.0, scale=-1.0, offset=200.0)
    assert seconds_allowed(part) == 6.0
    assert part(Sofar(6.0, NAN, NAN)) and not part(Sofar(5.0, NAN, NAN))
    # 200 − 100 = 100 found and at most 200 − 90 = 110 possible: ten per cent.
    assert part(Sofar(0.0, 100.0, 90.0)) and not part(Sofar(0.0, 100.0, 89.0))
    assert seconds_allowed(PartOf(whole=Seconds(1.0), began_s=4.0)) == 0.0


def test_in_another_thread_nobody_interrupts() -> None:
    heard: list[bool] = []

    def elsewhere() -> None:
        with Interrupted() as stop:
            heard.append(stop(Sofar(0.0, NAN, NAN)))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert heard == [False]
