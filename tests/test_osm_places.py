"""Places of OpenStreetMap as a register: a small file by hand, and a real prefecture."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pytest

from planning.errors import InputError
from planning.inputs.tables.osm_places import osm_tags, type_of
from planning.inputs.tables.register import Register
from planning.inputs.tables.sheets import Sheet, read_sheet
from planning.inputs.vocabulary import meaning, vocabulary
from planning.study import PlacesSpec


def read(path: Path) -> Sheet:
    return read_sheet(path, "facilities", sheet=None)


def said(sheet: Sheet) -> str:
    return " | ".join(en for _, en in sheet.remarks)


@pytest.mark.parametrize(
    ("tags", "type"),
    [
        ("amenity=kindergarten", "幼儿园"),
        ("amenity=childcare", "托育机构"),
        (
            "amenity=social_facility social_facility=nursing_home social_facility:for=senior",
            "养老院",
        ),
        ("amenity=social_facility social_facility=group_home social_facility:for=senior", "养老院"),
        ("amenity=social_facility social_facility=assisted_living", "养老院"),
        ("social_facility=nursing_home social_facility:for=disabled", None),
        ("social_facility=group_home", None),
        ("social_facility=day_care social_facility:for=senior;disabled", "日间照料中心"),
        ("social_facility=day_care social_facility:for=child", "托育机构"),
        ("amenity=hospital", "医院"),
        ("amenity=doctors", "诊所"),
        ("amenity=community_centre community_centre:for=senior", "老年活动中心"),
        ("amenity=community_centre", "社区活动中心"),
        ("building=hospital", "医院"),
        ("building=hospital amenity=parking", None),
        ("amenity=bench", None),
    ],
)
def test_tags_in_our_words(tags: str, type: str | None) -> None:
    assert type_of(dict(pair.split("=") for pair in tags.split())) == type


def test_every_type_is_a_word_of_the_vocabulary() -> None:
    assert {line["type"] for line in osm_tags()["types"]} <= set(vocabulary()["functions"])
    assert meaning("status", "运营") == "open"
    assert meaning("status", "关停") == "closed"


OSM = """<osm version="0.6">
<node id="1" lon="105.00" lat="30.00"/><node id="2" lon="105.01" lat="30.00"/>
<node id="3" lon="105.01" lat="30.01"/><node id="4" lon="105.00" lat="30.01"/>
<node id="5" lon="105.002" lat="30.002"/><node id="6" lon="105.003" lat="30.002"/>
<node id="7" lon="105.003" lat="30.003"/>
<node id="9" lon="105.5" lat="30.5"><tag k="amenity" v="childcare"/><tag k="name" v="Tuoyu"/>
 <tag k="name:zh" v="阳光托育"/><tag k="capacity" v="60"/><tag k="disused" v="yes"/></node>
<node id="8" lon="105.6" lat="30.6"><tag k="amenity" v="social_facility"/></node>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
 <tag k="amenity" v="hospital"/><tag k="name" v="县医院"/></way>
<way id="11"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/>
 <tag k="building" v="hospital"/></way>
<way id="12"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="amenity" v="kindergarten"/></way>
<way id="13"><nd ref="1"/><nd ref="2"/><nd ref="99"/><nd ref="1"/>
 <tag k="amenity" v="kindergarten"/></way>
<relation id="20"><member type="way" ref="10" role="outer"/><tag k="type" v="multipolygon"/>
 <tag k="amenity" v="clinic"/></relation>
