"""``planning serve``: the what-if page with a server behind it, in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planning.cli.bars import progress_bars
from planning.cli.options import OUT, DataOption, OutOption, QuietOption, ScenarioOption


def serve(
    subject: Annotated[
        Path, typer.Argument(metavar="RUN|STUDY", help="成果目录或研究文件 a run folder or a study")
    ],
    data: DataOption = None,
    scenario: ScenarioOption = None,
    out: OutOption = OUT,
    host: Annotated[
        str, typer.Option("--host", help="监听地址；非本机地址须用口令 where it listens")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65_535, help="端口，0 为任一空闲端口 0: any free one"),
    ] = 8765,
    token: Annotated[
        str | None,
        typer.Option("--token", help="口令，默认在需要时生成 made where needed if absent"),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """推演服务：在浏览器里拖动设施、求解、比较情景 try, site and compare scenarios in a browser."""
    _check_installed()
    from planning.web.serving import serve as serve_subject
    from planning.web.subject import subject_of

    served = subject_of(subject, data_dir=data, scenario=scenario, out_dir=out)
    if served.lacking is not None:
        for line in served.lacking.lines():
            typer.echo(f"⚠ {line}", err=True)

    def tell(address: str) -> None:
        typer.echo(f"打开 open: {address}")
        typer.echo(f"情景保存在 scenarios are kept in: {served.store}")
        typer.echo("按 Ctrl-C 结束 Ctrl-C ends it")

    with progress_bars(quiet=quiet) as progress:
        serve_subject(served, host=host, port=port, token=token, progress=progress, tell=tell)


def _check_installed() -> None:
    """Say what to install where the extra `app` is not."""
    from planning.errors import InputError, fail

    try:
        import fastapi  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise fail(
            InputError,
            "planning serve",
            found=(f"没有网页服务所需的库（{error}）", f"no library to serve with ({error})"),
            expected=("已安装 fastapi 和 uvicorn", "fastapi and uvicorn installed"),
            to_do=(
                '用 python3 run.py serve 打开，或运行 pip install "yilao-planning[app]"',
                'use python3 run.py serve, or run pip install "yilao-planning[app]"',
            ),
        ) from None
