"""What goes to other people's GIS: GeoPackage, rasters, Shapefiles, GeoParquet, metadata."""

from planning.outputs.gis.writing import Written, write_gis, write_gis_metadata

__all__ = ["Written", "write_gis", "write_gis_metadata"]
