"""A3 map sheets and charts of a result, as PDF and PNG; one file a sheet."""

from planning.outputs.sheets.writing import write_sheets

__all__ = ["write_sheets"]
