"""What requests carry, and what answers say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from planning.study.what_if import LARGEST_ID
from planning.web.refusals import ErrorAnswer, ErrorBody
from planning.web.scenario_file import ScenarioFile

MOST_PLACES = 500
MOST_POINTS = 20_000
MOST_STREETS = 5_000
MOST_LIMIT_MS = 240 * 60_000
MOST_WITHIN_M = 5_000.0
SLOWEST_M_S, FASTEST_M_S = 0.2, 5.0
_MOST_M = 1e8

Metres = Annotated[float, Field(ge=-_MOST_M, le=_MOST_M, allow_inf_nan=False)]
Place = Annotated[list[Metres], Field(min_length=2, max_length=2)]
"""x and y in the study's metric CRS [m]."""


def _whole(number: object) -> object:
    """2.0 as 2: JSON knows one kind of number."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Whole = BeforeValidator(_whole)
Id = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]

LineId = Annotated[int, Field(ge=-LARGEST_ID, le=LARGEST_ID), Whole]

Responses = dict[int | str, dict[str, Any]]

_SAID = {
    400: "读不懂的请求 a request that cannot be read",
    401: "缺少口令 no token",
    403: "来自别处的请求 a request from elsewhere",
    404: "没有这一项 no such thing",
    408: "发送太慢 sent too slowly",
    409: "与现状不符 at odds with what is there",
    412: "已被另行保存 saved by somebody else since",
    413: "太大 too large",
    415: "不是 JSON not JSON",
    422: "内容有误 something wrong in it",
    428: "缺少 If-Match no If-Match",
    429: "排队已满 too many waiting",
    500: "程序自身的错误 our own fault",
    503: "忙 busy",
}


def refusals(*statuses: int, body: bool = False) -> Responses:
    """The refusals of a route, those of every route among them."""
    always = (400, 401, 403, 408, 413, 415, 422) if body else (400, 401, 403, 413)
    return {
        status: {"model": ErrorAnswer, "description": _SAID[status]}
        for status in sorted({*always, *statuses, 500})
    }


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _WalkBody(_Body):
    """How far people walk, how fast, and which streets are closed."""

    limit_ms: Annotated[int, Field(ge=1, le=MOST_LIMIT_MS), Whole] = Field(
        description="步行时限（毫秒） the limit of the walk"
    )
    speed_m_s: (
        Annotated[float, Field(ge=SLOWEST_M_S, le=FASTEST_M_S, allow_inf_nan=False)] | None
    ) = Field(default=None, description="步速，默认同研究 the study's if absent")
    closed_streets: Annotated[list[LineId], Field(max_length=MOST_STREETS)] = Field(
        default=[], description="封闭的道路（线编号） closed streets, by line"
    )


class RowsBody(_WalkBody):
    """Who walks to each place within the limit, at a speed, with streets closed."""

    places: Annotated[list[Place], Field(max_length=MOST_PLACES)] = Field(
        description="设施位置 [[x, y], …]，研究所用投影 where facilities stand [m]"
    )
    extra: Annotated[list[Place], Field(max_length=MOST_POINTS)] = Field(
        default=[],
        description="勾画居住区的人口点，排在最后 points of sketched areas, the last ones",
    )


class CircleBody(_WalkBody):
    """Streets within the limit of a place."""

    place: Place = Field(description="设施位置 [x, y] where the facility stands [m]")


class StreetBody(_Body):
    """The street nearest to a place."""

    place: Place
    within_m: Annotated[float, Field(gt=0, le=MOST_WITHIN_M, allow_inf_nan=False)] = Field(
        description="至多相距（米） how far at most"
    )


class LinesBody(_Body):
    """Streets by the ids of their lines."""

    lines: Annotated[list[LineId], Field(max_length=MOST_STREETS)]


class LineAnswer(BaseModel):
    """A street to be drawn: each piece x, y, x, y, … [m]; none of an unknown line."""

    line: int
    paths: list[list[float]]


class ScenarioBody(_Body):
    """A scenario, as a file for `planning run --scenario` has it."""

    scenario: ScenarioFile


class SavedAnswer(BaseModel):
    """A saved scenario as it is listed."""

    id: str
    name: str
    version: int
    saved_at: str
    bytes: int


class ReadAnswer(SavedAnswer):
    """A saved scenario and what it says."""

    scenario: dict[str, Any]


class JobAnswer(BaseModel):
    """A siting: its state, how far it is, and what it left."""

    id: str
    name: str
    state: Literal["queued", "running", "stopping", "done", "stopped", "failed", "interrupted"]
    asked_at: str
    began_at: str | None
    ended_at: str | None
    folder: str | None = Field(description="成果目录名 its run folder")
    error: ErrorBody | None
    elapsed_s: float | None
    progress: dict[str, Any] = Field(
        description="step、said（中英）、figures：aim、found、bound、gap、seconds"
    )


class FileAnswer(BaseModel):
    """A deliverable as it is listed."""

    path: str
    bytes: int
    type: str
    zh: str = Field(description="是什么，未登记则空 what it is, in Chinese; blank if unknown")
    en: str
