"""Groups of residents by age: every point takes the shares of its own unit."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from planning import workflow
from planning.result import Town
from planning.sample import write_sample

Say = Callable[..., Town]

HEAD = "unit_id,age_0,age_1_4,age_5_59,age_60_79,age_80p,总人口"


@pytest.fixture
def town(tmp_path: Path) -> Say:
    """The sample town with a table of ages by street and groups taken from it."""
    write_sample(tmp_path)

    def check(*rows: str, ages: str = "level: street", elderly: str = "60+") -> Town:
        (tmp_path / "ages.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
        text = (tmp_path / "study.yaml").read_text(encoding="utf-8")
        head, rest = text.split("\ngroups:\n")
        after = rest[rest.index("\nfacilities:") :]
        groups = f"""
ages: {{path: ages.csv, {ages}}}
groups:
  elderly: {{label: 60岁及以上, ages: {elderly}, source: 测试}}
  under_3: {{label: 3岁以下, ages: 0-2, source: 测试}}"""
        (tmp_path / "aged.yaml").write_text(head + groups + after, encoding="utf-8")
        return workflow.check(tmp_path / "aged.yaml")

    return check


ROWS = ("S1,10,40,600,250,100,1000", "S2,5,20,900,60,15,1000", "S3,20,60,500,300,120,1000")


def test_each_street_has_its_own_elderly(town: Say) -> None:
    found = town(*ROWS)
    people, at = found.demand.people, found.demand.place["street"]
    for unit, share in enumerate((Fraction(350, 1000), Fraction(75, 1000), Fraction(420, 1000))):
        here = at == unit
        assert people["elderly"][here].sum() == pytest.approx(
            people["total"][here].sum() * float(share), rel=1e-12
        )
    under_3 = (10 + 20) / 1000, (5 + 10) / 1000, (20 + 30) / 1000
    np.testing.assert_allclose(people["under_3"], people["total"] * np.array(under_3)[at])


def test_ids_of_the_table_may_differ(town: Say) -> None:
    rows = [row.replace("S", "5101") for row in ROWS]
    ids = "level: street, ids: {S1: '51011', S2: '51012', S3: '51013'}"
    given, same = town(*rows, ages=ids), town(*ROWS)
    np.testing.assert_array_equal(given.demand.people["elderly"], same.demand.people["elderly"])


def test_a_street_where_the_table_has_nobody_takes_the_shares_of_all(town: Say) -> None:
    found = town(ROWS[0], "S2,0,0,0,0,0,0", ROWS[2])
    people, at = found.demand.people, found.demand.place["street"]
    here = at == 1
    assert people["elderly"][here].sum() == pytest.approx(
        people["total"][here].sum() * (350 + 420) / 2000, rel=1e-12
    )
    (note,) = [note for note in found.notes if note.about == "ages"]
    assert f"{people['total'][here].sum():,.0f} people live where no street has ages" in note.en


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ages": "level: province"}, "ages.level: found 'province'; expected a level of the area"),
        ({"elderly": "90+"}, "a bound inside the open band 80+"),
        ({"elderly": "老人"}, "expected completed ages, as 0-2"),
        ({"ages": "level: street, ids: {S1: X}"}, "found no unit X"),
    ],
)
def test_ages_that_cannot_be_had(town: Say, changed: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match="ages") as caught:
        town(*ROWS, **changed)
    assert said in str(caught.value)


def test_a_table_without_anybody_is_refused(town: Say) -> None:
    with pytest.raises(ValueError, match="nobody in any unit of the area"):
        town("S1,0,0,0,0,0,0", "S2,0,0,0,0,0,0", "S3,0,0,0,0,0,0")


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("{label: a, source: b}", "found none; expected ages, or count and of"),
        ("{label: a, source: b, count: 1}", "found count; expected ages, or count and of"),
        ("{label: a, source: b, ages: 60+, count: 1, of: 2}", "found ages, count, of"),
        ("{label: a, source: b, ages: 60+}", "found '60+' without a table of ages"),
    ],
)
def test_a_group_has_one_way_of_counting(tmp_path: Path, group: str, said: str) -> None:
    write_sample(tmp_path)
    study = tmp_path / "study.yaml"
    text = study.read_text(encoding="utf-8")
    study.write_text(text.replace("\ngroups:", f"\ngroups:\n  odd: {group}"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"groups\.odd") as caught:
        workflow.check(study)
    assert said in str(caught.value)


def test_huangpu_has_the_ages_of_its_census(shared_data: Path) -> None:
    study = Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml"
    demand = workflow.check(study, data_dir=shared_data).demand
    total = demand.total("total")
    assert demand.total("elderly") == pytest.approx(total * 176_127 / 662_030, rel=1e-12)
    assert demand.total("under_3") == pytest.approx(total * 9_496.5 / 662_030, rel=1e-12)
