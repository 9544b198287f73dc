"""The report opens in Word's own terms, and says what the summary of its run says."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from office import printed_pages

from planning import workflow
from planning.errors import InputError
from planning.outputs.report import site_cards, write_report
from planning.outputs.report.paper import Paper, chinese
from planning.outputs.report.site_cards import most_needed, sites_of
from planning.result import StudyResult
from planning.run_record import record_of
from planning.siting import Status

HOSTILE = "=<script>\"'&]]>\x00\x0b\ud800\ufffe\U00020000村" + "长" * 60


@pytest.fixture(scope="module")
def done(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    out = tmp_path_factory.mktemp("out")
    return workflow.run(
        sample_folder / "study.yaml", out_dir=out, speed_band=True, budgets=3, robust=True
    )


@pytest.fixture(scope="module")
def result(done: tuple[StudyResult, Path]) -> StudyResult:
    return done[0]


@pytest.fixture(scope="module")
def told(done: tuple[StudyResult, Path]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((done[1] / "summary.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def path(result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.docx"
    write_report(path, result, record=record_of(result))
    return path


@pytest.fixture(scope="module")
def report(path: Path) -> Document:
    return docx.Document(str(path))


def paragraphs(report: Document) -> list[str]:
    return [one.text for one in report.paragraphs]


def table(report: Document, caption: str) -> list[list[str]]:
    """The rows of the table below a caption, its header first."""
    at = next(
        i
        for i, block in enumerate(report.element.body)
        if block.tag == qn("w:p") and re.search(rf"[表e ]\d+  {caption}", "".join(block.itertext()))
    )
    below = report.element.body[at + 1]
    found = next(one for one in report.tables if one._tbl is below)
    return [[cell.text for cell in row.cells] for row in found.rows]


def everything(report: Document) -> str:
    return "\n".join(text or "" for text in report.element.body.itertext())


# --- figures -------------------------------------------------------------------------------------


def test_the_circles_of_the_summary_are_those_of_summary_json(
    report: Document, told: dict[str, Any], result: StudyResult
) -> None:
    rows = table(report, "步行圈内人口")[1:]
    services = result.town.study.services
    assert len(rows) == len(services)
    for row, (name, spec) in zip(rows, services.items(), strict=True):
        cells: list[str] = [spec.label, f"{spec.limit_min:g} 分钟", spec.group]
        for state in ("now", "after"):
            one = next(
                one
                for one in told["coverage"]
                if (one["state"], one["service"], one["limit_min"], one["group"], one["level"])
                == (state, name, spec.limit_min, spec.group, "area")
            )
            if state == "now":
                cells.append(f"{one['people']:,.0f}")
            cells += [f"{one['covered']:,.0f}", f"{one['share']:.1%}"]
        assert row[:2] + row[3:] == cells[:2] + cells[3:]


def test_the_verdicts_of_the_summary_are_those_of_summary_json(
    report: Document, told: dict[str, Any]
) -> None:
    order = ("met", "not_met", "not_assessable", "not_applicable")
    for row, of in zip(table(report, "要求达标情况")[1:], ("before", "after"), strict=True):
        assert row[1:] == [f"{told['plan'][f'findings_{of}'][name]:,}" for name in order]


def test_the_plan_of_the_summary_is_that_of_summary_json(
    report: Document, told: dict[str, Any]
) -> None:
    plan = told["plan"]
    said = next(text for text in paragraphs(report) if text.startswith("方案选址"))
    assert f"选址 {plan['sites_opened']} 处" in said
    assert f"托位 {plan['places']:,} 个" in said
    assert f"建筑面积 {plan['floor_m2']:,.0f} 平方米" in said
    assert f"投资 {plan['cost_yuan'] / 1e4:,.2f} 万元" in said
    assert f"下界 {plan['bound_yuan'] / 1e4:,.2f} 万元，差距 <0.01%" in said
    left = next(text for text in paragraphs(report) if text.startswith("仍有"))
    posed = [one for one in plan["unmet"] if one["posed"] == "yes"]
    assert f"仍有 {len(posed)} 项要求不能满足，缺 {plan['people_short']:,.0f} 服务人次" in left
    assert f"不少于 {plan['people_short_bound']:,.0f}" in left


def test_the_summary_names_what_stays_short(report: Document, told: dict[str, Any]) -> None:
    titles = {"SC-2021-57/2.1/elder-land": "人均养老服务设施用地 1 项"}
    left = next(text for text in paragraphs(report) if text.startswith("仍有"))
    for one in told["plan"]["unmet"]:
        assert titles.get(one["clause_id"], "托位 1 项") in left


def test_every_aim_stands_with_its_bound_and_every_year_with_its_money(
    report: Document, told: dict[str, Any]
) -> None:
    aims = table(report, "各项目标的求解结果")[1:]
    for row, stage in zip(aims, told["plan"]["stages"], strict=True):
        assert float(row[1].replace(",", "")) == pytest.approx(stage["found"], abs=0.005)
        assert float(row[2].replace(",", "")) == pytest.approx(stage["bound"], abs=0.005)
    for row, year in zip(table(report, "分年实施")[1:], told["plan"]["years"], strict=True):
        assert row[:2] == [str(year["year"]), str(year["sites"])]
        assert row[2] == f"{year['yuan'] / 1e4:,.2f}"
        assert row[4] == f"{year['people_short']:,.0f}"


def test_every_site_stands_in_the_overview_and_on_a_card(
    report: Document, told: dict[str, Any]
) -> None:
    sites = told["plan"]["sites"]
    rows = table(report, "选址方案总表")[1:]
    assert [row[4] for row in rows[:-1]] == [f"{one['cost_yuan'] / 1e4:,.2f}" for one in sites]
    assert rows[-1][4] == f"{told['plan']['cost_yuan'] / 1e4:,.2f}"
    own = [one for one in report.paragraphs if one.style.name == "Heading 3"]
    assert [one.paragraph_format.page_break_before for one in own[1:]] == [True] * (len(own) - 1)
    cards = [one.text for one in own]
    assert [card.split()[0] for card in cards] == list(dict.fromkeys(s["site"] for s in sites))
    text = everything(report)
    for one in sites:
        if one["alternative_zh"]:
            assert one["alternative_zh"] in text


def test_what_is_not_met_is_quoted(report: Document, told: dict[str, Any]) -> None:
    quoted = {row[1] for row in table(report, "未达标条文原文")[1:]}
    want = {
        one["quote"]
        for one in told["findings"]
        if one["state"] == "now" and one["verdict"] == "not_met" and one["role"] != "indicator"
    }
    assert quoted == want
    found = table(report, "川办发〔2021〕57号体检结果")
    assert found[0] == ["指标", "单元", "现状", "目标", "缺口", "达标情况", "依据条文"]
    assert [row[5] for row in found[1:16]] == ["未达标"] * 15


def test_sources_speeds_and_what_cannot_be_met_are_there(
    report: Document, result: StudyResult
) -> None:
    text, town = everything(report), result.town
    assert town.network.profile.source_zh in text
    for source in town.sources:
        assert source.name in text and source.licence in text
    for note in town.notes:
        assert note.zh in text
    assert result.plan is not None
    for one in result.plan.unmet:
        assert one.because_zh in text and one.relaxations[0].because_zh in text
    assert len(table(report, "不同步速下的现状覆盖")) == 1 + len(result.speed_band)
    assert len(table(report, "各档投资的方案")) == 1 + len(result.frontier)
    assert "审图号" in text and "不作为划界依据" in text


# --- looks ---------------------------------------------------------------------------------------


def test_headers_come_again_and_no_row_is_torn(report: Document) -> None:
    captions = [one.text for one in report.paragraphs if one.style.name == "Caption"]
    numbers = [int(text.split()[0].removeprefix("表")) for text in captions]
    assert numbers == list(range(1, len(numbers) + 1))
    headed = [
        one for one in report.tables if one.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    ]
    assert len(headed) == len(captions)
    for one in report.tables:
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in one.rows)


def test_properties_stand_in_the_order_of_the_schema(report: Document) -> None:
    """Word takes a file for damaged in which they do not."""
    cell = ["tcW", "shd", "vAlign"]
    table = ["tblStyle", "tblW", "jc", "tblLayout", "tblCellMar", "tblLook"]
    for tag, order in (("tcPr", cell), ("tblPr", table)):
        for one in report.element.body.iter(qn(f"w:{tag}")):
            places = [order.index(child.tag.rpartition("}")[2]) for child in one]
            assert places == sorted(places)


def test_east_asian_fonts_are_named_and_no_theme_is_left(path: Path, report: Document) -> None:
    want = {"Normal": "仿宋", "Title": "宋体", "Heading 1": "黑体", "Heading 2": "楷体"}
    for name, font in want.items():
        fonts = report.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:ascii")) == "Times New Roman"
    styles = zipfile.ZipFile(path).read("word/styles.xml").decode()
    assert not re.search(r"w:(ascii|hAnsi|eastAsia|cs)(Theme|theme)=", styles)
    assert report.styles["Title"].element.pPr.find(qn("w:pBdr")) is None
    normal = report.styles["Normal"]
    assert normal.font.size.pt == 16
    assert normal.paragraph_format.line_spacing.pt == 28
    assert normal.element.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert "PAGE" in "".join(report.sections[0].footer._element.itertext())


def test_same_bytes_twice_no_author_no_clock(
    path: Path, report: Document, result: StudyResult, tmp_path: Path
) -> None:
    write_report(tmp_path / "b.docx", result, record=record_of(result))
    assert (tmp_path / "b.docx").read_bytes() == path.read_bytes()
    assert report.core_properties.author == ""
    assert report.core_properties.created == report.core_properties.modified
    assert result.town.area.name in report.core_properties.title
    entries = zipfile.ZipFile(path).infolist()
    assert {entry.date_time[0] for entry in entries} == {1980}
    assert not any("thumbnail" in entry.filename for entry in entries)


# --- other towns ---------------------------------------------------------------------------------


def opened(result: StudyResult, tmp_path: Path, **options: Any) -> Document:
    write_report(tmp_path / "other.docx", result, **options)
    return docx.Document(str(tmp_path / "other.docx"))


def test_no_plan(result: StudyResult, tmp_path: Path) -> None:
    only = replace(result, plan=None, frontier=(), robustness=None, speed_band=())
    text = everything(opened(only, tmp_path))
    assert "本次只作体检，未求选址方案" in text
    assert "敏感性" not in text and "不能满足的要求" not in text
    assert len(table(docx.Document(str(tmp_path / "other.docx")), "步行圈内人口")[0]) == 6


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_plan_without_sites_and_without_findings(
    result: StudyResult, tmp_path: Path, lang: str
) -> None:
    assert result.plan is not None
    plan = replace(result.plan, sites=(), unmet=(), stages=(), findings=())
    report = opened(
        replace(result, plan=plan, findings=(), findings_beside=()), tmp_path, lang=lang
    )
    text = everything(report)
    assert ("方案不新设任何点位" if lang == "zh" else "The plan opens no site") in text
    assert ("没有可考核的条文" if lang == "zh" else "There is no clause") in text


def test_one_site(result: StudyResult, tmp_path: Path) -> None:
    assert result.plan is not None
    plan = replace(result.plan, sites=result.plan.sites[:1])
    report = opened(replace(result, plan=plan), tmp_path)
    assert [one.text.split()[0] for one in report.paragraphs if one.style.name == "Heading 3"] == [
        "S001"
    ]


def test_a_plan_picked_by_hand_claims_no_bound(result: StudyResult, tmp_path: Path) -> None:
    assert result.plan is not None
    first, *rest = result.plan.sites
    changed = replace(first, action="change", module="扩建", purposes=())
    plan = replace(result.plan, status=Status.PICKED, stages=(), sites=(changed, *rest))
    text = everything(opened(replace(result, plan=plan), tmp_path))
    assert "人工方案，未求最优" in text and "投资下界" not in text
    assert "改造现有设施扩建" in text and first.because_zh in text


def test_with_several_documents_the_tally_names_its_own(
    result: StudyResult, tmp_path: Path
) -> None:
    other = replace(result.town.profile)
    town = replace(result.town, beside=(other,))
    several = replace(result, town=town, findings_beside=(result.findings,))
    assert "要求达标情况（川办发〔2021〕57号）" in everything(opened(several, tmp_path))


def test_of_many_sites_those_most_people_depend_on_have_cards(
    result: StudyResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = sites_of(result)
    chosen = most_needed(sites, 3)
    assert sorted((one.lost_people for one in sites), reverse=True)[:3] == sorted(
        (one.lost_people for one in chosen), reverse=True
    )
    assert result.plan is not None
    many = tuple(
        replace(site, candidate_id=f"{site.candidate_id}-{copy}")
        for copy in range(20)
        for site in result.plan.sites
    )
    report = opened(replace(result, plan=replace(result.plan, sites=many)), tmp_path)
    cards = [one.text for one in report.paragraphs if one.style.name == "Heading 3"]
    assert len(cards) == site_cards.MOST_CARDS
    assert "方案共 300 处，这里逐处说明去掉后失去步行圈人数最多的 120 处" in everything(report)
    assert len(table(report, "选址方案总表")) == len(many) + 2


def test_hostile_names_are_text_and_what_xml_refuses_is_told(
    result: StudyResult, tmp_path: Path
) -> None:
    town = replace(result.town, area=replace(result.town.area, name=HOSTILE))
    report = opened(replace(result, town=town), tmp_path)
    text = everything(report)
    assert "=<script>\"'&]]>\U00020000村" + "长" * 60 in text
    assert re.search(r"有 \d+ 处文字含 Word 文档格式不允许的控制字符，已去除", text)


def test_nothing_is_told_of_texts_where_nothing_was_taken_out(report: Document) -> None:
    assert "控制字符" not in everything(report)


def test_english_has_no_chinese_headings(result: StudyResult, tmp_path: Path) -> None:
    report = opened(result, tmp_path, lang="en")
    heads = [one.text for one in report.paragraphs if one.style.name == "Heading 1"]
    assert heads[0] == "1  Summary" and len(heads) == 7
    assert not any(re.search(r"[\u4e00-\u9fff]", head) for head in heads)


def white_png(width: int, height: int) -> bytes:
    """A white picture of 8-bit grey, as the format is written."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\xff" * width) * height)
    chunks = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def test_figures_are_embedded_with_captions_below(result: StudyResult, tmp_path: Path) -> None:
    for name, size in (("wide", (420, 297)), ("tall", (100, 400))):
        (tmp_path / f"{name}.png").write_bytes(white_png(*size))
    figures = {"现状覆盖": tmp_path / "wide.png", "选址方案": tmp_path / "tall.png"}
    report = opened(result, tmp_path, figures=figures)
    assert len(report.inline_shapes) == 2
    assert all(one.height.mm <= 144 and one.width.mm <= 241 for one in report.inline_shapes)
    lying = [section.page_width > section.page_height for section in report.sections]
    assert lying == [False, True, False]
    texts = paragraphs(report)
    assert texts.index("图1  现状覆盖") < texts.index("图2  选址方案")


