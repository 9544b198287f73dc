"""``report.docx``: the report a bureau hands in, one file a chapter."""

from planning.outputs.report.writing import write_report

__all__ = ["write_report"]
