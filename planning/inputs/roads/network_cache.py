"""Built networks kept between runs, by the content they were built from.

In ``$PLANNING_CACHE``, else the user's cache folder; set it to an empty string to keep nothing.
Plain arrays, no pickle. A file that cannot be read or written is as good as none: the network is
built again.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict, fields
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import geopandas as gpd
import numpy as np
import shapely

from planning.network import Profile, RoutingGraph, SetAside, StreetNetwork
from planning.provenance import Note
from planning.writers import Writer, leftovers, removed, synced

KEEP = 16
"""Networks that are kept, the last used."""

_PLAIN = ("epsg", "slope", "no_height_km")
_OTHER = (*_PLAIN, "profile", "routing", "highways", "speeds_m_s", "compounds", "set_aside")


def cache_folder() -> Path | None:
    """Where networks are kept; None where they are not."""
    named = os.environ.get("PLANNING_CACHE")
    if named is not None:
        return Path(named) / "networks" if named else None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home()))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "yilao-planning" / "networks"


def save_streets(
    key: str, network: StreetNetwork, basemap: gpd.GeoDataFrame, notes: tuple[Note, ...]
) -> None:
    """Keep a network under its key, and drop those not used for longest."""
    folder = cache_folder()
    if folder is None:
        return
    arrays: dict[str, Any] = {
        f.name: getattr(network, f.name) for f in fields(network) if f.name not in _OTHER
    }
    arrays |= {f"routing.{name}": array for name, array in network.routing._asdict().items()}
    for name, shapes in (
        ("compounds", network.compounds),
        ("basemap", basemap.geometry.to_numpy()),
    ):
        arrays[f"{name}.wkb"], arrays[f"{name}.start"] = _packed(shapes)
    kinds, arrays["basemap.kind"] = np.unique(
        basemap["kind"].to_numpy(dtype=str), return_inverse=True
    )
    about = {
        **{name: getattr(network, name) for name in _PLAIN},
        "highways": network.highways,
        "speeds_m_s": network.speeds_m_s,
        "set_aside": [asdict(entry) for entry in network.set_aside],
        "notes": [asdict(note) for note in notes],
        "kinds": kinds.tolist(),
    }
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for left in leftovers(folder):
            removed(left.path)
        with Writer(folder) as writer:
            _keep(writer, f"{key}.npz", arrays)
        kept = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime)
        for old in kept[:-KEEP]:
            old.unlink()


def _keep(writer: Writer, name: str, arrays: dict[str, Any]) -> None:
    aside = writer.aside(name)
    try:
        with aside.open("wb") as stream:
            np.savez(stream, **arrays)
        synced(aside)
        aside.replace(writer.folder / name)
    except BaseException:
        removed(aside)
        raise


def load_streets(
    key: str, profile: Profile
) -> tuple[StreetNetwork, gpd.GeoDataFrame, tuple[Note, ...]] | None:
    """The network kept under a key, its base map and notes; None where there is none."""
    folder = cache_folder()
    if folder is None:
        return None
    path = folder / f"{key}.npz"
    try:
        with path.open("rb") as stream, np.load(stream) as kept:
            arrays = {name: kept[name] for name in kept.files}
        path.touch()
    except (OSError, ValueError, EOFError, BadZipFile):
        return None
    about = json.loads(arrays["about"].tobytes())
    network = StreetNetwork(
        profile=profile,
        routing=RoutingGraph(*(arrays[f"routing.{name}"] for name in RoutingGraph._fields)),
        highways=tuple(about["highways"]),
        speeds_m_s=tuple(about["speeds_m_s"]),
        compounds=_unpacked(arrays, "compounds"),
        set_aside=tuple(
            SetAside(reason=e["reason"], count=e["count"], examples=tuple(e["examples"]))
            for e in about["set_aside"]
        ),
        **{name: about[name] for name in _PLAIN},
        **{f.name: arrays[f.name] for f in fields(StreetNetwork) if f.name not in _OTHER},
    )
    kinds = np.array(about["kinds"], dtype=object)
    basemap = gpd.GeoDataFrame(
        {"kind": kinds[arrays["basemap.kind"]]} if len(kinds) else {"kind": []},
        geometry=_unpacked(arrays, "basemap"),
        crs=4326,
    )
    return network, basemap, tuple(Note(**note) for note in about["notes"])


def _packed(shapes: Any) -> tuple[np.ndarray, np.ndarray]:
    """Geometries as one array of bytes and where each begins."""
    pieces = [bytes(piece) for piece in shapely.to_wkb(np.asarray(shapes, dtype=object))]
    start = np.cumsum([0, *map(len, pieces)]).astype(np.int64)
    return np.frombuffer(b"".join(pieces), dtype=np.uint8), start


def _unpacked(arrays: dict[str, np.ndarray], name: str) -> np.ndarray:
    whole, start = arrays[f"{name}.wkb"].tobytes(), arrays[f"{name}.start"].tolist()
    pieces = [whole[a:b] for a, b in pairwise(start)]
    return np.asarray(shapely.from_wkb(np.array(pieces, dtype=object)), dtype=object)
