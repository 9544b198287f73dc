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
    except (OSError, MemoryError) as error:
        from planning.shortage import Needs, shortage_of

        told = shortage_of(error, Path.cwd(), Needs())
        if told is not None:
            _complain(told)
            sys.exit(Exit.USER)
        sys.stderr.write(f"✗ 系统错误：{error}\n✗ The system refused: {error}\n")
        sys.exit(Exit.USER)
    except Exception:
        import traceback

        traceback.print_exc()
        sys.stderr.write(
            "✗ 程序自身的错误，请把以上内容发给我们。\n"
            "✗ This is our own fault: please send us the above.\n"
        )
        sys.exit(Exit.OURS)
    sys.exit(Exit.DONE)
