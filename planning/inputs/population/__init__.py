"""Who lives where: counts by cell, official totals of units, ages and groups."""
