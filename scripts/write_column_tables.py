"""Write the column tables of docs/results.md from `planning.tables`, after changing one."""

from pathlib import Path

from planning.tables import TABLES

PAGE = Path(__file__).parent.parent / "docs" / "results.md"
FILES = {
    "findings": "findings.csv",
    "scorecard": "scorecard.csv",
    "coverage": "coverage.csv",
    "capacity": "capacity.csv",
    "loads": "loads.csv",
    "goings": "goings.csv",
    "access": "access.csv",
    "speed_band": "speed_band.csv",
    "data_check": "data_check.csv",
    "residential_areas": "residential_areas.csv",
    "obligations": "obligations.csv",
    "area_sites": "area_sites.csv",
    "plan": "plan.csv",
    "unmet": "unmet.csv",
    "closure": "closure.csv",
    "closure_sites": "closure_sites.csv",
    "closure_findings": "closure_findings.csv",
    "closure_ranking": "closure_ranking.csv",
    "frontier": "frontier.csv",
    "robustness": "robustness.csv",
    "robustness_coverage": "robustness_coverage.csv",
    "frontier_coverage": "frontier_coverage.csv",
}


def column_tables() -> str:
    """A Markdown table for every CSV, in the order of its columns."""
    parts = []
    for name, columns in TABLES.items():
        rows = [f"| `{c.name}` | {c.kind} | {c.unit or '–'} | {c.zh} | {c.en} |" for c in columns]
        head = ["| column | type | unit | 含义 | meaning |", "|---|---|---|---|---|"]
        parts.append("\n".join([f"### `{FILES[name]}`", "", *head, *rows]))
    return "\n\n".join(parts)


def page_with_tables(page: str) -> str:
    """The page with everything between its two markers written anew."""
    begin, end = "<!-- columns: begin -->", "<!-- columns: end -->"
    before, rest = page.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n\n{column_tables()}\n\n{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
