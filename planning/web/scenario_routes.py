"""Scenarios: saved, opened, taken away; assessed and compared."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Header, Query, Response

from planning.web.bodies import Id, ReadAnswer, SavedAnswer, ScenarioBody, refusals
from planning.web.compared import column, outlined
from planning.web.computable import check_computable
from planning.web.desk import Desk
from planning.web.refusals import refused
from planning.web.scenario_file import ScenarioFile

Answer = TypeVar("Answer", bound=SavedAnswer)
IfMatch = Annotated[
    str, Header(alias="If-Match", pattern=r'^"[0-9]{1,9}"$', description='版本，如 "3" a version')
]


def scenario_routes(desk: Desk) -> APIRouter:
    """Scenarios as they are saved."""
    router = APIRouter(prefix="/api/scenarios", tags=["scenarios"])

    @router.get("", responses=refusals())
    def listed() -> list[SavedAnswer]:
        """已存的情景 the saved scenarios, by name."""
        return [SavedAnswer(**asdict(one)) for one in desk.scenarios.listed()]

    @router.post("", status_code=201, responses=refusals(409, body=True))
    def add(body: ScenarioBody, response: Response) -> SavedAnswer:
        """另存情景 save a new one; its name must be free."""
        desk.check_open()
        saved = desk.scenarios.add(checked(desk, body))
        return _tagged(SavedAnswer(**asdict(saved)), response)

    @router.get("/{id}", responses=refusals(404, 422))
    def read(id: Id, response: Response) -> ReadAnswer:
        """打开情景 one of them; its version is the ETag."""
        saved, scenario = desk.scenarios.read(id)
        return _tagged(ReadAnswer(**asdict(saved), scenario=dict(scenario)), response)

    @router.put("/{id}", responses=refusals(404, 409, 412, 428, body=True))
    def change(id: Id, body: ScenarioBody, if_match: IfMatch, response: Response) -> SavedAnswer:
        """保存情景 save over the version that If-Match names."""
        desk.check_open()
        version = _version(if_match)
        saved = desk.scenarios.change(id, checked(desk, body), version=version)
        return _tagged(SavedAnswer(**asdict(saved)), response)

    @router.delete("/{id}", status_code=204, responses=refusals(404, 409, 412, 422, 428))
    def remove(id: Id, if_match: IfMatch) -> None:
        """删去情景 take away the version that If-Match names."""
        desk.check_open()
        desk.scenarios.remove(id, version=_version(if_match))

    return router


def figure_routes(desk: Desk) -> APIRouter:
    """True figures of scenarios, computed as `planning assess` does."""
    router = APIRouter(prefix="/api", tags=["figures"])

    @router.post("/assess", responses=refusals(409, 503, body=True))
    def assess(body: ScenarioBody) -> dict[str, Any]:
        """正式体检：与 planning assess 相同 coverage and findings of a scenario, by Python."""
        desk.check_open()
        scenario = checked(desk, body)
        check_computable(scenario)
        return outlined(desk.assessments.of(scenario))

    @router.get("/comparison", responses=refusals(404, 409, 422, 503))
    def comparison(
        ids: Annotated[
            str,
            Query(
                pattern=r"^([0-9a-f]{16}(,[0-9a-f]{16}){0,5})?$",
                description="已存情景的编号，逗号分隔 ids of saved scenarios, by comma",
            ),
        ] = "",
    ) -> dict[str, Any]:
        """并列比较：现状、方案、各情景 the present, the plan and scenarios side by side."""
        present = desk.figures()
        base, services = present["now"], present["services"]
        columns = [column("present", base, services=services, yuan=None, base=base)]
        if "after" in present:
            columns.append(
                column(
                    "plan",
                    present["after"],
                    services=services,
                    yuan=present["plan_yuan"],
                    base=base,
                )
            )
        for id in dict.fromkeys(part for part in ids.split(",") if part):
            saved, scenario = desk.scenarios.read(id)
            check_computable(scenario)
            found = outlined(desk.assessments.of(scenario))
            what_if = found["what_if"] or {}
            told = column(
                saved.name, found["now"], services=found["services"],
                yuan=what_if.get("yuan"), base=base,
            )  # fmt: skip
            columns.append({"id": id, "version": saved.version, "what_if": what_if, **told})
        return {"study": present["study"], "base": present["scenario"], "columns": columns}

    return router


def checked(desk: Desk, body: ScenarioBody) -> dict[str, Any]:
    """A scenario of this very study. Raises `Refused` (422) for another's."""
    scenario: ScenarioFile = body.scenario
    if scenario.study != desk.subject.name:
        raise refused(
            422,
            "scenario.study",
            found=(f"研究“{scenario.study}”的情景", f"a scenario of '{scenario.study}'"),
            expected=(f"研究“{desk.subject.name}”的情景", f"one of '{desk.subject.name}'"),
            to_do=("打开那个研究的服务", "open the server of that study"),
        )
    return scenario.model_dump(mode="json")


def _version(if_match: str) -> int:
    return int(re.sub(r"\D", "", if_match))


def _tagged(saved: Answer, response: Response) -> Answer:
    response.headers["etag"] = f'"{saved.version}"'
    return saved
