"""The command line ``planning``."""

from planning.cli.commands import app, main

__all__ = ["app", "main"]