@pytest.mark.parametrize("content", [None, b"no picture"])
def test_a_figure_that_is_none_leaves_no_file(
    result: StudyResult, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.png"):
        write_report(tmp_path / "r.docx", result, figures={"图": tmp_path / "a.png"})
    assert not (tmp_path / "r.docx").exists()


def test_another_language_is_refused(result: StudyResult, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="zh or en"):
        write_report(tmp_path / "r.docx", result, lang="fr")


@pytest.mark.parametrize(
    ("number", "want"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")]
)
def test_chinese_numbers(number: int, want: str) -> None:
    assert chinese(number) == want


@pytest.mark.parametrize(
    ("text", "want"), [("a\x00b", "ab"), ("\ud83d", ""), ("两\r\n行", "两 行"), ("𠀀", "𠀀")]
)
def test_only_what_xml_refuses_is_taken_out(text: str, want: str) -> None:
    assert " ".join(Paper("zh").clean(text).split()) == want


# --- rendered ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "name"), [("zh", ""), ("en", ""), ("zh", HOSTILE)])
def test_rendered_the_summary_is_one_page(
    result: StudyResult, tmp_path: Path, lang: str, name: str
) -> None:
    town = result.town
    area = replace(town.area, name=name or town.area.name)
    named = replace(result, town=replace(town, area=area))
    write_report(tmp_path / "report.docx", named, lang=lang)
    pages = printed_pages(tmp_path / "report.docx")
    assert ("摘要" if lang == "zh" else "Summary") in pages[0]
    assert ("仍有" if lang == "zh" else "stay short") in pages[0]
    assert ("二、方法" if lang == "zh" else "2 Method") in " ".join(pages[1].split())[:20]
    assert "— 2 —" in pages[1]
