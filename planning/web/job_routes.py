"""Sitings of scenarios: asked for, watched, stopped; what they left."""

from __future__ import annotations

from fastapi import APIRouter, Response

from planning.web.bodies import FileAnswer, Id, JobAnswer, ScenarioBody, refusals
from planning.web.computable import check_computable
from planning.web.deliverables import Deliverables
from planning.web.desk import Desk
from planning.web.scenario_routes import checked


def job_routes(desk: Desk) -> APIRouter:
    """Sitings in processes of their own."""
    router = APIRouter(prefix="/api/jobs", tags=["jobs"])

    @router.get("", responses=refusals())
    def listed() -> list[JobAnswer]:
        """全部求解 every siting, the last asked for first."""
        return [JobAnswer.model_validate(one) for one in desk.jobs.listed()]

    @router.post("", status_code=202, responses=refusals(409, 429, body=True))
    def ask(body: ScenarioBody) -> JobAnswer:
        """为情景求解选址 site a scenario; it waits its turn."""
        desk.check_open()
        scenario = checked(desk, body)
        check_computable(scenario)
        return JobAnswer.model_validate(desk.jobs.ask(scenario))

    @router.get("/{id}", responses=refusals(404, 422))
    def read(id: Id) -> JobAnswer:
        """求解进展：目前最好、下界、差距 how far it is: the best found, the bound, the gap."""
        return JobAnswer.model_validate(desk.jobs.read(id))

    @router.delete(
        "/{id}",
        responses={204: {"description": "已删去 taken away"}, **refusals(404, 409, 422)},
    )
    def stop(id: Id) -> JobAnswer | None:
        """取消：先取目前最好的，再次取消即终止；已结束的则删去 stop it, or take it away."""
        desk.check_open()
        job = desk.jobs.stop(id)
        if job is None:
            return Response(status_code=204)  # type: ignore[return-value]
        return JobAnswer.model_validate(job)

    @router.get("/{id}/files", responses=refusals(404, 422))
    def deliverables(id: Id) -> list[FileAnswer]:
        """求解的成果，地址为 /jobs/编号/files/路径 its deliverables."""
        listed = Deliverables(desk.jobs.folder_of(id)).listed()
        return [FileAnswer.model_validate(one) for one in listed]

    return router


def job_file_routes(desk: Desk) -> APIRouter:
    """``/jobs/…/files/…``: what a browser opens."""
    router = APIRouter(include_in_schema=False)

    @router.get("/jobs/{id}/files/{path:path}")
    def deliverable(id: Id, path: str) -> Response:
        return Deliverables(desk.jobs.folder_of(id)).answer(path)

    return router
