"""Tables in PostGIS, copied once a run into files that every reader of layers can read."""
