"""Tables in PostGIS as inputs of a study, read from a server that these tests start and stop."""

from __future__ import annotations

import json
import shutil
import stat
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import Done
from postgres import PASSWORD, Server, running_server
from pyproj import CRS

from planning import running, workflow
from planning.errors import InputError
from planning.inputs.postgis.address import address_of
from planning.inputs.tables.sheets import read_sheet
from planning.inputs.vectors import read_layer
from planning.provenance import Note

TINY = Path(__file__).parent / "tiny_town"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as running:
        yield running


@pytest.fixture(autouse=True)
def nobody_said_anything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever libpq would find on this machine stays out of the tests."""
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "no pgpass"))
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "no services"))


class Copy:
    """One table as it was copied: the frame readers get, its digest, and what was told."""

    def __init__(self, address: str, folder: Path) -> None:
        from planning.inputs.postgis.server import copy_tables

        told: list[Note] = []
        where = address_of(address, "facilities")
        assert where is not None
        (copy,) = copy_tables({"facilities": where}, folder, tell=told.append).values()
        self.frame = gpd.read_file(copy.path)
        self.path, self.sha256, self.rows = copy.path, copy.sha256, copy.rows
        self.told = told[0].en


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], Copy]:
    number = iter(range(100))
    return lambda address: Copy(address, tmp_path / f"copy{next(number)}")


def refused(copied: Callable[[str], Copy], address: str) -> tuple[str, str]:
    """What is said of a table that cannot be read, 中文 and English."""
    with pytest.raises(InputError) as caught:
        copied(address)
    (fault,) = caught.value.faults
    assert fault.where.startswith("facilities")
    zh, en = fault.lines()
    return zh, en


# --- a whole study --------------------------------------------------------------------------


def load(server: Server, table: str, frame: pd.DataFrame, epsg: int | None = None) -> None:
    """A frame as a table, its columns named and typed as a bureau's would be."""
    kinds = {"int64": "integer", "float64": "numeric", "bool": "boolean"}
    names = [name for name in frame.columns if name != "geometry"]
    typed = [f'"{name}" {kinds.get(str(frame[name].dtype), "text")}' for name in names]
    if epsg is not None:
        typed.append(f'"位置" geometry(Geometry,{epsg})')
    server.run(f"DROP TABLE IF EXISTS {table}", f"CREATE TABLE {table} ({', '.join(typed)})")
    with server.connect() as connection:
        for _, row in frame.iterrows():
            values = [None if pd.isna(row[name]) else row[name] for name in names]
            values = [v.item() if isinstance(v, np.generic) else v for v in values]
            marks = ["%s"] * len(values)
            if epsg is not None:
                values.append(shapely.to_wkb(row["geometry"], hex=True))
                marks.append(f"ST_GeomFromWKB(decode(%s, 'hex'), {epsg})")
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join(marks)})", values)


@pytest.fixture
def town(server: Server, tmp_path: Path) -> Path:
    """The tiny town, with all its registers and layers of polygons in a database."""
    server.run("CREATE SCHEMA IF NOT EXISTS plan")
    load(server, 'plan."单元"', gpd.read_file(TINY / "units.geojson"), epsg=4544)
    load(server, 'plan."居住区"', gpd.read_file(TINY / "areas.geojson"), epsg=4544)
    load(server, 'plan."设施"', pd.read_csv(TINY / "facilities.csv"))
    candidates = pd.read_csv(TINY / "candidates.csv")
    points = gpd.points_from_xy(candidates.pop("x"), candidates.pop("y"))
    load(server, 'plan."候选"', candidates.assign(geometry=points), epsg=4544)
    folder = tmp_path / "town"
    shutil.copytree(TINY, folder)
    text = (TINY / "study.yaml").read_text(encoding="utf-8")
    for file, table in (
        ("units.geojson", "plan.单元"),
        ("facilities.csv", "plan.设施"),
        ("candidates.csv", "plan.候选"),
        ("areas.geojson", "plan.居住区"),
    ):
        text = text.replace(f"path: {file},", f'path: "{server.address(table)}",')
        (folder / file).unlink()
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


