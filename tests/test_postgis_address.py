"""Addresses of tables in a study: what they may say, and that no password is ever shown."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Done

from planning.errors import InputError
from planning.inputs.postgis.address import TableAddress, address_of, without_addresses

SECRET = "Mima-1949"

OK = {
    "postgis://gis.local/plan?table=plan.设施": TableAddress(
        server=(("host", "gis.local"), ("dbname", "plan")), schema="plan", table="设施"
    ),
    "postgis://planner@10.1.2.3:5433/plan?table=设施&geometry=位置": TableAddress(
        server=(("user", "planner"), ("host", "10.1.2.3"), ("port", "5433"), ("dbname", "plan")),
        schema="public",
        table="设施",
        geometry="位置",
    ),
    "postgis://?service=minzheng&table=a.b.c": TableAddress(
        server=(("service", "minzheng"),), schema="a", table="b.c"
    ),
    "postgis:///plan?table=%E8%AE%BE%E6%96%BD.a%26b": TableAddress(
        server=(("dbname", "plan"),), schema="设施", table="a&b"
    ),
    "postgis://%2Fvar%2Frun%2Fpostgresql/?table=a%2Eb.c d": TableAddress(
        server=(("host", "/var/run/postgresql"),), schema="a.b", table="c d"
    ),
    "  postgis://[::1]/plan?table=Plan.Units": TableAddress(
        server=(("host", "::1"), ("dbname", "plan")), schema="Plan", table="Units"
    ),
}


@pytest.mark.parametrize("path", OK)
def test_an_address_names_server_and_table(path: str) -> None:
    assert address_of(path, "here") == OK[path]


@pytest.mark.parametrize(
    "path", ["units.gpkg", "a/b.csv", "C:/data/units.gpkg", "数据/设施.xlsx", "postgis.csv"]
)
def test_a_file_is_no_address(path: str) -> None:
    assert address_of(path, "here") is None


@pytest.mark.parametrize(
    "path",
    [
        "postgis://gis.local/plan",
        "postgis://gis.local/plan?",
        "postgis://gis.local/plan?table=",
        "postgis://gis.local/plan?table=.a",
        "postgis://gis.local/plan?table=a.",
        "postgis://gis.local/plan?table=a&table=b",
        "postgis://gis.local/plan?table=a&sql=SELECT 1",
        "postgis://gis.local/plan?geometry=a",
        "postgis://gis.local:port/plan?table=a",
        "postgis://gis.local/plan/more?table=a",
        "postgresql://gis.local/plan?table=a",
        "http://gis.local/plan?table=a",
        "PG:dbname=plan",
    ],
)
def test_what_is_not_understood_is_refused(path: str) -> None:
    with pytest.raises(InputError) as caught:
        address_of(path, "here")
    assert "not understood" in str(caught.value)
    assert "gis.local" not in str(caught.value)


WITH_PASSWORD = [
    f"postgis://planner:{SECRET}@gis.local/plan?table=a",
    f"postgis://planner:{SECRET}/x@gis.local/plan?table=a",
    f"postgis://planner:{SECRET}@x@gis.local/plan?table=a",
    f"postgis://planner:1{SECRET}?x@gis.local/plan?table=a",
    f"postgis://planner:{SECRET} @gis.local/plan?table=a",
    f"postgis://planner%3A{SECRET}@gis.local/plan?table=a",
    f"postgis://:{SECRET}@/plan?table=a",
    f"postgis://gis.local/plan?table=a&password={SECRET}",
    f"postgresql://planner:{SECRET}@gis.local/plan?table=a",
    f"postgresql+psycopg2://planner:{SECRET}@gis.local/plan",
    f"POSTGIS://planner:{SECRET}@gis.local/plan?table=a",
    f"PG:host=gis.local password={SECRET} dbname=plan",
]


@pytest.mark.parametrize("path", WITH_PASSWORD)
def test_a_password_is_refused_and_not_shown(path: str) -> None:
    with pytest.raises(InputError) as caught:
        address_of(path, "here")
    assert SECRET not in str(caught.value)


STUDY = """\
name: t
area: {{box: [105, 30, 105.1, 30.1]}}
network: {{path: roads.osm}}
population: {{path: people.tif, unit: persons}}
services: {{}}
{more}
"""


@pytest.fixture
def check(tmp_path: Path, planning_cli: Callable[..., Done]) -> Callable[[str], Done]:
    def call(more: str) -> Done:
        (tmp_path / "study.yaml").write_text(STUDY.format(more=more), encoding="utf-8")
        return planning_cli("check", tmp_path / "study.yaml")

    return call


@pytest.mark.parametrize("path", WITH_PASSWORD)
@pytest.mark.parametrize(
    "more",
    [
        "facilities: {{path: '{path}'}}",
        "facilities: '{path}'",
        "facilities: {{path: {{a: '{path}'}}}}",
        "facilities: {{path: a.csv, path: '{path}'}}",
        "facilities: {{path: '{path}', path: a.csv}}",
        "facilities: {{path: a.csv, columns: ['{path}']}}",
        "scenarios: {{s: {{facilities: {{path: '{path}'}}}}}}",
        "scenarios: {{s: {{facilities: {{path: ['{path}']}}}}}}",
    ],
)
def test_no_error_of_a_study_shows_a_password(
    check: Callable[[str], Done], path: str, more: str
) -> None:
    done = check(more.format(path=path))
    assert done.code == 2
    assert SECRET not in done.out + done.err


def test_a_password_is_refused_with_its_line(check: Callable[[str], Done]) -> None:
    done = check(f"facilities:\n  path: {WITH_PASSWORD[0]}")
    assert "study.yaml:7 facilities.path" in done.err
    assert "写有口令的数据库地址" in done.err
    assert "an address with a password in it" in done.err
    assert "PGPASSWORD" in done.err


def test_only_what_follows_an_address_is_hidden() -> None:
    assert without_addresses("设施.csv") == "设施.csv"
    assert without_addresses("{'path': 'postgis://a:b@c d'}") == "{'path': 'postgis://…"


def test_without_the_driver_it_is_said_how_to_get_it(
    sample_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    planning_cli: Callable[..., Done],
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    text = (sample_folder / "study.yaml").read_text(encoding="utf-8")
    text = text.replace("path: facilities.csv", "path: postgis://gis.local/plan?table=a")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    done = planning_cli("check", tmp_path / "study.yaml", "--data", sample_folder)
    assert done.code == 2
    assert 'pip install "yilao-planning[postgis]"' in done.err
    assert "facilities.path" in done.err
