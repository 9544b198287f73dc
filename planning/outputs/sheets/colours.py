"""The colours of the sheets: those of the map's classes, told apart by the colour-blind too."""

from __future__ import annotations

INK = "#22272b"
QUIET = "#5a6167"
LINE = "#dcd8ce"
PAPER = "#faf9f5"
ACCENT = "#1f6a91"
BORDER = "#6d747a"

BANDS = ("#123f5f", "#2f7ca3", "#6fb0c8", "#a5d0da", "#d3e7e8")
"""Minutes within the limit; near is dark, as on map.html."""
BEYOND = "#f0a35e"
NOWHERE = "#84898d"

MET = "#9ccbbd"
NOT_MET = "#d27f69"
OPEN = "#d3cfc6"
SHARES_MET = ("#cb705a", "#e2a593", "#f2dad0", "#cde3db", "#74b3a2")
"""From none met to all met; brick to teal differ in lightness and in blue as well."""

PEOPLE = ("#eef0dc", "#cbd9b5", "#8fb79a", "#4b8a86", "#1f5a6e", "#10303f")
SERVICES = ("#a3195b", "#1f6a91", "#c17a00", "#3f7f3a", "#5b4a9b", "#7a4a2b")
GROUND = {"green": "#e6eddf", "water": "#d3e4ec", "building": "#ece8df"}
ROADS = {"road_major": ("#b3b0a8", 0.7), "road_minor": ("#cfccc4", 0.4), "path": ("#dad7d0", 0.25)}
"""Colour and width [pt], drawn in this order from the last to the first."""


def bands(n: int) -> tuple[str, ...]:
    """Colours of `n` classes of minutes, near to far, from as far apart as there are."""
    last = len(BANDS) - 1
    if n == 1:
        return (BANDS[1],)
    return tuple(BANDS[round(at * last / (n - 1))] for at in range(n))


FILL = 0.85
"""How opaque areas are, on the map and in its key alike: streets show through."""
