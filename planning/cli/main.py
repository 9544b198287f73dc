"""Arguments → a command → a sentence and an exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

from planning.cli.commands import app
from planning.cli.exit_code import Exit


def _complain(error: Exception) -> None:
    sys.stderr.write("".join(f"✗ {line}\n" for line in str(error).splitlines()))


def main() -> NoReturn:
    """Run the command line and turn what went wrong into a sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    from planning.errors import OurFaultError, PlanningError

    try:
        app(standalone_mode=True)
    except OurFaultError as error:
        _complain(error)
        sys.exit(Exit.OURS)
    except PlanningError as error:
        _complain(error)
        sys.exit(Exit.USER)
    except (OSError, MemoryError, ImportError) as error:
        _end_lacking(error)
    except Exception:
        _end_as_ours()
    sys.exit(Exit.DONE)


def _end_lacking(error: OSError | MemoryError | ImportError) -> NoReturn:
    """Say what the machine lacks; libraries that find no memory cannot even be loaded."""
    from planning.shortage import Needs, shortage_of

    told = shortage_of(error, Path.cwd(), Needs())
    if told is not None:
        _complain(told)
    elif isinstance(error, OSError):
        sys.stderr.write(f"✗ 系统错误：{error}\n✗ The system refused: {error}\n")
    else:
        _end_as_ours()
    sys.exit(Exit.USER)


def _end_as_ours() -> NoReturn:
    import traceback

    traceback.print_exc()
    sys.stderr.write(
        "✗ 程序自身的错误，请把以上内容发给我们。\n"
        "✗ This is our own fault: please send us the above.\n"
    )
    sys.exit(Exit.OURS)
