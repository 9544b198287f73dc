"""A study's exclusions bind every candidate, its allowed land and seats those that are made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from browser import open_page
from ruamel.yaml import YAML

from planning import workflow
from planning.errors import InputError, PlanningError
from planning.inputs.siting_land import _is_of
from planning.result import Town
from planning.sample import write_sample
from planning.siting.made import MADE

EPSG = 4544
AREA = shapely.box(498_000, 3_385_000, 502_000, 3_389_000)
"""Much more than the sample town, [m] in `EPSG`."""
Change = Callable[..., Path]


@pytest.fixture
def study(tmp_path: Path) -> Change:
    """The sample study with keys changed; None takes a key away."""
    write_sample(tmp_path)
    file, yaml = tmp_path / "study.yaml", YAML(typ="safe", pure=True)
    base = yaml.load(file.read_text(encoding="utf-8"))

    def change(**keys: Any) -> Path:
        changed = {k: v for k, v in {**base, **keys}.items() if v is not None}
        with file.open("w", encoding="utf-8") as stream:
            yaml.dump(changed, stream)
        return file

    return change


def layer(folder: Path, name: str, shapes: list[Any], crs: int = EPSG, **columns: Any) -> str:
    gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_file(folder / name)
    return name


def made(**keys: Any) -> dict[str, Any]:
    return {
        "spacing_m": 300,
        "floor_m2": 400,
        "yuan_per_m2": 1500,
        "fixed_yuan": 100_000,
        "services": ["elder_care", "nursery"],
        "source": "教材",
        **keys,
    }


def listed(folder: Path) -> pd.DataFrame:
    """The register of the sample by id, as x east and y north [m]."""
    table = pd.read_csv(folder / "candidates.csv", encoding="gb18030")
    return table.set_index("候选编号")[["Y坐标", "X坐标"]].set_axis(["x", "y"], axis=1)


def said(town: Town, about: str) -> str:
    return "\n".join(note.en for note in town.notes if note.about == about)


def points(town: Town) -> np.ndarray:
    assert town.candidates is not None
    return shapely.points(town.candidates.x_m, town.candidates.y_m)


# --- exclusions and listed candidates ------------------------------------------------------------


def test_a_listed_candidate_in_a_zone_is_a_rejected_row_with_the_zones_name(
    study: Change, tmp_path: Path
) -> None:
    at = listed(tmp_path).loc["K05"]
    pond = shapely.Point(at.x, at.y).buffer(20)
    far = shapely.box(498_500, 3_385_100, 498_600, 3_385_200)
    path = layer(tmp_path, "water.gpkg", [far, pond], 名称=["", "月牙塘"])
    town = workflow.check(study(exclusions={"水域": {"path": path}}))
    assert town.candidates is not None
    assert "K05" not in town.candidates.ids
    assert len(town.candidates) == len(listed(tmp_path)) - 1
    (row,) = town.row_notes
    assert (row.table, row.id, row.done) == ("candidates", "K05", "rejected")
    assert row.zh == "位于排除区“水域 月牙塘”内，不作候选点"
    assert "1 listed candidates lie in exclusions and are left out: 水域 月牙塘 1" in said(
        town, "candidates"
    )
    assert "exclusions.水域" in {source.key for source in town.sources}


def test_of_zones_that_overlap_the_first_by_name_is_told_whatever_the_order_of_rows(
    study: Change, tmp_path: Path
) -> None:
    at = listed(tmp_path).loc["K05"]
    pond = shapely.Point(at.x, at.y).buffer(20)
    for names in (["乙", "甲"], ["甲", "乙"]):
        path = layer(tmp_path, "z.gpkg", [pond, pond], 名称=names)
        (row,) = workflow.check(study(exclusions={"池": {"path": path}})).row_notes
        assert row.en == f"in the exclusion '池 {min(names)}': no candidate"


@pytest.mark.parametrize(
    ("gap_m", "buffer_m", "stays"),
    [(0.0, 0.0, False), (0.01, 0.0, True), (15.0, 15.0, False), (15.01, 15.0, True)],
)
def test_the_border_of_a_zone_and_the_end_of_its_buffer_belong_to_it(
    study: Change, tmp_path: Path, gap_m: float, buffer_m: float, stays: bool
) -> None:
    at = listed(tmp_path).loc["K05"]
    east = round(at.x + gap_m, 2)
    path = layer(tmp_path, "z.gpkg", [shapely.box(east, at.y - 8, east + 8, at.y + 8)])
    zone = {"path": path, "buffer_m": buffer_m}
    town = workflow.check(study(exclusions={"zone": zone}))
    assert town.candidates is not None
    assert ("K05" in town.candidates.ids) is stays


def test_only_the_classes_named_exclude(study: Change, tmp_path: Path) -> None:
    at = listed(tmp_path)
    path = layer(
        tmp_path, "map.gpkg",
        [shapely.Point(at.loc[k].x, at.loc[k].y).buffer(1) for k in ("K01", "K02", "K03", "K04")],
        DLBM=["100101", "1001", "0701", None],
    )  # fmt: skip
    town = workflow.check(study(exclusions={"工业": {"path": path, "classes": ["1001", "1701"]}}))
    assert [row.id for row in town.row_notes] == ["K01", "K02"]
    assert "the layer has no class '1701' (it has 0701、1001、100101)" in said(
        town, "exclusions.工业"
    )


def test_polygons_that_cross_themselves_or_bear_a_spike_are_mended(
    study: Change, tmp_path: Path
) -> None:
    at = listed(tmp_path).loc["K05"]
    x, y = at.x, at.y
    spiked = shapely.Polygon(
        [(x - 9, y - 9), (x + 9, y - 9), (x + 9, y + 9), (x, y + 9), (x, y + 99), (x, y + 9),
         (x - 9, y + 9)]
    )  # fmt: skip
    crossed = shapely.Polygon([(x, y), (x + 99, y + 99), (x + 99, y), (x, y + 99)])
    path = layer(tmp_path, "bad.gpkg", [spiked, crossed])
    town = workflow.check(study(exclusions={"zone": {"path": path}}))
    assert "K05" in [row.id for row in town.row_notes]


def test_zones_over_everything_are_refused_for_listed_and_for_made(
    study: Change, tmp_path: Path
) -> None:
    path = layer(tmp_path, "all.gpkg", [AREA])
    everything = {"红线": {"path": path}}
    with pytest.raises(InputError, match=r"31 of 31 candidates in exclusions, and none left"):
        workflow.check(study(exclusions=everything))
    with pytest.raises(InputError, match=r"street junctions, of which 0 are not on allowed land"):
        workflow.check(study(candidates=None, made_candidates=made(), exclusions=everything))


@pytest.mark.parametrize("key", ["exclusions", "land_use"])
def test_polygons_elsewhere_are_refused(study: Change, tmp_path: Path, key: str) -> None:
    """Degrees that were declared as metres, say."""
    path = layer(tmp_path, "far.gpkg", [shapely.box(104, 30, 106, 31)], 地类=["07"])
    keys: dict[str, Any] = {"exclusions": {"zone": {"path": path}}}
    if key == "land_use":
        land_use = {"path": path, "allowed": ["07"]}
        keys = {"candidates": None, "made_candidates": made(land_use=land_use)}
    with pytest.raises(InputError, match="no polygon that meets the study area"):
        workflow.check(study(**keys))


def test_classes_that_the_layer_does_not_have_are_refused_with_those_it_has(
    study: Change, tmp_path: Path
) -> None:
    path = layer(tmp_path, "map.gpkg", [AREA, AREA], 地类=["居住用地", "水域"])
    land_use = {"path": path, "allowed": ["居住"]}
    with pytest.raises(InputError, match=r"no polygon of '居住'; expected .*居住用地、水域"):
        workflow.check(study(candidates=None, made_candidates=made(land_use=land_use)))


@pytest.mark.parametrize(
    ("found", "wanted", "is_of"),
    [
        ("0702", "07", True), ("07", "0702", False), ("R22", "R2", True), ("R3", "R2", False),
        ("0701 城镇住宅用地", "0701", True), ("residential_old", "residential", False),
        ("居住用地", "居住", False), ("居住用地", "居住用地", True), ("701", "07", False),
    ],
)  # fmt: skip
def test_a_code_covers_what_begins_with_it_and_a_word_only_itself(
    found: str, wanted: str, is_of: bool
) -> None:
    assert _is_of(found, wanted) is is_of


# --- candidates that are made --------------------------------------------------------------------


def squares(seed: int) -> tuple[list[shapely.Geometry], list[str]]:
    """Parcels over the town with streets 30 m wide between them, of four classes."""
    x, y = np.meshgrid(np.arange(498_000, 502_000, 190), np.arange(3_385_000, 3_389_000, 190))
    shapes = [
        shapely.box(a, b, a + 160, b + 160) for a, b in zip(x.ravel(), y.ravel(), strict=True)
    ]
    return shapes, np.random.default_rng(seed).choice(
        ["0701", "0804", "1001", "1701"], x.size
    ).tolist()


@pytest.mark.parametrize("on", ["streets", "grid"])
def test_made_candidates_lie_on_allowed_land_outside_of_zones_and_all_are_counted(
    study: Change, tmp_path: Path, on: str
) -> None:
    shapes, classes = squares(3)
    path = layer(tmp_path, "land.gpkg", shapes, YDYHFLDM=classes)
    flood = shapely.box(499_000, 3_385_800, 499_700, 3_387_000)
    zone = {"path": layer(tmp_path, "flood.gpkg", [flood]), "buffer_m": 25}
    land_use = {"path": path, "allowed": ["07", "08"], "beside_m": 40}
    making = made(on=on, land_use=land_use)
    town = workflow.check(study(candidates=None, made_candidates=making, exclusions={"洪水": zone}))
    allowed = shapely.union_all([s for s, c in zip(shapes, classes, strict=True) if c < "1"])
    at = points(town)
    assert len(at) > 10
    assert shapely.distance(allowed, at).max() < 1e-6
    assert shapely.distance(flood, at).min() > 25
    assert shapely.covers(town.area.boundary, at).all()
    assert town.candidates is not None
    assert set(town.candidates.source_classes) == {MADE[on]}
    assert town.candidates.is_made.all()
    apart = shapely.distance(at[:, None], at[None, :]) + np.eye(len(at)) * 1e9
    assert apart.min() > (300 if on == "streets" else 300 - 1e-6)
    notes = said(town, "made_candidates")
    assert "Assumed after: 教材" in notes
    if on == "grid":  # every point of the lattice is made, or counted with its reason
        x, y = (
            np.arange(low, high, 300) for low, high in ((498_000, 502_001), (3_384_900, 3_389_001))
        )
        grid = shapely.points(*(axis.ravel() for axis in np.meshgrid(x, y)))
        grid = grid[shapely.covers(town.area.boundary, grid)]
        on_land = grid[shapely.covers(allowed, grid)]
        flooded = int((shapely.distance(flood, on_land) <= 25).sum())
        assert f"{len(grid) - len(on_land):,} points of the grid are not on allowed land" in notes
        assert f"{flooded:,} points of the grid lie in exclusions" in notes
        assert f"{len(on_land) - flooded:,} of {len(grid):,} points of the grid are made" in notes
        assert len(at) == len(on_land) - flooded > 0 < flooded


def test_the_same_id_is_the_same_place_whatever_is_excluded(study: Change, tmp_path: Path) -> None:
    free = workflow.check(study(candidates=None, made_candidates=made(on="grid")))
    zone = {
        "path": layer(tmp_path, "z.gpkg", [shapely.box(498_000, 3_385_000, 500_000, 3_389_000)])
    }
    bound = workflow.check(
        study(candidates=None, made_candidates=made(on="grid"), exclusions={"zone": zone})
    )
    before, after = (
        {k: p.wkt for k, p in zip(t.candidates.ids, points(t), strict=True)} for t in (free, bound)
    )
    assert 0 < len(after) < len(before)
    assert after.items() <= before.items()


def test_the_order_of_the_polygons_changes_nothing(study: Change, tmp_path: Path) -> None:
    shapes, classes = squares(4)
    found = []
    for order in (range(len(shapes)), reversed(range(len(shapes)))):
        rows = list(order)
        layer(tmp_path, "land.gpkg", [shapes[k] for k in rows], 地类=[classes[k] for k in rows])
        land_use = {"path": "land.gpkg", "allowed": ["07", "17"]}
        town = workflow.check(study(candidates=None, made_candidates=made(land_use=land_use)))
        found.append((town.candidates.ids, [p.wkt for p in points(town)]))
    assert found[0] == found[1]


def test_beside_listed_candidates_only_what_is_missing_is_made(
    study: Change, tmp_path: Path
) -> None:
    town = workflow.check(study(made_candidates=made(spacing_m=350)))
    found = town.candidates
    assert found is not None
    own, more = np.flatnonzero(~found.is_made), np.flatnonzero(found.is_made)
    assert [found.ids[k] for k in own] == list(listed(tmp_path).index)
    assert own.max() < more.min()
    at = points(town)
    for k in more:
        for service in found.services[k]:
            hosts = [j for j in own if service in found.services[j]]
            assert shapely.distance(at[hosts], at[k]).min() > 350
    some = {frozenset(found.services[k]) for k in more}
    assert frozenset({"nursery"}) in some or frozenset({"elder_care"}) in some
    assert "have listed candidates for every service within 350 m" in said(town, "made_candidates")
    assert f"{len(found)} candidates, {len(more)} of them made (assumed)" in said(
        town, "candidates"
    )


def test_each_seat_in_the_area_gives_one_candidate(study: Change, tmp_path: Path) -> None:
    at = [(499_800, 3_386_600), (500_400, 3_387_000), (480_000, 3_386_600)]
    path = layer(tmp_path, "seats.gpkg", [shapely.Point(p) for p in at], 编号=["乙", "甲", "远"])
    keys = made(on="seats", spacing_m=None, seats={"path": path}, floor_m2=750, land_m2=500)
    del keys["spacing_m"]
    town = workflow.check(study(candidates=None, made_candidates=keys))
    found = town.candidates
    assert found is not None
    places = dict(zip(found.ids, zip(found.x_m, found.y_m, strict=True), strict=True))
    assert places == {"M乙": at[0], "M甲": at[1]}
    assert found.floor_m2.tolist() == [750, 750]
    assert found.land_m2.tolist() == [500, 500]
    assert "1 seats lie outside the area and are left out: 远" in said(town, "made_candidates")
    layer(tmp_path, "seats.gpkg", [shapely.Point(at[2])], 编号=["远"])
    with pytest.raises(InputError, match="1 seats, all outside the area"):
        workflow.check(tmp_path / "study.yaml")


@pytest.mark.parametrize("wrong", ["place", "id"])
def test_a_seat_without_a_place_or_an_id_is_refused(
    study: Change, tmp_path: Path, wrong: str
) -> None:
    at = [shapely.Point(499_800, 3_386_600), shapely.Point(500_000, 3_386_600)]
    ids = ["A", ""]
    if wrong == "place":
        at[1], ids[1] = None, "B"
    path = layer(tmp_path, "seats.gpkg", at, 编号=ids)
    keys = {k: v for k, v in made(on="seats", seats={"path": path}).items() if k != "spacing_m"}
    with pytest.raises(InputError, match=r"a seat without id|no geometry in feature 2"):
        workflow.check(study(candidates=None, made_candidates=keys))


def test_a_seat_that_bears_the_id_of_a_listed_candidate_is_refused(
    study: Change, tmp_path: Path
) -> None:
    file = tmp_path / "candidates.csv"
    text = file.read_text(encoding="gb18030").replace("K01,", "MK9,")
    file.write_text(text, encoding="gb18030")
    path = layer(tmp_path, "seats.gpkg", [shapely.Point(499_800, 3_386_600)], 编号=["K9"])
    keys = {k: v for k, v in made(on="seats", seats={"path": path}).items() if k != "spacing_m"}
    with pytest.raises(InputError, match="ids MK9, which made candidates bear"):
        workflow.check(study(made_candidates=keys))


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"on": "seats"}, "on: seats with spacing_m; expected spacing_m for streets and grid"),
        ({"spacing_m": None}, "on: streets with neither; expected"),
        ({"on": "grid", "seats": {"path": "s.gpkg"}}, "on: grid with spacing_m, seats; expected"),
        ({"land_use": {"path": "l.gpkg", "allowed": [7]}}, "found '7'; expected text"),
        ({"land_use": {"path": "l.gpkg", "allowed": []}}, "expected more values"),
        ({"on": "roofs"}, "found 'roofs'; expected one of 'streets', 'grid' or 'seats'"),
    ],
)
def test_what_a_study_may_not_say_of_made_candidates(
    study: Change, keys: dict[str, Any], told: str
) -> None:
    making = {k: v for k, v in made(**keys).items() if v is not None}
    with pytest.raises(PlanningError) as error:
        workflow.check(study(candidates=None, made_candidates=making))
    assert told in str(error.value)


def test_a_metre_over_the_town_is_refused_with_the_count(study: Change) -> None:
    making = made(on="grid", spacing_m=1)
    with pytest.raises(
        PlanningError, match=r"made_candidates\.spacing_m: found 1 m, some 8,8\d\d,"
    ):
        workflow.check(study(candidates=None, made_candidates=making))


# --- what leaves the program ---------------------------------------------------------------------


def test_tables_map_and_geopackage_tell_made_from_listed(study: Change, tmp_path: Path) -> None:
    """Assumed sites that cost almost nothing are chosen, and stand out everywhere."""
    cheap = made(spacing_m=350, land_m2=2_000, floor_m2=2_000, yuan_per_m2=1, fixed_yuan=1)
    result, folder = workflow.run(study(made_candidates=cheap), out_dir=tmp_path / "out")
    candidates = result.town.candidates
    assert candidates is not None
    plan = pd.read_csv(folder / "plan.csv", keep_default_na=False)
    is_made = plan["candidate_id"].str.startswith("M")
    assert is_made.any()
    assert (plan["assumed"].str.split("|").str[0] == "place").equals(is_made)
    assert plan.loc[is_made, "source_class"].eq(MADE["streets"]).all()
    layer_ = gpd.read_file(folder / "result.gpkg", layer="candidates_候选点")
    assert list(layer_["candidate_id"]) == list(candidates.ids)
    assert (layer_["made"] == "made").tolist() == candidates.is_made.tolist()
    assert layer_.set_index("candidate_id").loc["K08", "premises"] == "own"
    page = open_page(folder / "map.html", f"site={plan.loc[is_made, 'candidate_id'].iloc[0]}")
    assert page.console == []
    assert "推荐选址（程序生成，假定）" in page.dom
    assert "位置、来源类别、可设服务、建筑面积、用地面积、改造单价、固定成本" in page.dom


def test_huangpus_candidates_in_its_built_compounds_are_those_geopandas_finds(
    shared_data: Path, tmp_path: Path
) -> None:
    base = Path(__file__).parents[1] / "scripts" / "studies" / "huangpu.yaml"
    yaml = YAML(typ="safe", pure=True)
    keys = yaml.load(base.read_text(encoding="utf-8"))
    compounds = "shanghai_huangpu/study/residential_areas.geojson"
    keys["exclusions"] = {"小区": {"path": compounds, "buffer_m": 20}}
    with (tmp_path / "h.yaml").open("w", encoding="utf-8") as stream:
        yaml.dump(keys, stream)
    town = workflow.check(tmp_path / "h.yaml", data_dir=shared_data)
    table = pd.read_csv(
        shared_data / "shanghai_huangpu/study/candidates_cgcs2000_gbk.csv", encoding="gb18030"
    )
    at = gpd.GeoSeries.from_xy(table["Y坐标"], table["X坐标"], crs=4549)
    near = gpd.read_file(shared_data / compounds).to_crs(4549).union_all()
    inside = table.loc[at.distance(near) <= 20, "候选编号"]
    assert 0 < len(inside) < len(table)
    rejected = {row.id for row in town.row_notes if row.table == "candidates"}
    assert rejected == set(inside)
    assert town.candidates is not None
    assert len(town.candidates) == len(table) - len(inside)


def test_of_very_many_excluded_rows_the_check_prints_the_first_and_says_where_all_are(
    study: Change,
    tmp_path: Path,
    planning_cli: Callable[..., tuple[int, str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from planning.cli import tables

    monkeypatch.setattr(tables, "_MOST_CHECKED", 3)
    at = listed(tmp_path)
    path = layer(tmp_path, "z.gpkg", [shapely.Point(x, y).buffer(1) for x, y in at.to_numpy()[:5]])
    file = study(exclusions={"zone": {"path": path}})
    code, out, _ = planning_cli("check", file)
    assert code == 0
    assert [name in out for name in ("K01", "K02", "K03", "K04")] == [True, True, True, False]
    assert "其余 2 行见 data_check.csv 或 --json" in out
