"""New districts 新区配套: what a residential area must be given, and which sites are at hand."""

from planning.districts.made import MadeArea, judged_alone
from planning.districts.matters import MATTERS, Matter
from planning.districts.named import named_areas
from planning.districts.obligations import Basis, Judged, Obligation
from planning.districts.sheets import Sheet, sheets, sheets_of
from planning.districts.sites import AreaSite, sites_of

__all__ = [
    "MATTERS",
    "AreaSite",
    "Basis",
    "Judged",
    "MadeArea",
    "Matter",
    "Obligation",
    "Sheet",
    "judged_alone",
    "named_areas",
    "sheets",
    "sheets_of",
    "sites_of",
]