def test_a_study_out_of_a_database_is_the_study_out_of_files(town: Path, tmp_path: Path) -> None:
    ours, folder = workflow.run(town, out_dir=tmp_path / "ours")
    theirs, _ = workflow.run(TINY / "study.yaml", out_dir=tmp_path / "theirs")
    assert ours.findings == theirs.findings
    assert ours.plan is not None and theirs.plan is not None
    assert ours.plan.findings == theirs.plan.findings
    assert ours.plan.sites == theirs.plan.sites
    np.testing.assert_array_equal(ours.reach.ms, theirs.reach.ms)
    again, same = workflow.run(town, out_dir=tmp_path / "ours")
    assert (again.digest, same) == (ours.digest, folder)
    assert again.town.sources == ours.town.sources


def test_check_says_what_was_read(town: Path, planning_cli: Callable[..., Done]) -> None:
    done = planning_cli("check", town)
    assert done.code == 0, done.err
    assert "可以运行 ready to run" in done.out
    assert "table=plan.单元 [" in done.out
    assert "从数据库表 plan.单元 读取 3 行，几何列 位置，EPSG:4544" in done.out
    assert "从数据库表 plan.设施 读取 3 行" in done.out


def test_a_changed_row_is_another_run(town: Path, server: Server) -> None:
    before = {source.key: source.sha256 for source in workflow.check(town).sources}
    server.run('UPDATE plan."设施" SET "托位数" = "托位数" + 0')  # moves rows, changes nothing
    assert {source.key: source.sha256 for source in workflow.check(town).sources} == before
    server.run('UPDATE plan."设施" SET "托位数" = 13 WHERE "编号" = \'F2\'')
    after = {source.key: source.sha256 for source in workflow.check(town).sources}
    assert {key for key in before if before[key] != after[key]} == {"facilities"}


