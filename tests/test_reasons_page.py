"""The page of reasons opens without a network, and says what the tables of its run say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from browser import Page, Reader, open_page

from planning import workflow
from planning.outputs.inlining import OutsideReferenceError
from planning.outputs.pages import drawn as drawn_page
from planning.outputs.pages import reasons as page_maker
from planning.result import StudyResult

HOSTILE = "</script><img src=x onerror=\"document.body.dataset.hacked='1'\">{{ 7 * 7 }}\u2028{0}"


@pytest.fixture(scope="module")
def done(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyResult, Path]:
    return workflow.run(sample_folder / "study.yaml", out_dir=tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def run(done: tuple[StudyResult, Path]) -> Path:
    return done[1]


@pytest.fixture(scope="module")
def content(run: Path) -> dict[str, Any]:
    text = (run / "reasons.html").read_text(encoding="utf-8")
    found = re.search(r'id="reasons-content">(.*?)</script>', text, flags=re.DOTALL)
    assert found
    body: dict[str, Any] = json.loads(found[1])
    return body


def table(run: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(run / f"{name}.csv")


# --- what the page carries -----------------------------------------------------------------------


def test_nothing_beyond_the_file_is_referred_to(run: Path) -> None:
    seen = Reader((run / "reasons.html").read_text(encoding="utf-8"))
    loading = {"src", "href", "srcset", "data", "poster", "action"}
    assert [t for t in seen.tags if loading & set(t[1])] == []
    policies = [t[1]["content"] for t in seen.tags if "content" in t[1] and "http-equiv" in t[1]]
    assert any(p and p.startswith("default-src 'none'; script-src 'sha256-") for p in policies)


def test_an_asset_that_would_ask_the_network_is_refused(content: dict[str, Any]) -> None:
    skeleton = drawn_page._SKELETON.replace("<body>", '<body><img src="a.png">')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawn_page, "_SKELETON", skeleton)
        with pytest.raises(OutsideReferenceError, match=r"reasons\.html"):
            page_maker.reasons_page("书", content)


def test_the_page_carries_the_sites_of_the_table(content: dict[str, Any], run: Path) -> None:
    plan = table(run, "plan")
    rows = [
        (site["site"], site["candidate"], one["service"], one["module"], one["floor_m2"],
         one["nearest"], one["optimum"])
        for site in content["sites"]
        for one in site["builds"]
    ]  # fmt: skip
    columns = ["site", "candidate_id", "service", "module", "floor_m2", "goes_nearest",
               "goes_optimum"]  # fmt: skip
    for row, want in zip(rows, plan[columns].itertuples(index=False), strict=True):
        assert row[:4] == tuple(want)[:4]
        for one, other in zip(row[4:], tuple(want)[4:], strict=True):
            assert (one is None and np.isnan(other)) or one == pytest.approx(other)
    for site in content["sites"]:
        of = plan[plan["site"] == site["site"]]
        assert site["cost_yuan"] == pytest.approx(of["cost_yuan"].sum())
        loss = site["loss"]
        assert loss["lost_people"] == pytest.approx(of["lost_people"].iloc[0])
        assert loss["lost_people"] == pytest.approx(sum(one["people"] for one in loss["people"]))
        assert loss["lost_clauses"] == of["lost_clauses"].iloc[0]
        assert loss["lost_clauses"] == sum(one["falls"] for one in loss["clauses"])
        other = site["alternative"]
        if other is None:
            assert of["alternative_id"].isna().all()
        else:
            assert set(of["alternative_id"]) == {other["candidate"]}
            assert other["extra_yuan"] == pytest.approx(of["alternative_extra_yuan"].iloc[0])
            assert len(other["leaves"]) == of["alternative_leaves"].iloc[0]
            for one in other["leaves"]:
                assert one["said"][0] in of["alternative_zh"].iloc[0]
        because = "；".join(f"{p['article']}：{p['said'][0]}" for p in site["purposes"])
        assert because == "；".join(of["because_zh"])


def test_the_page_carries_what_is_unmet_with_its_relaxation(
    content: dict[str, Any], run: Path
) -> None:
    unmet = table(run, "unmet")
    assert len(content["unmet"]) + len(content["not_posed"]) == len(unmet)
    rows = unmet[unmet["posed"] == "yes"].itertuples()
    for one, row in zip(content["unmet"], rows, strict=True):
        assert (one["clause"], one["missing"]) == (row.clause_id, pytest.approx(row.missing))
        first = one["relaxations"][0]
        assert (first["kind"], first["said"][0]) == (row.relaxation, row.relax_zh)
        assert first["amount"] == pytest.approx(row.relax_by)


def test_the_plan_in_figures_is_that_of_the_summary(content: dict[str, Any], run: Path) -> None:
    plan = json.loads((run / "summary.json").read_text(encoding="utf-8"))["plan"]
    head = content["plan"]
    for name in ("status", "objective_yuan", "bound_yuan", "gap", "people_short"):
        assert head[name] == plan[name]
    assert head["sites"] == plan["sites_opened"]
    assert head["met"] == [plan["findings_before"]["met"], plan["findings_after"]["met"]]
    assert [one["yuan"] for one in head["years"]] == [one["yuan"] for one in plan["years"]]


def test_every_clause_that_is_cited_has_its_quote(content: dict[str, Any], run: Path) -> None:
    findings = table(run, "findings").set_index("clause_id")["quote"]
    cited = {one["clause"] for site in content["sites"] for one in site["purposes"]}
    assert cited <= set(content["clauses"])
    for name, clause in content["clauses"].items():
        assert clause["quote"] == findings[name].iloc[0] and clause["document"]


def test_the_same_result_gives_the_same_page(done: tuple[StudyResult, Path]) -> None:
    result, run = done
    again = run.parent / "again.html"
    page_maker.write_reasons(again, result)
    assert again.read_bytes() == (run / "reasons.html").read_bytes()


# --- who goes where ------------------------------------------------------------------------------


def test_every_planned_site_stands_in_the_loads_under_its_own_id(run: Path) -> None:
    loads, plan = table(run, "loads"), table(run, "plan")
    after = loads[(loads["state"] == "after") & loads["site"].notna()]
    assert set(plan["candidate_id"]) <= set(after["facility_id"])
    assert set(zip(after["facility_id"], after["site"], strict=True)) == set(
        zip(plan["candidate_id"], plan["site"], strict=True)
    )
    assert loads[loads["state"] == "now"]["site"].isna().all()
    for row in plan.itertuples():
        of = after[
            (after["facility_id"] == row.candidate_id)
            & (after["service"] == row.service)
            & (after["rule"] == "nearest")
        ]
        assert of["people"].sum() == pytest.approx(row.goes_nearest)


def test_loads_and_goings_are_the_ledgers_by_facility(run: Path) -> None:
    """Everybody covered goes to the nearest; everybody served goes where the rule sends them."""
    loads, goings = table(run, "loads"), table(run, "goings")
    ledgers = {name: table(run, name) for name in ("coverage", "capacity")}
    key = ["state", "service", "rule"]
    people = loads.groupby(key)["people"].sum()
    assert goings.groupby(key)["people"].sum().sort_index().to_list() == pytest.approx(
        people.sort_index().to_list()
    )
    area = {name: one[one["level"] == "area"] for name, one in ledgers.items()}
    for (state, service, rule), total in people.items():
        of = area["coverage" if rule == "nearest" else "capacity"]
        of = of[(of["state"] == state) & (of["service"] == service)]
        if rule != "nearest":
            assert total == pytest.approx(of[of["rule"] == rule]["served"].iloc[0])
            continue
        row = loads[(loads["service"] == service)].iloc[0]
        of = of[(of["group"] == row["group"]) & (of["limit_min"] == row["limit_min"])]
        assert total == pytest.approx(of["covered"].iloc[0] * row["uptake"])
    held = loads[(loads["rule"] != "nearest") & loads["capacity"].notna()]
    assert len(held) and (held["people"] <= held["capacity"] * (1 + 1e-9)).all()
    assert (loads["farthest_min"].dropna() <= loads["limit_min"].max() + 1e-9).all()


# --- in a browser --------------------------------------------------------------------------------


def opened(folder: Path, view: str = "") -> Page:
    page = open_page(folder / "reasons.html", view)
    assert page.dataset["ready"] == "1", page.console
    assert page.console == []
    assert page.requests == []
    return page


def test_the_page_shows_every_site_and_every_unmet_requirement(
    content: dict[str, Any], run: Path
) -> None:
    page = opened(run)
    seen = page.dataset
    assert int(seen["sites"]) == int(seen["shown"]) == len(content["sites"]) > 0
    assert int(seen["unmet"]) == len(content["unmet"])
    for site in content["sites"]:
        for one in (*site["purposes"], *site["loss"]["clauses"]):
            assert one["said"][0] in page.dom
            assert content["clauses"][one["clause"]]["quote"] in page.dom
        if site["alternative"]:
            assert site["alternative"]["candidate"] in page.dom
    for row in content["unmet"]:
        for way in row["relaxations"]:
            assert way["said"][0] in page.dom
    for slip in ("undefined", "NaN", "[object", "null"):
        assert slip not in re.sub(r"<script.*?</script>", "", page.dom, flags=re.DOTALL), slip


def test_the_page_speaks_english(content: dict[str, Any], run: Path) -> None:
    dom = opened(run, "lang=en").dom
    assert "Reasons for the sites" in dom and "What is lost without it" in dom
    assert content["sites"][0]["purposes"][0]["said"][1] in dom


def test_a_site_may_be_looked_for(content: dict[str, Any], run: Path) -> None:
    name = content["sites"][0]["candidate"]
    assert opened(run, f"find={name}").dataset["shown"] == "1"
    assert opened(run, "find=nowhere").dataset["shown"] == "0"


def test_what_no_site_can_be_asked_to_meet_is_shown_with_its_reason(
    content: dict[str, Any], tmp_path: Path
) -> None:
    more = json.loads(json.dumps(content))
    row = {k: v for k, v in more["unmet"][0].items() if k != "relaxations"}
    more["not_posed"] = [
        {**row, "because": ["不靠选址解决", "no site changes it"], "missing": None}
    ]
    more["unmet"][0]["relaxations"] = []
    text = page_maker.reasons_page("书", more)
    (tmp_path / "reasons.html").write_text(text, encoding="utf-8")
    page = opened(tmp_path)
    assert page.dataset["notPosed"] == "1"
    assert "不靠选址解决</span>" in page.dom and "没有找到" in page.dom


def test_hostile_text_stays_text(content: dict[str, Any], tmp_path: Path) -> None:
    bad = json.loads(json.dumps(content))
    bad["title"] = HOSTILE
    for clause in bad["clauses"].values():
        clause["quote"], clause["title"] = HOSTILE, [HOSTILE, HOSTILE]
    for site in bad["sites"]:
        site["candidate"], site["path"] = HOSTILE, [HOSTILE]
        for one in site["purposes"]:
            one["said"] = [HOSTILE, HOSTILE]
    text = page_maker.reasons_page(HOSTILE, bad)
    (tmp_path / "reasons.html").write_text(text, encoding="utf-8")
    seen = opened(tmp_path)
    assert "hacked" not in seen.dataset
    assert "{{ 7 * 7 }}" in seen.dom
