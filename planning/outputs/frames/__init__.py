"""Results as tables, in the columns that `planning.tables` promises."""