def test_a_table_that_changes_during_a_run(
    town: Path, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The speeds of a band are read one after another: they must be of the same town."""
    read = running.read_town

    def read_and_change(*given: Any, **told: Any) -> Any:
        found = read(*given, **told)
        server.run('UPDATE plan."设施" SET "托位数" = "托位数" + 1 WHERE "编号" = \'F2\'')
        return found

    monkeypatch.setattr(running, "read_town", read_and_change)
    with pytest.raises(InputError, match="facilities: found data that changed during the run"):
        workflow.run(town, out_dir=tmp_path / "out", speed_band=True)


def test_every_kind_of_table_may_be_in_a_database(town: Path, server: Server) -> None:
    """The population by cell, its totals, ages, roads, planned roads, compounds and gates."""
    east, north = 500_000.0, 3_386_000.0

    def layer(name: str, *shapes: shapely.Geometry, **columns: list[Any]) -> str:
        moved = [shapely.affinity.translate(shape, east, north) for shape in shapes]
        data = columns or {"道路等级": ["支路"] * len(moved)}
        load(server, f"plan.{name}", gpd.GeoDataFrame(data, geometry=moved), epsg=4544)
        return server.address(f"plan.{name}")

    def table(name: str, **columns: list[Any]) -> str:
        load(server, f"plan.{name}", pd.DataFrame(columns))
        return server.address(f"plan.{name}")

    cells = [shapely.box(x, y, x + 40, y + 40) for x, y in ((70, -30), (470, 370), (870, 270))]
    streets = [shapely.LineString([(-50, y), (1700, y)]) for y in (0, 200, 400)]
    streets.append(shapely.LineString([(-50, -100), (-50, 600)]))
    bands = {"0岁": [10], "1-4岁": [30], "5-59岁": [100], "60岁及以上": [60]}
    roads = layer("roads", *shapely.node(shapely.MultiLineString(streets)).geoms)
    new = layer("new_roads", shapely.LineString([(500, 0), (500, 190)]))
    walls = layer("walls", shapely.box(50, 350, 150, 450), a=[1])
    gates = layer("gates", shapely.Point(50, 400), a=[1])
    people = layer("people", *cells, 人=[100, 50, 28])
    totals = table("totals", 单元编号=["T"], 常住人口=[200])
    ages = table("ages", 单元编号=["T"], **bands)
    text = town.read_text(encoding="utf-8")
    for before, after in (
        ("area:\n", "area:\n  empty_units: [O]\n"),
        (
            "{path: town.osm, max_snap_m: 200, licence: 虚构 invented}",
            f'{{path: "{roads}", planned_roads: {{path: "{new}"}}, '
            f'compounds: {{path: "{walls}"}}, gates: {{path: "{gates}"}}}}',
        ),
        (
            "{path: people.asc, unit: persons, licence: 虚构 invented}",
            f'{{path: "{people}", unit: persons, column: 人, official_total: 178, '
            f'totals: {{path: "{totals}"}}}}\nages: {{path: "{ages}"}}',
        ),
        ("count: 1, of: 4,", "ages: 60+,"),
    ):
        assert before in text
        text = text.replace(before, after)
    town.write_text(text, encoding="utf-8")
    found = workflow.check(town)
    assert found.demand.total("total") == pytest.approx(200)
    assert found.demand.total("elderly") == pytest.approx(60)
    assert found.network.compounds.size == 1
    assert {note.about for note in found.notes if "rows read from table" in note.en} == {
        "area.units", "network", "network.planned_roads", "network.compounds", "network.gates",
        "population", "population.totals", "ages", "facilities", "candidates", "residential_areas",
    }  # fmt: skip


def test_copies_are_private_and_gone_afterwards(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planning.inputs import town as reading

    seen: list[Path] = []
    read = reading.read_area

    def look(study: Any, paths: dict[str, Path], **told: Any) -> Any:
        seen.extend(paths[key] for key in ("area.units", "facilities"))
        for path in seen:
            assert path.is_file()
            assert stat.S_IMODE(path.parents[1].stat().st_mode) == 0o700
        return read(study, paths, **told)

    monkeypatch.setattr(reading, "read_area", look)
    workflow.check(town)
    assert seen and not any(path.exists() or path.parents[1].exists() for path in seen)


# --- who may read, and how ------------------------------------------------------------------


def guarded(server: Server, table: str) -> str:
    """An address for the user who needs a password."""
    name = table.replace(".", '"."')
    server.run(f'CREATE TABLE IF NOT EXISTS "{name}" (id text)')
    server.run(f'TRUNCATE "{name}"', f'INSERT INTO "{name}" VALUES (1)')
    server.run(f'GRANT SELECT ON "{name}" TO guarded')
    return server.address(table, user="guarded")


@pytest.mark.parametrize("means", ["PGPASSWORD", "pgpass", "service", "nothing", "a wrong one"])
def test_passwords_are_found_by_libpq(
    server: Server,
    copied: Callable[[str], Copy],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    means: str,
) -> None:
    address = guarded(server, "public.kept")
    if means == "PGPASSWORD":
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
    elif means == "pgpass":
        file = tmp_path / "pgpass"
        file.write_text(f"*:*:*:guarded:{PASSWORD}\n")
        file.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(file))
    elif means == "service":
        file = tmp_path / "services"
        who = f"user=guarded\npassword={PASSWORD}"
        file.write_text(f"[minzheng]\nhost={server.socket}\ndbname=postgres\n{who}\n")
        monkeypatch.setenv("PGSERVICEFILE", str(file))
        address = "postgis://?service=minzheng&table=kept"
    if means in ("nothing", "a wrong one"):
        wrong = "cuo-de-kouling"
        if means == "a wrong one":
            monkeypatch.setenv("PGPASSWORD", wrong)
        zh, en = refused(copied, address)
        assert "连不上数据库" in zh and "password" in en
        assert wrong not in zh + en
    else:
        assert copied(address).rows == 1


def test_no_output_has_the_password(
    server: Server, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.run("GRANT USAGE ON SCHEMA plan TO guarded")
    server.run("GRANT SELECT ON ALL TABLES IN SCHEMA plan TO guarded")
    text = town.read_text(encoding="utf-8")
    town.write_text(text.replace("postgis://planner@", "postgis://guarded@"), encoding="utf-8")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    _, folder = workflow.run(town, out_dir=tmp_path / "out")
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        assert PASSWORD.encode() not in path.read_bytes(), path
    said = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    assert any("postgis://guarded@" in str(value) for value in said["sources"])


def test_the_server_and_service_of_the_environment(
    server: Server, copied: Callable[[str], Copy], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.run("CREATE TABLE IF NOT EXISTS here (id int)", "INSERT INTO here VALUES (1)")
    monkeypatch.setenv("PGHOST", str(server.socket))
    monkeypatch.setenv("PGUSER", "planner")
    assert copied("postgis:///postgres?table=here").rows


def test_nothing_is_written(server: Server, copied: Callable[[str], Copy]) -> None:
    server.run(
        "CREATE TABLE kept_whole (id int)",
        "CREATE FUNCTION writes() RETURNS int LANGUAGE sql AS "
        "'INSERT INTO kept_whole VALUES (1) RETURNING id'",
        "CREATE VIEW sly AS SELECT writes() AS id",
    )
    _, en = refused(copied, server.address("sly"))
    assert "read-only transaction" in en
    with server.connect() as connection:
        assert connection.execute("SELECT count(*) FROM kept_whole").fetchone() == (0,)


def test_a_table_nobody_waits_for(
    server: Server, copied: Callable[[str], Copy], monkeypatch: pytest.MonkeyPatch
) -> None:
    from planning.inputs.postgis import server as module

    monkeypatch.setitem(module._SETTINGS, "statement_timeout", "300ms")
    server.run("CREATE VIEW slow AS SELECT 1 AS id, pg_sleep(60)::text AS s")
    zh, en = refused(copied, server.address("slow"))
    assert "秒内没有答复" in zh and "materialized view" in en


def test_a_server_that_is_not_there(
    server: Server, copied: Callable[[str], Copy], tmp_path: Path
) -> None:
    address = f"postgis://{str(tmp_path).replace('/', '%2F')}/plan?table=a"
    zh, en = refused(copied, address)
    assert "连不上数据库" in zh and "no connection" in en and "~/.pgpass" in en


def test_a_table_one_may_not_read(server: Server, copied: Callable[[str], Copy]) -> None:
    server.run("CREATE TABLE secret (id int)", "INSERT INTO secret VALUES (1)")
    _, en = refused(copied, server.address("secret", user="stranger"))
    assert "permission denied" in en


def test_all_faults_of_all_tables_at_once(server: Server, tmp_path: Path) -> None:
    from planning.inputs.postgis.server import copy_tables

    server.run("CREATE TABLE IF NOT EXISTS fine (id int)", "INSERT INTO fine VALUES (1)")
    addresses = {
        "facilities": server.address("not_there"),
        "candidates": server.address("fine"),
        "area.units": server.address("nor_this"),
        "ages": "postgis://%2Fnowhere/plan?table=a",
        "population": "postgis://%2Fnowhere/plan?table=b",
    }
    asked = {key: address_of(path, key) for key, path in addresses.items()}
    with pytest.raises(InputError) as caught:
        copy_tables(asked, tmp_path, tell=[].append)  # type: ignore[arg-type]
    assert [fault.where for fault in caught.value.faults] == [
        "facilities: public.not_there",
        "area.units: public.nor_this",
        "ages, population",
    ]


def test_the_tables_of_a_server_are_of_one_moment(server: Server, tmp_path: Path) -> None:
    from planning.inputs.postgis.server import copy_tables

    server.run("CREATE TABLE first (id int)", "INSERT INTO first VALUES (1)")
    server.run("CREATE TABLE second (id int)", "INSERT INTO second VALUES (1)")
    asked = {name: address_of(server.address(name), name) for name in ("first", "second")}
    counted: list[str] = []

    def tell(note: Note) -> None:
        """Somebody adds a row as soon as the first table is copied."""
        counted.append(note.en)
        server.run("INSERT INTO second VALUES (2)")

    copies = copy_tables(asked, tmp_path, tell=tell)  # type: ignore[arg-type]
    assert len(counted) == 2
    assert copies["second"].rows == 1


# --- what a table may be --------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    [
        "CREATE VIEW {} AS SELECT * FROM base",
        "CREATE MATERIALIZED VIEW {} AS SELECT * FROM base",
        "CREATE TABLE {} PARTITION OF base_p DEFAULT",
    ],
)
def test_views_and_partitions(server: Server, copied: Callable[[str], Copy], kind: str) -> None:
    name = f"k{abs(hash(kind))}"
    server.run(
        "CREATE TABLE IF NOT EXISTS base (id int)",
        "TRUNCATE base",
        "INSERT INTO base VALUES (2), (1)",
        "DROP TABLE IF EXISTS base_p",
        "CREATE TABLE base_p (id int) PARTITION BY LIST (id)",
        kind.format(name),
    )
    if "PARTITION" in kind:
        server.run("INSERT INTO base_p VALUES (2), (1)")
        name = "base_p"
    assert copied(server.address(name)).frame["id"].tolist() == [1, 2]


def test_a_name_that_is_nearly_there(server: Server, copied: Callable[[str], Copy]) -> None:
    server.run("CREATE TABLE nursery_places (id int)", "CREATE SEQUENCE numbers")
    zh, en = refused(copied, server.address("Nursery_Places"))
    assert "没有表或视图“public.Nursery_Places”" in zh
    assert "public.nursery_places" in en
    assert "no table or view" in refused(copied, server.address("numbers"))[1]


HOSTILE = ['x"; DROP TABLE base; --', "a'b", "100%s", "select", "设施 表", "a.b", "Ünï", "a\\b"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_names(server: Server, copied: Callable[[str], Copy], name: str) -> None:
    from urllib.parse import quote

    quoted = '"' + name.replace('"', '""') + '"'
    server.run(
        "CREATE TABLE IF NOT EXISTS base (id int)",
        f'CREATE TABLE {quoted} ({quoted} text, {quoted[:-1]}_g" geometry)',
        f"INSERT INTO {quoted} VALUES ('甲', 'SRID=4490;POINT(105 30)')",
    )
    address = server.address(f"public.{quote(name)}")
    assert copied(address).frame[name].tolist() == ["甲"]
    named = server.address(f"public.{quote(name)}", geometry=quote(f"{name}_g"))
    assert copied(named).rows == 1
    with server.connect() as connection:
        assert connection.execute("SELECT to_regclass('base') IS NOT NULL").fetchone() == (True,)


def test_cells_as_registers_expect_them(server: Server, copied: Callable[[str], Copy]) -> None:
    server.run(
        "CREATE TYPE kind AS ENUM ('养老院')",
        "CREATE DOMAIN places AS numeric CHECK (VALUE >= 0)",
        "CREATE TABLE cells (i int, b bigint, n numeric, n2 numeric(8,2), r real, d float8, "
        "f boolean, day date, at timestamptz, long bigint, code numeric(18), k kind, p places, "
        "c char(6), a text[], j jsonb, u uuid, m interval, t time, "
        "huge numeric, z bytea, nan float8)",
        "INSERT INTO cells VALUES (7, 8, 60, 12.50, 0.1, 2.5, true, '2024-05-01', "
        "'2024-05-01 08:00:00+08', 9007199254740993, 510104000000000001, '养老院', 12, '甲', "
        "'{a,b}', '{\"a\": 1}', '00000000-0000-0000-0000-000000000001', '1 day', '08:30', 1e40, "
        "'\\x00ff', 'nan')",
        "INSERT INTO cells (i) VALUES (NULL)",
    )
    found = copied(server.address("cells"))
    full = read_sheet(found.path, "facilities", sheet=None).rows.iloc[1].to_dict()
    assert full == {
        "i": 7, "b": 8, "n": 60, "n2": 12.5, "r": 0.1, "d": 2.5, "f": "true",
        "day": "2024-05-01", "at": "2024-05-01 00:00:00+00", "long": "9007199254740993",
        "code": "510104000000000001", "k": "养老院", "p": 12, "c": "甲", "a": "{a,b}",
        "j": '{"a": 1}', "u": "00000000-0000-0000-0000-000000000001", "m": "P1D",
        "t": "08:30:00", "huge": "1" + "0" * 40, "z": "\\x00ff", "nan": None,
    }  # fmt: skip
    empty = read_sheet(found.path, "facilities", sheet=None).rows.iloc[0].to_dict()
    assert set(empty.values()) == {None}


def test_the_digest_does_not_depend_on_the_server_s_settings(
    server: Server, copied: Callable[[str], Copy]
) -> None:
    server.run(
        "CREATE TABLE said (at timestamptz, d date, m interval, b bytea, x float8, w money)",
        "INSERT INTO said VALUES (now(), now(), '1 day 2 h', '\\x00', 1.0/3, 12.5)",
    )
    before = copied(server.address("said")).sha256
    for setting in (
        "timezone = 'Asia/Shanghai'", "datestyle = 'German'", "intervalstyle = 'sql_standard'",
        "bytea_output = 'escape'", "extra_float_digits = '-5'",
    ):  # fmt: skip
        server.run(f"ALTER ROLE planner SET {setting}")
    try:
        assert copied(server.address("said")).sha256 == before
    finally:
        server.run("ALTER ROLE planner RESET ALL")


def test_an_empty_table(server: Server, copied: Callable[[str], Copy]) -> None:
    server.run("CREATE TABLE nothing (id int, g geometry(Point,4490))")
    _, en = refused(copied, server.address("nothing"))
    assert "no geometry in g" in en
    server.run("CREATE TABLE nothing_at_all (id int)")
    assert "no row" in refused(copied, server.address("nothing_at_all"))[1]


def test_names_that_differ_in_case_alone(server: Server, copied: Callable[[str], Copy]) -> None:
    server.run('CREATE TABLE alike ("Id" int, id int)', "INSERT INTO alike VALUES (1, 2)")
    zh, en = refused(copied, server.address("alike"))
    assert "Id、id" in zh and "case alone: Id, id" in en


def test_a_database_without_postgis(server: Server, copied: Callable[[str], Copy]) -> None:
    server.run("CREATE DATABASE plain TEMPLATE template0")
    with server.connect(dbname="plain") as connection:
        connection.execute("CREATE TABLE t (编号 text, x numeric, y numeric)")
        connection.execute("INSERT INTO t VALUES ('F1', 105.1, 30.5)")
    address = server.address("t").replace("/postgres?", "/plain?")
    assert copied(address).frame["x"].tolist() == [105.1]


def test_postgis_in_a_schema_of_its_own(server: Server, copied: Callable[[str], Copy]) -> None:
    server.run("CREATE DATABASE aside TEMPLATE template0")
    with server.connect(dbname="aside") as connection:
        connection.execute("CREATE SCHEMA gis")
        connection.execute("CREATE EXTENSION postgis SCHEMA gis")
        connection.execute("CREATE TABLE t (id int, g gis.geometry(Point,4490))")
        connection.execute("INSERT INTO t VALUES (1, gis.ST_SetSRID(gis.ST_Point(105, 30), 4490))")
    address = server.address("t").replace("/postgres?", "/aside?")
    assert copied(address).frame.geometry.tolist() == [shapely.Point(105, 30)]


def test_text_in_another_encoding(server: Server, copied: Callable[[str], Copy]) -> None:
    server.run("CREATE DATABASE euc TEMPLATE template0 ENCODING 'EUC_CN' LOCALE 'C'")
    with server.connect(dbname="euc", client_encoding="UTF8") as connection:
        connection.execute("CREATE TABLE t (名称 text)")
        connection.execute("INSERT INTO t VALUES ('敬老院')")
    address = server.address("t").replace("/postgres?", "/euc?")
    assert copied(address).frame["名称"].tolist() == ["敬老院"]
    server.run("CREATE DATABASE raw TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    with server.connect(dbname="raw") as connection:
        connection.execute("CREATE TABLE t (a text)")
        connection.execute("INSERT INTO t VALUES (E'\\xBE\\xB4')")
    zh, en = refused(copied, server.address("t").replace("/postgres?", "/raw?"))
    assert "数据库报错" in zh and "invalid byte sequence" in en


def test_many_rows_in_little_memory(server: Server, tmp_path: Path) -> None:
    """Two hundred thousand rows of 1 kB, through a few MB."""
    from planning.inputs.postgis.server import copy_tables

    rows = "SELECT g AS id, repeat('x', 1000) AS t FROM generate_series(1, 200000) g"
    server.run(f"CREATE VIEW many AS {rows}")
    asked = {"facilities": address_of(server.address("many"), "facilities")}
    tracemalloc.start()
    copies = copy_tables(asked, tmp_path, tell=[].append)  # type: ignore[arg-type]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert copies["facilities"].rows == 200_000
    assert copies["facilities"].path.stat().st_size > 200_000_000
    assert most < 20_000_000


# --- geometry -------------------------------------------------------------------------------


def place(server: Server, name: str, *shapes: str, kind: str = "geometry") -> str:
    """A table of shapes in EWKT, and its address."""
    server.run(f"DROP TABLE IF EXISTS {name}", f"CREATE TABLE {name} (id serial, g {kind})")
    with server.connect() as connection:
        for shape in shapes:
            connection.execute(f"INSERT INTO {name} (g) VALUES (%s)", (shape or None,))
    return server.address(name)


@pytest.mark.parametrize("srid", [4326, 4490, 4549, 4528, 32651, 3857])
@pytest.mark.parametrize("kind", ["geometry", "geometry(Point,{})"])
def test_the_srid_is_the_crs(
    server: Server, copied: Callable[[str], Copy], srid: int, kind: str
) -> None:
    address = place(server, "p", f"SRID={srid};POINT(1 2)", kind=kind.format(srid))
    found = copied(address)
    assert found.frame.crs.to_epsg() == srid
    assert found.frame.geometry.tolist() == [shapely.Point(1, 2)]
    assert f"EPSG:{srid}" in found.told


def test_a_geography(server: Server, copied: Callable[[str], Copy]) -> None:
    found = copied(place(server, "p", "POINT(105 30)", kind="geography(Point,4326)"))
    assert found.frame.crs.to_epsg() == 4326
    assert found.frame.geometry.tolist() == [shapely.Point(105, 30)]


def test_a_crs_of_the_city_s_own(server: Server, copied: Callable[[str], Copy]) -> None:
    """Local grids are registered under numbers above 900,000, by their WKT."""
    grid = CRS.from_proj4("+proj=tmerc +lat_0=0 +lon_0=104.1 +k=1 +x_0=40000 +y_0=-3000000 "
                          "+ellps=GRS80 +units=m")  # fmt: skip
    with server.connect() as connection:
        connection.execute(
            "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext) "
            "VALUES (900914, '成都', 1, %s) ON CONFLICT DO NOTHING",
            (grid.to_wkt("WKT1_GDAL"),),
        )
    found = copied(place(server, "p", "SRID=900914;POINT(40000 400000)"))
    assert found.frame.crs.to_epsg() is None
    lonlat = found.frame.to_crs(4326).geometry[0]
    expected = gpd.GeoSeries([shapely.Point(40000, 400000)], crs=grid).to_crs(4326)[0]
    assert lonlat.distance(expected) < 1e-9
    assert lonlat.x == pytest.approx(104.1)


@pytest.mark.parametrize("srid", [4214, 4610, 2345, 2437])
def test_old_datums(server: Server, copied: Callable[[str], Copy], srid: int) -> None:
    zh, en = refused(copied, place(server, "p", f"SRID={srid};POINT(1 2)"))
    assert "旧坐标系" in zh and "an old datum" in en


@pytest.mark.parametrize(
    ("shapes", "zh", "en"),
    [
        (["POINT(1 2)"], "SRID 0", "SRID 0, which says no CRS"),
        (["SRID=777;POINT(1 2)"], "SRID 777", "SRID 777, which says no CRS"),
        (["SRID=4490;POINT(1 2)", "SRID=4549;POINT(1 2)"], "2 种坐标系", "2 SRIDs in g (4490,"),
        (["SRID=4490;POINT(1 2)", "POINT(1 2)"], "2 种坐标系", "2 SRIDs in g (0, 4490)"),
        (["", ""], "全部为空", "no geometry in g"),
    ],
)  # fmt: skip
def test_a_crs_that_is_not_known(
    server: Server, copied: Callable[[str], Copy], shapes: list[str], zh: str, en: str
) -> None:
    said = refused(copied, place(server, "p", *shapes))
    assert zh in said[0] and en in said[1]


def test_several_columns_of_geometry(server: Server, copied: Callable[[str], Copy]) -> None:
    server.run(
        "CREATE TABLE two (id int, 位置 geometry(Point,4490), 范围 geometry(Polygon,4490))",
        "INSERT INTO two VALUES (1, 'SRID=4490;POINT(105 30)', "
        "'SRID=4490;POLYGON((0 0,1 0,1 1,0 0))')",
    )
    zh, en = refused(copied, server.address("two"))
    assert "2 个几何列" in zh and "位置、范围" in zh and "&geometry=column" in en
    zh, en = refused(copied, server.address("two", geometry="id"))
    assert "没有几何列“id”" in zh and "位置, 范围" in en
    point = copied(server.address("two", geometry="位置"))
    assert point.frame.geometry.tolist() == [shapely.Point(105, 30)]
    assert point.frame.columns.tolist() == ["id", "geometry"]
    assert "left out: geometry in 范围" in point.told
    assert copied(server.address("two", geometry="范围")).frame.geometry[0].area == 0.5


def test_points_of_a_register(server: Server, copied: Callable[[str], Copy]) -> None:
    address = place(server, "p", "SRID=4549;POINT(500000 3400000)")
    sheet = read_sheet(copied(address).path, "facilities", sheet=None)
    assert sheet.lon is not None and sheet.lon[0] == pytest.approx(120.0)


def test_odd_geometry_comes_as_it_is(server: Server, copied: Callable[[str], Copy]) -> None:
    """Readers of layers see to it, as in a file."""
    found = copied(
        place(
            server, "p", "SRID=4490;POINT EMPTY", "SRID=4490;POINT ZM (1 2 3 4)", "",
            "SRID=4490;POLYGON((0 0,2 2,2 0,0 2,0 0))",
            "SRID=4490;CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))",
        )
    ).frame.geometry  # fmt: skip
    assert found[0].is_empty and found[0].geom_type == "Point"
    assert (found[1].x, found[1].y) == (1, 2)
    assert found[2] is None
    assert not found[3].is_valid
    assert found[4].area == pytest.approx(np.pi, rel=1e-2)


def test_arcs_are_told(server: Server, copied: Callable[[str], Copy]) -> None:
    arc = "SRID=4490;CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))"
    told: list[Note] = []
    read_layer(copied(place(server, "p", arc)).path, "area.units", tell=told.append)
    assert [note.en for note in told] == ["arcs are read as chains of straight pieces"]


# --- the server of these tests --------------------------------------------------------------


def test_the_server_ends_even_if_a_test_fails() -> None:
    seen: list[Server] = []
    with pytest.raises(RuntimeError, match="a test that fails"), running_server() as running:
        seen.append(running)
        raise RuntimeError("a test that fails")
    assert not seen[0].socket.exists()
    with pytest.raises(Exception, match="No such file"):
        seen[0].connect()
