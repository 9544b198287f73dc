"""Beijing 54 and Xi'an 80 under any name are refused, but for who brings parameters."""

import pytest
from pyproj import CRS

from planning.errors import InputError
from planning.inputs.old_datums import refuse_old_datum

KRASSOVSKY = '"Krasovsky_1940",6378245,298.3'
IAG_75 = '"IAG_75",6378140,298.257'


def wkt(datum: str, spheroid: str = KRASSOVSKY, shift: str = "") -> str:
    """What a .prj of ArcGIS or of a surveyor says."""
    return (
        f'PROJCS["x",GEOGCS["g",DATUM["{datum}",SPHEROID[{spheroid}]{shift}],'
        'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],'
        'PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
        'PARAMETER["central_meridian",105],PARAMETER["scale_factor",1],'
        'PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["Meter",1]]'
    )


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:2434", "EPSG:2335", wkt("D_Beijing_1954"), wkt("D_Xian_1980", IAG_75),
        wkt("北京54"), wkt("unknown"), wkt("unknown", IAG_75),
        wkt("unknown", shift=",TOWGS84[0,0,0,0,0,0,0]"),
        "+proj=tmerc +lon_0=105 +x_0=500000 +ellps=krass",
    ],
)  # fmt: skip
def test_old_datums_are_refused_by_name_and_by_ellipsoid(crs: str) -> None:
    with pytest.raises(InputError, match="an old datum"):
        refuse_old_datum(CRS.from_user_input(crs), "x")


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:4326", "EPSG:4490", "EPSG:4544", "EPSG:32648",
        "EPSG:4284",  # Pulkovo 1942, on the same ellipsoid: its shift is public
        wkt("D_Beijing_1954", shift=",TOWGS84[15.8,-154.4,-82.3,0,0,0,0]"),
        wkt("unknown", IAG_75, shift=",TOWGS84[12.6,-155.1,-81.0,0,0,0,0]"),
    ],
)  # fmt: skip
def test_what_brings_its_parameters_is_believed(crs: str) -> None:
    refuse_old_datum(CRS.from_user_input(crs), "x")
