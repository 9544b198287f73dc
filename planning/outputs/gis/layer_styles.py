"""How QGIS draws the layers of ``result.gpkg``: default styles in its table ``layer_styles``.

QGIS looks for them by the name of the layer when it is added, and takes the one marked as default.
The colours are those of the map page.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as Xml

_BANDS = ("#123f5f", "#2f7ca3", "#6fb0c8", "#a5d0da", "#d3e7e8")
_BEYOND, _SITE, _INK, _QUIET = "#f0a35e", "#a3195b", "#22272b", "#6d747a"
_MOST_MIN = 10_000.0

_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""


class Symbol(NamedTuple):
    """One symbol of a layer: its properties as QGIS names them."""

    kind: str
    layer: str
    properties: Mapping[str, str]


class Range(NamedTuple):
    """What is drawn alike of a figure, above `lower` up to `upper`, as the legend calls it."""

    lower: float
    upper: float
    label: str
    colour: str


def fill(colour: str | None, *, edge: str | None = None, opacity: float = 1.0) -> Symbol:
    """An area: its colour, None for none, and its edge."""
    return Symbol(
        "fill",
        "SimpleFill",
        {
            "color": _rgba(colour or "#ffffff", opacity),
            "style": "solid" if colour else "no",
            "outline_color": _rgba(edge or "#ffffff"),
            "outline_style": "solid" if edge else "no",
            "outline_width": "0.3",
            "outline_width_unit": "MM",
        },
    )


def marker(shape: str, colour: str, *, size_mm: float, edge: str = "#ffffff") -> Symbol:
    """A point: a circle or a diamond."""
    return Symbol(
        "marker",
        "SimpleMarker",
        {
            "name": shape, "color": _rgba(colour), "size": f"{size_mm:g}", "size_unit": "MM",
            "outline_color": _rgba(edge), "outline_style": "solid", "outline_width": "0.3",
            "outline_width_unit": "MM",
        },
    )  # fmt: skip


def single(symbol: Symbol, *, label_by: str | None = None) -> str:
    """The style of a layer drawn all alike, labelled by a field where one is named; as QML."""
    root, renderer = _begun("singleSymbol", is_labelled=label_by is not None)
    _add_symbols(renderer, [symbol])
    if label_by is not None:
        _add_labels(root, label_by)
    return _said(root)


def by_minutes(field: str, bands_min: Sequence[float], *, opacity: float = 1.0) -> str:
    """The style of areas by minutes: bands up to the last, beyond it another colour; as QML."""
    ranges = _ranges(bands_min)
    root, renderer = _begun("graduatedSymbol", is_labelled=False)
    renderer.attrib |= {"attr": f'"{field}"', "graduatedMethod": "GraduatedColor"}
    listed = Xml.SubElement(renderer, "ranges")
    for n, one in enumerate(ranges):
        Xml.SubElement(
            listed, "range", lower=f"{one.lower:.6f}", upper=f"{one.upper:.6f}", symbol=str(n),
            label=one.label, render="true",
        )  # fmt: skip
    _add_symbols(renderer, [fill(one.colour, opacity=opacity) for one in ranges])
    return _said(root)


def raster_by_minutes(bands_min: Sequence[float]) -> str:
    """The style of a raster of minutes, its first band in the colours of `by_minutes`; as QML."""
    root, renderer = _raster_begun("singlebandpseudocolor")
    ranges = _ranges(bands_min)
    renderer.attrib |= {"classificationMin": "0", "classificationMax": f"{ranges[-1].upper:g}"}
    shader = Xml.SubElement(
        Xml.SubElement(renderer, "rastershader"), "colorrampshader", colorRampType="DISCRETE",
        classificationMode="1", clip="0", minimumValue="0", maximumValue=f"{ranges[-1].upper:g}",
    )  # fmt: skip
    for one in ranges:
        Xml.SubElement(
            shader, "item", value=f"{one.upper:g}", color=one.colour, alpha="255", label=one.label
        )
    return _said(root)


def raster_by_code(codes: Sequence[Range]) -> str:
    """The style of a raster of codes, its first band, each `upper` in its colour; as QML."""
    root, renderer = _raster_begun("paletted")
    palette = Xml.SubElement(renderer, "colorPalette")
    for one in codes:
        Xml.SubElement(
            palette, "paletteEntry", value=f"{one.upper:g}", color=one.colour, alpha="255",
            label=one.label,
        )  # fmt: skip
    return _said(root)


def styles_of(layers: Sequence[str], *, minutes: str, bands_min: Sequence[float]) -> dict[str, str]:
    """The default style of every layer of the GeoPackage that has one, as QML by layer."""
    known = {
        "demand": by_minutes(minutes, bands_min),
        "isochrones": by_minutes("minutes", bands_min, opacity=0.35),
        "units": single(fill(None, edge=_INK)),
        "residential": single(fill("#f6e3a1", edge=_QUIET, opacity=0.45)),
        "facilities": single(marker("circle", _INK, size_mm=2.4)),
        "candidates": single(marker("circle", "#ffffff", size_mm=1.6, edge=_QUIET)),
        "plan": single(marker("diamond", _SITE, size_mm=3.6), label_by="site"),
    }
    return {name: known[key] for name in layers if (key := name.split("_")[0]) in known}


def write_layer_styles(path: Path, styles: Mapping[str, str], *, day: str) -> None:
    """Put styles into a GeoPackage, `day` the date they bear: no clock is asked."""
    when = f"{day}T00:00:00.000Z"
    with closing(sqlite3.connect(path)) as book, book:
        book.execute(_TABLE)
        book.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, "
            "last_change) VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
            (when,),
        )
        columns = dict(book.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        book.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
            "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, "
            "ui, update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, '', '', NULL, ?)",
            [(name, columns[name], name, qml, when) for name, qml in styles.items()],
        )


def _ranges(bands_min: Sequence[float]) -> list[Range]:
    """Minutes in classes: up to each limit, the limit itself inside, and beyond the last."""
    limits = [0.0, *bands_min]
    ranges = [
        Range(lower, upper, f"{lower:g}–{upper:g} 分钟", _BANDS[min(n, len(_BANDS) - 1)])
        for n, (lower, upper) in enumerate(pairwise(limits))
    ]
    return [*ranges, Range(limits[-1], _MOST_MIN, f"超过 {limits[-1]:g} 分钟", _BEYOND)]


def _raster_begun(kind: str) -> tuple[Xml.Element, Xml.Element]:
    root = Xml.Element("qgis", version="3.22.0", styleCategories="AllStyleCategories")
    pipe = Xml.SubElement(root, "pipe")
    return root, Xml.SubElement(
        pipe, "rasterrenderer", type=kind, band="1", opacity="1", alphaBand="-1"
    )


def _begun(kind: str, *, is_labelled: bool) -> tuple[Xml.Element, Xml.Element]:
    root = Xml.Element(
        "qgis", version="3.22.0", styleCategories="Symbology|Labeling",
        labelsEnabled="1" if is_labelled else "0",
    )  # fmt: skip
    renderer = Xml.SubElement(root, "renderer-v2", type=kind, symbollevels="0", forceraster="0")
    return root, renderer


def _add_symbols(renderer: Xml.Element, symbols: Sequence[Symbol]) -> None:
    listed = Xml.SubElement(renderer, "symbols")
    for n, symbol in enumerate(symbols):
        one = Xml.SubElement(
            listed, "symbol", type=symbol.kind, name=str(n), alpha="1", clip_to_extent="1"
        )
        layer = Xml.SubElement(one, "layer", {"class": symbol.layer, "enabled": "1", "pass": "0"})
        options = Xml.SubElement(layer, "Option", type="Map")
        for name, value in symbol.properties.items():
            Xml.SubElement(options, "Option", name=name, type="QString", value=value)


def _add_labels(root: Xml.Element, field: str) -> None:
    settings = Xml.SubElement(Xml.SubElement(root, "labeling", type="simple"), "settings")
    text = Xml.SubElement(
        settings, "text-style", fieldName=field, isExpression="0", fontSize="9",
        fontSizeUnit="Point", textColor=_rgba(_SITE),
    )  # fmt: skip
    Xml.SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM",
        bufferColor=_rgba("#ffffff"),
    )  # fmt: skip
    Xml.SubElement(settings, "placement", placement="6", dist="1.2", distUnits="MM")
    Xml.SubElement(settings, "rendering", drawLabels="1")


def _rgba(colour: str, opacity: float = 1.0) -> str:
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return ",".join(map(str, [*parts, round(255 * opacity)]))


def _said(root: Xml.Element) -> str:
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + Xml.tostring(
        root, encoding="unicode"
    )
