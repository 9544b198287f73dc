"""The page and what it asks of the town: content, walks, deliverables."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from planning.web.bodies import (
    CircleBody,
    FileAnswer,
    LineAnswer,
    LinesBody,
    Responses,
    RowsBody,
    StreetBody,
    refusals,
)
from planning.web.desk import Desk
from planning.web.page import (
    digest_of_bytes,
    files_html,
    has_it,
    page_html,
    static_file,
    static_type,
)
from planning.web.walks import Streets

_ROWS: Responses = {
    200: {
        "description": "小端字节：u32 设施数；逐设施 u32 点数、i32 点号（升序）、i32 毫秒 "
        "little endian: u32 places; of each u32 count, i32 points (rising), i32 ms",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}

_PIECES: Responses = {
    200: {
        "description": "小端 f64：x0、y0、x1、y1…（米） little endian f64: x0, y0, x1, y1, … [m]",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def page_routes(desk: Desk) -> APIRouter:
    """``/``, ``/static/…`` and ``/files/…``: what a browser opens; no part of the interface."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def page() -> HTMLResponse:
        lacking = desk.subject.lacking
        if lacking is None:
            text = page_html(desk.about()["title"])
        else:
            names = [str(one["path"]) for one in desk.files.listed()]
            text = files_html(desk.subject.name, lacking, names)
        return HTMLResponse(text, headers={"cache-control": "no-cache"})

    @router.get("/static/{name:path}")
    def static(name: str, request: Request) -> Response:
        body = static_file(name)
        digest = digest_of_bytes(body)
        headers = {"etag": f'"{digest}"', "cache-control": "no-cache"}
        if has_it(request, digest):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=static_type(name))

    @router.get("/files/{path:path}")
    def deliverable(path: str) -> Response:
        return desk.files.answer(path)

    return router


def town_routes(desk: Desk) -> APIRouter:
    """What the page asks of the town."""
    router = APIRouter(prefix="/api", tags=["town"])

    @router.get("/study", responses=refusals())
    def about() -> dict[str, Any]:
        """所服务的研究或成果 what is served, and what cannot be done with it."""
        return desk.about()

    @router.get("/content", responses=refusals(409, 422))
    def content(
        request: Request,
        streets: Annotated[
            bool, Query(description="是否含路网（路网大时不含） with the streets, where few enough")
        ] = False,
    ) -> dict[str, Any]:
        """页面内容 what the page is made from; gzip, ETag."""
        return desk.content(with_streets=streets).answer(request)  # type: ignore[return-value]

    @router.post(
        "/rows",
        response_class=Response,
        responses={**_ROWS, **refusals(409, body=True)},
    )
    def rows(body: RowsBody) -> Response:
        """谁在时限内走到各处 who walks to each place within the limit."""
        packed = desk.walks.rows(
            [(x, y) for x, y in body.places],
            limit_ms=body.limit_ms,
            streets=_streets(desk, body),
            extra=[(x, y) for x, y in body.extra],
        )
        return Response(packed, media_type="application/octet-stream")

    @router.post(
        "/circle", response_class=Response, responses={**_PIECES, **refusals(409, body=True)}
    )
    def circle(body: CircleBody) -> Response:
        """一处设施时限内可达的街道 the streets within the limit of a place, to be drawn."""
        x, y = body.place
        pieces = desk.walks.circle((x, y), limit_ms=body.limit_ms, streets=_streets(desk, body))
        return Response(pieces, media_type="application/octet-stream")

    @router.post("/street", responses=refusals(409, body=True))
    def street(body: StreetBody) -> LineAnswer | None:
        """最近的街道，没有则 null the street nearest to a place, null where none is near."""
        x, y = body.place
        line = desk.walks.street_at((x, y), within_m=body.within_m)
        return None if line is None else LineAnswer(line=line, paths=desk.walks.paths(line))

    @router.post("/lines", responses=refusals(409, body=True))
    def lines(body: LinesBody) -> list[LineAnswer]:
        """按编号画出街道 streets to be drawn, by the ids of their lines."""
        walks = desk.walks
        return [LineAnswer(line=line, paths=walks.paths(line)) for line in body.lines]

    @router.get("/files", responses=refusals())
    def deliverables() -> list[FileAnswer]:
        """成果目录中的文件，地址为 /files/路径 the deliverables; each at /files/path."""
        return [FileAnswer.model_validate(one) for one in desk.files.listed()]

    return router


def _streets(desk: Desk, body: RowsBody | CircleBody) -> Streets:
    """The streets that a request walks on."""
    speed = desk.walks.usual_m_s if body.speed_m_s is None else float(body.speed_m_s)
    return Streets(speed_m_s=speed, closed=tuple(sorted(set(body.closed_streets))))
