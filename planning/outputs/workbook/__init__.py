"""The Excel tables of a run: ``tables.xlsx``, one sheet a question, formulas that stay live."""

from planning.outputs.workbook.book import write_workbook

__all__ = ["write_workbook"]
