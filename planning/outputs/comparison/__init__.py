"""Runs side by side: read back from their folders, compared, written as table, page and section."""

from planning.outputs.comparison.compared import Comparison, Pair, compare_runs

__all__ = ["Comparison", "Pair", "compare_runs"]
