"""Writers: the run folder, its tables, its GeoPackage, its map."""
