"""Pages to read and to print: scorecard, reasons, trade-offs."""
