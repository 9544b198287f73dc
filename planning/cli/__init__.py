"""The command line ``planning``."""

from planning.cli.commands import app
from planning.cli.main import main

__all__ = ["app", "main"]