</osm>"""
COUNTED = {
    "1 social facilities of no type we know, such as node/8",
    "1 buildings inside a place of the same type, such as way/11",
    "1 relations, such as relation/20",
    "2 ways that are not closed, or lack nodes, such as way/12、way/13",
}


def _as_overpass() -> dict[str, Any]:
    elements: list[dict[str, Any]] = []
    for item in ElementTree.fromstring(OSM):
        element: dict[str, Any] = {"type": item.tag, "id": int(item.get("id", ""))}
        if item.tag == "node":
            element |= {"lon": float(item.get("lon", "")), "lat": float(item.get("lat", ""))}
        if item.tag == "way":
            element["nodes"] = [int(nd.get("ref", "")) for nd in item.iter("nd")]
        element["tags"] = {tag.get("k"): tag.get("v") for tag in item.iter("tag")}
        elements.append(element)
    return {"version": 0.6, "elements": elements}


@pytest.mark.parametrize("name", ["f.osm", "f.osm.gz", "f.json", "f.json.gz"])
def test_a_small_extract(tmp_path: Path, name: str) -> None:
    text = json.dumps(_as_overpass()) if "json" in name else OSM
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    sheet = read(path)
    shown = sheet.rows[["编号", "名称", "类型", "状态", "托位数"]].to_numpy().tolist()
    assert shown == [
        ["node/9", "阳光托育", "托育机构", "关停", "60"],
        ["way/10", "县医院", "医院", "运营", ""],
    ]
    assert sheet.lon is not None and sheet.lat is not None
    np.testing.assert_allclose(sheet.lon, [105.5, 105.005], atol=1e-9)
    np.testing.assert_allclose(sheet.lat, [30.5, 30.005], atol=1e-9)
    for remark in COUNTED:
        assert f"left out: {remark}" in said(sheet)


def test_an_extract_is_a_register(tmp_path: Path) -> None:
    path = tmp_path / "f.osm"
    path.write_text(OSM, encoding="utf-8")
    needed = ("id", "type", "x", "y", "name", "status", "places")
    table = Register(path, PlacesSpec(path="f.osm"), "facilities", needed=needed)
    assert table.ids() == ["node/9", "way/10"]
    assert table.known("status", "status", "运营") == ["closed", "open"]
    np.testing.assert_allclose(table.number("x"), [105.5, 105.005], atol=1e-9)
    assert table.number("places", 0.0).tolist() == [60, 0]
    assert len(table.remarks) == 5


def test_an_answer_with_centers(tmp_path: Path) -> None:
    element = {"type": "relation", "id": 5, "center": {"lon": 105.0, "lat": 30.0}}
    answer = {"elements": [{**element, "tags": {"amenity": "hospital"}}]}
    path = tmp_path / "f.json"
    path.write_text(json.dumps(answer), encoding="utf-8")
    assert read(path).rows["编号"].tolist() == ["relation/5"]


@pytest.mark.parametrize(
    ("answer", "en"),
    [
        ({"elements": [], "remark": "runtime error: timed out"}, "an answer that broke off"),
        ({"elements": []}, "not a single place"),
        ({"elements": [{"tags": {}}]}, "no answer of Overpass"),
    ],
)
def test_answers_of_no_use(tmp_path: Path, answer: dict[str, Any], en: str) -> None:
    (tmp_path / "f.json").write_text(json.dumps(answer), encoding="utf-8")
    with pytest.raises(InputError, match=en):
        read(tmp_path / "f.json")


@pytest.mark.parametrize("name", ["f.osm.pbf", "f.osm", "f.json.gz"])
@pytest.mark.parametrize("data", [b"", b"no OSM at all", b"\x1f\x8b\x08\x00"])
def test_files_that_are_none(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError):
        read(tmp_path / name)


def test_a_real_prefecture(shared_data: Path) -> None:
    """Hangzhou 2024: as many kindergartens, hospitals and homes as another extraction counts."""
    folder = shared_data / "hangzhou_xihu"
    sheet = read(folder / "hangzhou_amenities_20240813.osm.pbf")
    other = gpd.read_file(folder / "hangzhou_osm_facilities.geojson")
    amenities = Counter(sheet.rows["amenity"])
    assert (amenities["kindergarten"], amenities["hospital"]) == (468, 325)
    assert amenities["childcare"] == (other["amenity"] == "childcare").sum()
    assert (sheet.rows["social_facility:for"] == "senior").sum() == 60
    assert Counter(sheet.rows["类型"])["养老院"] == 62  # and two homes that do not say for whom
    places = dict(zip(sheet.rows["编号"], zip(sheet.lon, sheet.lat, strict=True), strict=True))
    wanted = other[other["amenity"].isin(["kindergarten", "hospital", "childcare", "clinic"])]
    names = wanted["osm_type"] + "/" + wanted["osm_id"].astype(str)
    assert set(names) <= set(places)
    apart = [
        max(abs(places[name][0] - lon), abs(places[name][1] - lat))
        for name, lon, lat in zip(names, wanted["lon"], wanted["lat"], strict=True)
    ]
    assert np.median(apart) < 2e-4  # [degrees], about 20 m: middles of grounds differ
    nodes = [off for name, off in zip(names, apart, strict=True) if name.startswith("node")]
    assert nodes and max(nodes) < 1e-7
