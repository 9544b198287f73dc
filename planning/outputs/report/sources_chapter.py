"""Where the data are from and how far they may be used; what to mind before this is shown."""

from __future__ import annotations

from planning.outputs.bilingual import Says
from planning.outputs.report.paper import Head, Paper
from planning.outputs.report.said import ABSENT
from planning.provenance import RunRecord
from planning.result import StudyResult

_DIGITS = 12
_SUBJECTS: dict[str, Says] = {
    "area": ("规划单元", "Planning units"),
    "network": ("路网", "Streets"),
    "population": ("人口", "People"),
    "ages": ("年龄", "Ages"),
    "groups": ("人群", "Groups"),
    "projection": ("人口预测", "Projection"),
    "facilities": ("设施", "Facilities"),
    "candidates": ("候选点", "Candidates"),
    "made_candidates": ("自拟候选点", "Made candidates"),
    "exclusions": ("排除区", "Exclusions"),
    "residential_areas": ("居住区", "Residential areas"),
    "standards": ("条文", "Documents"),
    "siting": ("选址", "Siting"),
    "vocabulary": ("词表", "Words"),
    "what_if": ("推演", "What if"),
    "reach": ("步行矩阵", "Reach"),
}


def write_sources(paper: Paper, result: StudyResult, record: RunRecord | None) -> None:
    """Write the last chapter; the last of it, for it says what was taken out of the texts."""
    paper.part(("数据来源与说明", "Sources and remarks"))
    paper.section(("数据来源、年份与许可", "Sources, years and licences"))
    _sources(paper, result)
    paper.section(("数据说明", "Remarks on the data"))
    _remarks(paper, result)
    paper.section(("界线与审图", "Boundaries and map review"))
    number = result.town.study.map_review_no or "＿＿＿＿＿＿＿＿"
    paper.say_so(
        (
            "本报告所用界线由使用者提供，仅为示意，不作为划界依据。附图公开展示、登载或出版前，"
            f"请按《地图审核管理规定》送审并标注审图号。审图号：{number}。",
            "Boundaries come from the user, are indicative only and settle none. Before a map of "
            "this report is shown or printed in public it has to be reviewed, and to bear the "
            f"number of the review (审图号): {number}.",
        )
    )
    paper.section(("运行记录", "Record of the run"))
    _run(paper, result, record)
    if paper.stripped:
        count = paper.stripped
        paper.say_so(
            (
                f"有 {count:,} 处文字含 Word 文档格式不允许的控制字符，已去除，其余照原样。",
                f"{count:,} texts held control characters, which no Word document may; these were "
                "taken out and the rest left as it was.",
            )
        )


def _subject(key: str) -> Says:
    return _SUBJECTS.get(key.split(".")[0], (key, key))


def _sources(paper: Paper, result: StudyResult) -> None:
    heads = (
        Head(says=("用途", "Used for"), width=24),
        Head(says=("文件", "File"), width=38),
        Head(says=("年份", "Vintage"), width=14),
        Head(says=("许可与署名", "Licence"), width=44),
        Head(says=("SHA-256（前 12 位）", "SHA-256 (first 12)"), width=30),
    )
    rows = [
        [
            paper.say(_subject(source.key)),
            source.name,
            source.vintage or ABSENT,
            source.licence or paper.say(("未注明", "not stated")),
            source.sha256[:_DIGITS] or ABSENT,
        ]
        for source in result.town.sources
    ]
    paper.table(("数据来源", "Sources"), heads, rows)
    zh, en = result.town.demand.of_year
    paper.note(
        (
            f"{zh}。— 为研究未注明年份，本报告不推定。",
            f"{en[:1].upper()}{en[1:]}. Where the study states no vintage (—) none is guessed.",
        )
    )


def _remarks(paper: Paper, result: StudyResult) -> None:
    """Every note of the readers, then how many rows were left out or are doubtful."""
    notes = result.town.notes
    if notes:
        heads = (
            Head(says=("对象", "About"), width=26),
            Head(says=("说明", "Remark"), width=124),
        )
        rows = [[paper.say(_subject(note.about)), paper.say((note.zh, note.en))] for note in notes]
        paper.table(("读取数据时的说明", "Remarks made while reading"), heads, rows)
    else:
        paper.say_so(("没有。", "None."))
    done = [note.done for note in result.town.row_notes]
    if done:
        counts = [done.count(kind) for kind in ("rejected", "repaired", "doubtful")]
        paper.say_so(
            (
                f"台账逐行核查：剔除 {counts[0]:,} 行，改读 {counts[1]:,} 行，"
                f"存疑 {counts[2]:,} 行，见 data_check.csv。",
                f"Rows of registers: {counts[0]:,} left out, {counts[1]:,} read otherwise, "
                f"{counts[2]:,} in doubt; see data_check.csv.",
            )
        )


def _run(paper: Paper, result: StudyResult, record: RunRecord | None) -> None:
    zh, en = f"成果编号 {result.digest}", f"Digest of the run {result.digest}"
    if record is not None:
        program = record.versions.get("planning", ABSENT)
        zh = f"{zh}，随机种子 {record.seed}，程序版本 {program}"
        en = f"{en}, seed {record.seed}, program version {program}"
    paper.say_so(
        (
            f"{zh}。本报告各数与 summary.json 及各 CSV 表一致；— 为没有数据，不是 0。",
            f"{en}. Every figure agrees with summary.json and the tables; — is absent, never 0.",
        )
    )
