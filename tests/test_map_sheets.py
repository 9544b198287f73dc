"""A3 sheets: they open, carry what a sheet must, say the tables' figures, and never change."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import docx
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from matplotlib.text import Text
from pypdf import PdfReader

from planning import workflow
from planning.outputs.borders import borders_said
from planning.outputs.edition import Edition
from planning.outputs.frames.provision import access_frame
from planning.outputs.frames.results import coverage_frame, findings_frame, plan_frame
from planning.outputs.sheets import write_sheets
from planning.outputs.sheets.charts import lorenz_points
from planning.outputs.sheets.fonts import Fonts
from planning.outputs.sheets.ground import _round_scale
from planning.outputs.sheets.paper import Paper, cut, width_mm, wrapped
from planning.outputs.sheets.plan_sheets import plan_sheet
from planning.outputs.sheets.site_list import list_sheets
from planning.result import StudyResult

A3_POINTS = (420 / 25.4 * 72, 297 / 25.4 * 72)
A3_PIXELS = (2480, 1753)
HOSTILE = (
    "<script>alert(1)</script>", "$x_{1}$ \\frac{'\"}", "𠮷𠀀😀街道", "长" * 60,
    "=1+1\n\t换行\u202e",
)  # fmt: skip


def ran(folder: Path, out: Path, **options: object) -> tuple[StudyResult, gpd.GeoDataFrame]:
    held: list[gpd.GeoDataFrame] = []
    write = workflow.write_run

    def keep(result: StudyResult, basemap: gpd.GeoDataFrame, *rest: object, **more: object) -> Path:
        held.append(basemap)
        return write(result, basemap, *rest, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workflow, "write_run", keep)
        result, _ = workflow.run(folder / "study.yaml", out_dir=out, **options)  # type: ignore[arg-type]
    return result, held[0]


@pytest.fixture(scope="module")
def drawn(
    sample_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]]:
    out = tmp_path_factory.mktemp("drawn")
    result, basemap = ran(sample_folder, out, budgets=3)
    return result, basemap, write_sheets(out / "sheets", result, basemap)


def words(path: Path) -> str:
    return "".join(re.split(r"\s+", PdfReader(path).pages[0].extract_text()))


def of(paths: tuple[Path, ...], title: str, kind: str = ".pdf") -> Path:
    return next(path for path in paths if title in path.name and path.suffix == kind)


def test_every_sheet_is_there_twice(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]],
) -> None:
    _, _, paths = drawn
    titles = [path.stem[3:] for path in paths if path.suffix == ".pdf"]
    assert titles == [path.stem[3:] for path in paths if path.suffix == ".png"]
    for title in (
        "人口分布_全体居民", "人口分布_60岁及以上", "现状覆盖_养老服务", "现状覆盖_托育服务",
        "达标情况_街道_乡镇", "规划后达标情况_街道_乡镇", "选址方案",
        "前后对比_养老服务", "各单元缺口_托育服务", "可达性洛伦兹曲线_养老服务", "投资与缺口前沿",
    ):  # fmt: skip
        assert title in titles


def test_pdf_is_a3_with_its_fonts_and_no_date(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]],
) -> None:
    result, _, paths = drawn
    for path in (one for one in paths if one.suffix == ".pdf"):
        reader = PdfReader(path)
        (page,) = reader.pages
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
            A3_POINTS, abs=0.1
        )
        assert "/CreationDate" not in (reader.metadata or {})
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            if "/DescendantFonts" in font:
                font = font["/DescendantFonts"][0].get_object()
            assert "NotoSansSC" in font["/BaseFont"]
            assert "/FontFile2" in font["/FontDescriptor"].get_object()
        said = words(path)
        assert path.stem[3:5] in said
        assert result.digest in said
        assert f"EPSG:{result.town.area.epsg}" in said
        assert f"步行速度{result.town.network.profile.speed_m_s:g}米/秒" in said
        assert borders_said(result.town.study.map_review_no)[0] in said
        assert "2025年人口" in said and "虚构数据" in said


def test_maps_have_key_north_and_scale(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]],
) -> None:
    for title in ("人口分布_全体", "现状覆盖_养老", "达标情况", "选址方案", "前后对比_托育"):
        said = words(of(drawn[2], title))
        assert "图例" in said and "北" in said and "km" in said and "1:" in said


def test_png_is_a3_and_not_empty(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]],
) -> None:
    for path in (one for one in drawn[2] if one.suffix == ".png"):
        pixels = imread(path)
        assert pixels.shape[1::-1] == pytest.approx(A3_PIXELS, abs=2)
        assert len(np.unique(pixels.reshape(-1, pixels.shape[2])[::37], axis=0)) > 20, path.name


def test_coverage_says_what_the_table_says(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]],
) -> None:
    result, _, paths = drawn
    rows = coverage_frame(result).query(
        "service == 'elder_care' and limit_min == 15 and group == 'elderly'"
    )
    now = rows.query("state == 'now'")
    said, both = words(of(paths, "现状覆盖_养老")), words(of(paths, "前后对比_养老"))
    for _, row in now[now["level"].isin(["area", "street"])].iterrows():
        assert f"{row['share']:.1%}" in said and f"{row['covered']:,.0f}" in said
    for _, row in rows[rows["level"] == "area"].iterrows():
        assert f"{row['share']:.1%}（{row['covered']:,.0f}人）" in both
    short = now[now["level"] == "street"]
    bars = words(of(paths, "各单元缺口_养老"))
    for without in short["unserved"] + short["unreachable"]:
        assert f"{without:,.0f}" in bars


def test_plan_lists_every_site_and_its_cost(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]],
) -> None:
    result, _, paths = drawn
    plan = plan_frame(result)
    said = words(of(paths, "选址方案"))
    assert f"{plan['site'].nunique()}处" in said
    assert f"投资{plan['cost_yuan'].sum() / 10_000:,.0f}万元" in said
    for _, row in plan.iterrows():
        assert row["unit_name"] in said and f"{row['cost_yuan'] / 10_000:,.0f}" in said


def test_a_long_plan_goes_on_to_lists(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]], tmp_path: Path
) -> None:
    result, basemap, paths = drawn
    assert not any("点位表" in path.name for path in paths)
    plan, fonts = plan_frame(result), Fonts(tmp_path, "")
    assert result.plan is not None
    assert not plan_sheet(Paper(fonts, "zh"), result, basemap, plan).is_cut
    many = pd.concat([plan] * 20, ignore_index=True)
    sheets = list(list_sheets(lambda: Paper(fonts, "zh"), result, many))
    said = [text.get_text() for one in sheets for text in one.paper.figure.findobj(Text)]
    assert len(sheets) == 3
    assert sum(text == "20托" for text in said) == 20 * int((plan["places"] == 20).sum())


def test_findings_are_counted_as_the_table_has_them(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]],
) -> None:
    result, _, paths = drawn
    for state, title in (("now", "_达标情况"), ("after", "规划后达标情况")):
        found = findings_frame(result).query(f"state == '{state}' and role == 'requirement'")
        found = found[(found["level"] == "street") & (found["profile"] == "SC")]
        met = int((found["verdict"] == "met").sum())
        judged = met + int((found["verdict"] == "not_met").sum())
        assert f"{met}/{judged}" in words(of(paths, title))


def test_the_curve_of_lorenz_has_the_gini_of_the_table(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]],
) -> None:
    result, _, paths = drawn
    frame = access_frame(result).query("level == 'area' and group == 'under_3'")
    access = result.provision["now"].access["nursery"][0]
    of_access = frame[(frame["state"] == "now") & (frame["service"] == "nursery")]
    gini = float(of_access.set_index("measure").loc[access.measure, "gini"])
    who, has = lorenz_points(access, result.town.demand.people["under_3"])
    below = float(np.sum(np.diff(who) * (has[1:] + has[:-1]) / 2))
    assert 1 - 2 * below == pytest.approx(gini, abs=1e-9)
    assert f"基尼系数{gini:.3f}" in words(of(paths, "洛伦兹曲线_托育"))


def test_same_result_same_bytes(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]], tmp_path: Path
) -> None:
    result, basemap, paths = drawn
    again = write_sheets(tmp_path, result, basemap)
    assert [path.name for path in again] == [path.name for path in paths]
    for one, other in zip(paths, again, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_assessment_alone_in_english(sample_folder: Path, tmp_path: Path) -> None:
    result, basemap = ran(sample_folder, tmp_path / "run", until="assess")
    paths = write_sheets(tmp_path / "sheets", result, basemap, lang="en")
    names = [path.name for path in paths]
    assert any("Coverage_today" in name for name in names)
    assert not any("Proposed" in name or "Before" in name for name in names)
    assert "Walkingspeed" in words(of(paths, "Coverage_today"))


def test_hostile_names_survive(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]], tmp_path: Path
) -> None:
    result, basemap, _ = drawn
    area = result.town.area
    levels = tuple(
        replace(level, names=tuple(HOSTILE[row % len(HOSTILE)] for row in range(len(level))))
        for level in area.levels
    )
    bad = replace(area, name="".join(HOSTILE), levels=levels)
    services = {
        name: spec.model_copy(update={"label": "../../$a$" + HOSTILE[2]})
        for name, spec in result.town.study.services.items()
    }
    study = result.town.study.model_copy(update={"services": services})
    assert result.plan is not None
    nothing = replace(result.plan, sites=())
    town = replace(result.town, area=bad, study=study)
    paths = write_sheets(tmp_path, replace(result, town=town, plan=nothing, findings=()), basemap)
    assert all(path.parent == tmp_path for path in paths)
    said = words(of(paths, "现状覆盖"))
    assert "<script>" in said and "$x_{1}$" in said and "U+1F600" in said
    assert not any("选址" in path.name or "达标" in path.name for path in paths)


def test_font_tells_what_it_lacks(tmp_path: Path) -> None:
    fonts = Fonts(tmp_path, "")
    assert fonts.lacks(["街道😀\n\u202e"]) == ("😀",)
    assert fonts.readable("街 \n道😀\u202e") == "街 道□"


def test_text_keeps_to_its_width() -> None:
    for text in (*HOSTILE, "数据来源：2020 census total, modelled distribution；示意"):
        assert all(width_mm(line, 8) <= 40 for line in wrapped(text, 40, 8))
        assert width_mm(cut(text, 40, 8), 8) <= 40
    assert "".join(wrapped("长" * 60, 40, 8)) == "长" * 60


def test_scale_is_round_and_shows_all() -> None:
    assert [_round_scale(value) for value in (9_999.0, 10_000.0, 10_001.0, 61_000.0)] == [
        10_000, 10_000, 12_000, 80_000,
    ]  # fmt: skip


def test_a_run_asked_for_sheets_has_them_and_their_pictures_in_the_report(tmp_path: Path) -> None:
    town = Path(__file__).parent / "tiny_town" / "study.yaml"
    _, plain = workflow.run(town, out_dir=tmp_path / "plain", until="assess")
    assert not (plain / "sheets").exists() and (plain / "report.docx").exists()
    _, folder = workflow.run(
        town, out_dir=tmp_path / "sheets", until="assess", edition=Edition(sheets=True)
    )
    pictures = sorted((folder / "sheets").glob("*.png"))
    assert pictures and len(pictures) == len(list((folder / "sheets").glob("*.pdf")))
    report = docx.Document(str(folder / "report.docx"))
    assert len(report.inline_shapes) == len(pictures)
    said = "\n".join(paragraph.text for paragraph in report.paragraphs)
    assert all(one.stem.split("_", 1)[1].replace("_", " ") in said for one in pictures)


def test_what_the_plan_leaves_as_it_is_has_no_before_and_after(
    drawn: tuple[StudyResult, gpd.GeoDataFrame, tuple[Path, ...]], tmp_path: Path
) -> None:
    result, basemap, paths = drawn
    assert result.plan is not None and any("前后对比" in path.name for path in paths)
    after = result.plan.situation
    coverage = {**after.coverage, "nursery": result.situation.coverage["nursery"]}
    plan = replace(result.plan, situation=replace(after, coverage=coverage))
    names = [path.name for path in write_sheets(tmp_path, replace(result, plan=plan), basemap)]
    compared = {name[3:-4] for name in names if "前后对比" in name}
    assert compared == {"前后对比_养老服务"}
