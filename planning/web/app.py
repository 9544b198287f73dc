"""The application: routes in front of a desk, behind a door."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI

from planning.web.desk import Desk
from planning.web.door import Door
from planning.web.guard import Bounds, Guard
from planning.web.job_routes import job_file_routes, job_routes
from planning.web.refusals import answer_refusals
from planning.web.scenario_routes import figure_routes, scenario_routes
from planning.web.town_routes import page_routes, town_routes

_ABOUT = """推演页面的服务：步行、正式体检、情景、求解、成果。每个拒绝都是同一种形状。

What the what-if page asks of its server. Every refusal has one shape.
"""


def application(desk: Desk, *, door: Door, bounds: Bounds | None = None) -> Guard:
    """What uvicorn serves.

    The interface is told at ``/api/openapi.json``; a page that draws it would come from elsewhere,
    so there is none.
    """
    app = FastAPI(
        title="planning serve",
        version=version("yilao-planning"),
        description=_ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    answer_refusals(app)
    for routes in (
        page_routes, town_routes, scenario_routes, figure_routes, job_routes, job_file_routes
    ):  # fmt: skip
        app.include_router(routes(desk))
    return Guard(app, door=door, bounds=bounds)
