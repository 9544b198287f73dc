"""Every refusal in one shape: what was found, what was expected, what to do; 中英 both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from planning.errors import Fault, OurFaultError, PlanningError

_MOST_SHOWN = 60
_MOST_FAULTS = 20


class FaultBody(BaseModel):
    """One fault: where, found, expected, what to do."""

    where: str
    found_zh: str
    found_en: str
    expected_zh: str
    expected_en: str
    to_do_zh: str
    to_do_en: str


class ErrorBody(FaultBody):
    """The first fault, and the others found with it."""

    others: list[FaultBody] = []


class ErrorAnswer(BaseModel):
    """What every refusal answers."""

    error: ErrorBody


class Refused(Exception):  # noqa: N818 (a refusal is an answer, not an error of ours)
    """A request that is answered with a fault and a status of HTTP."""

    def __init__(
        self, status: int, *faults: Fault, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.faults, self.headers = status, faults, dict(headers or {})
        super().__init__("\n".join(line for fault in faults for line in fault.lines()))


def refused(
    status: int,
    where: str,
    *,
    found: tuple[str, str],
    expected: tuple[str, str],
    to_do: tuple[str, str],
    headers: Mapping[str, str] | None = None,
) -> Refused:
    """A refusal with one fault, ready to raise."""
    fault = Fault(where=where, found=found, expected=expected, to_do=to_do)
    return Refused(status, fault, headers=headers)


def fault_content(fault: Fault) -> dict[str, str]:
    """A fault as JSON says it."""
    said = {"where": fault.where}
    for name in ("found", "expected", "to_do"):
        said[f"{name}_zh"], said[f"{name}_en"] = getattr(fault, name)
    return said


def error_content(faults: Sequence[Fault]) -> dict[str, Any]:
    """Faults in the one shape of every refusal."""
    first, *others = faults
    listed = [fault_content(fault) for fault in others[: _MOST_FAULTS - 1]]
    return {"error": {**fault_content(first), "others": listed}}


def faults_of(content: Mapping[str, Any]) -> tuple[Fault, ...]:
    """The faults that `error_content` wrote."""
    listed = [content["error"], *content["error"]["others"]]
    return tuple(
        Fault(
            where=said["where"],
            found=(said["found_zh"], said["found_en"]),
            expected=(said["expected_zh"], said["expected_en"]),
            to_do=(said["to_do_zh"], said["to_do_en"]),
        )
        for said in listed
    )


def answer(refusal: Refused) -> JSONResponse:
    """A refusal as it is sent."""
    return JSONResponse(
        error_content(refusal.faults), status_code=refusal.status, headers=refusal.headers
    )


OUR_FAULT = Fault(
    where="planning serve",
    found=("程序自身的错误", "a fault of the program itself"),
    expected=("正常的回答", "an answer"),
    to_do=(
        "重试；再次出现时把终端中的报错发给我们",
        "try again; where it comes again, send us what the terminal says",
    ),
)


def answer_refusals(app: FastAPI) -> None:
    """Have an application answer whatever goes wrong in the one shape."""

    def of_refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return answer(error)

    def of_planning(_request: Request, error: Exception) -> Response:
        assert isinstance(error, PlanningError)
        status = 500 if isinstance(error, OurFaultError) else 422
        return answer(Refused(status, *error.faults))

    def of_body(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = error.errors()[:_MOST_FAULTS]
        status = 428 if any(map(_lacks_version, found)) else 422
        return answer(Refused(status, *map(_of_pydantic, found)))

    def of_framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer(_of_status(request, error))

    def of_ourselves(_request: Request, _error: Exception) -> Response:
        return answer(Refused(500, OUR_FAULT))  # the guard says the rest on the terminal

    app.add_exception_handler(Exception, of_ourselves)
    app.add_exception_handler(Refused, of_refused)
    app.add_exception_handler(PlanningError, of_planning)
    app.add_exception_handler(RequestValidationError, of_body)
    app.add_exception_handler(HTTPException, of_framework)


_EXPECTED_ZH = {
    "missing": "必填的值",
    "extra_forbidden": "已有的键",
    "float_type": "数", "int_type": "整数", "int_from_float": "整数", "finite_number": "有限的数",
    "string_type": "文字", "bool_type": "true 或 false", "list_type": "列表", "dict_type": "对象",
    "model_attributes_type": "对象", "tuple_type": "列表",
    "greater_than": "大于 {gt} 的数", "greater_than_equal": "不小于 {ge} 的数",
    "less_than": "小于 {lt} 的数", "less_than_equal": "不大于 {le} 的数",
    "too_long": "至多 {max_length} 个值", "too_short": "至少 {min_length} 个值",
    "string_too_long": "至多 {max_length} 个字符", "string_too_short": "至少 {min_length} 个字符",
    "literal_error": "{expected}", "json_invalid": "JSON 文本",
}  # fmt: skip


def _lacks_version(error: Mapping[str, Any]) -> bool:
    """Whether somebody would save over a version without saying which."""
    return bool(error["type"] == "missing" and error["loc"] == ("header", "If-Match"))


def _of_pydantic(error: Mapping[str, Any]) -> Fault:
    """What pydantic finds wrong; its own English words say what is expected."""
    where = ".".join(str(part) for part in error["loc"])
    kind, context = error["type"], error.get("ctx") or {}
    zh = _EXPECTED_ZH.get(kind, "有效的取值").format_map(context)
    if kind == "missing":
        found = ("没有该键", "nothing there")
    else:
        value = str(error.get("input"))[:_MOST_SHOWN]
        found = (f"“{value}”", f"'{value}'")
    return Fault(
        where=where, found=found, expected=(zh, str(error["msg"])), to_do=("改正", "mend it")
    )


def _of_status(request: Request, error: HTTPException) -> Refused:
    """What the framework refuses of itself: an unknown path, a wrong method, a broken body."""
    path, method = request.url.path[:200], request.method
    if error.status_code == 404:
        found, expected = (
            ("没有这个地址", "no such address"),
            ("docs/serve.md 所列的地址", "an address that docs/serve.md lists"),
        )
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("allow") or (error.headers or {}).get("Allow", "")
        found, expected = ((f"方法 {method}", f"the method {method}"), (allowed, allowed))
    else:
        said = str(error.detail)[:200]
        found, expected = ((said, said), ("可以读懂的请求", "a request that can be read"))
    fault = Fault(
        where=path, found=found, expected=expected, to_do=("改正请求", "mend the request")
    )
    return Refused(error.status_code, fault, headers=error.headers)
