"""下载真实城市的数据，并按登记册核对。Data of real cities, fetched and held against the register.

    python scripts/fetch_data.py --list                        登记了什么 what is registered
    python scripts/fetch_data.py worldpop-chn-2020             下载 fetch
    python scripts/fetch_data.py --streets 黄浦 --bbox 121.46,31.18,121.51,31.25
    python scripts/fetch_data.py --boundary 黄浦区 --bbox 121.46,31.18,121.51,31.25
    python scripts/fetch_data.py --verify                      离线核对 check offline

只有本脚本和 `planning fetch` 上网。Only this script and `planning fetch` go online.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from downloading import download, forget
from osm_extracts import (
    NOT_OFFICIAL,
    OVERPASS,
    answer_of,
    boundary_geojson,
    boundary_url,
    box_of,
    file_name,
    streets_url,
)
from raw_register import RawFile, Register

from planning.errors import InputError, PlanningError, fail
from planning.provenance import OSM_LICENCE, file_sha256

RAW = Path(__file__).resolve().parents[1] / "data" / "raw"
_OSM = "OpenStreetMap contributors, Overpass API"


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; returns 0, or 2 where a file is at fault."""
    asked = _parser().parse_args(arguments)
    try:
        return _do(asked)
    except PlanningError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("key", nargs="*", help="登记册中的键 keys of the register")
    asked.add_argument("--list", action="store_true", help="列出登记册 print the register")
    asked.add_argument("--verify", action="store_true", help="离线核对 check files offline")
    asked.add_argument("--streets", metavar="名称 NAME", help="按范围取道路 streets of --bbox")
    asked.add_argument("--boundary", metavar="名称 NAME", help="取行政界线（非官方）a boundary")
    asked.add_argument("--bbox", help="西,南,东,北（度）west,south,east,north")
    asked.add_argument("--data", type=Path, default=RAW, help="数据目录 the data folder")
    asked.add_argument("--overpass", default=OVERPASS, help="Overpass 服务器 server")
    asked.add_argument("--timeout", type=float, default=300.0, help="秒 seconds")
    asked.add_argument(
        "--accept", action="store_true", help="采用与登记不同的新版本 record a version that differs"
    )
    return asked


def _do(asked: argparse.Namespace) -> int:
    register = Register(asked.data)
    if asked.list:
        _print(register)
    elif asked.verify:
        return _verify(register, asked.data, asked.key)
    elif asked.streets or asked.boundary:
        _fetch_osm(register, asked)
    elif asked.key:
        for raw in [raw for key in asked.key for raw in register.files(key)]:
            fetch(register, raw, asked.data, timeout_s=asked.timeout, accept=asked.accept)
    else:
        _parser().print_usage()
        return 2
    return 0


def _print(register: Register) -> None:
    for key, about, files in register.entries():
        print(f"{key}：{about['what']}")
        print(f"  {about['publisher']} · {about['licence']} · {about['vintage']}")
        if "note" in about:
            print(f"  {about['note']}")
        for raw in files:
            digest = f"sha256 {raw.sha256[:12]}…" if raw.sha256 else "尚无指纹 no digest yet"
            print(f"  {raw.file}  {digest}")
            for url in raw.urls:
                print(f"    {url}")


def _verify(register: Register, data: Path, keys: list[str]) -> int:
    """Every registered file that is there against its digest; 2 where one differs."""
    wrong = 0
    every = [key for key, _, _ in register.entries()]
    for raw in [raw for key in keys or every for raw in register.files(key)]:
        path = data / raw.file
        if not path.is_file():
            said = "不在 absent"
        elif not raw.sha256:
            said = f"在，登记册尚无指纹 no digest in the register: {file_sha256(path)}"
        elif file_sha256(path) == raw.sha256:
            said = "相符 as registered"
        else:
            said, wrong = f"✗ 不符 DIFFERS\n{_differs(raw, path)}", wrong + 1
        print(f"{raw.key} {raw.file}：{said}")
    return 2 if wrong else 0


def fetch(register: Register, raw: RawFile, data: Path, *, timeout_s: float, accept: bool) -> bool:
    """Have one file as the register says; returns whether it was downloaded.

    Raises InputError where what is there, or what came, is not what is registered; with `accept`
    the register takes the new digest.
    """
    path = data / raw.file
    if path.is_file():
        if raw.sha256 and file_sha256(path) == raw.sha256:
            print(f"{raw.file}：已有，相符 there, as registered")
            return False
        if not accept:
            raise _differs(raw, path)
        _record(register, raw, path)
        return False
    part = download(raw.urls, path, timeout_s=timeout_s, tell=print)
    _keep(register, raw, part, path, accept=accept)
    return True


def _keep(register: Register, raw: RawFile, part: Path, path: Path, *, accept: bool) -> None:
    """Put what was written aside in its place, if it is what is registered."""
    if raw.sha256 and not accept and file_sha256(part) != raw.sha256:
        error = _differs(raw, part)
        forget(part)
        raise error
    part.replace(path)
    _record(register, raw, path)


def _record(register: Register, raw: RawFile, path: Path) -> None:
    digest, size = file_sha256(path), path.stat().st_size
    register.record(raw, sha256=digest, n_bytes=size, on=date.today().isoformat())
    print(f"{raw.file}：{size:,} bytes，sha256 {digest}")


def _differs(raw: RawFile, path: Path) -> Exception:
    found = file_sha256(path)
    nothing = ("登记册尚无指纹", "no digest in the register yet")
    expected = (f"sha256 {raw.sha256}",) * 2 if raw.sha256 else nothing
    return fail(
        InputError,
        f"{raw.key} {raw.file}",
        found=(f"sha256 {found}", f"sha256 {found}"),
        expected=expected,
        to_do=(
            "移走该文件后重新下载；确是发布者的新版本，加 --accept 记入登记册",
            "move the file away and fetch it again; if it is the publisher's new version, "
            "record it with --accept",
        ),
    )


def _fetch_osm(register: Register, asked: argparse.Namespace) -> None:
    """Streets or a boundary of a rectangle: fetched, checked to be whole, entered."""
    box = box_of(asked.bbox or "")
    if asked.streets:
        name = file_name(asked.streets)
        key, file = f"osm-streets-{name}", f"osm/streets-{name}.json"
        what = f"道路、水系与绿地 streets, water and green {asked.bbox}"
        url = streets_url(box, server=asked.overpass)
    else:
        name = file_name(asked.boundary)
        key, file = f"osm-boundary-{name}", f"osm/boundary-{name}.geojson"
        what = f"{name} 行政界线，{NOT_OFFICIAL}"
        url = boundary_url(name, box, server=asked.overpass)
    path = asked.data / file
    if path.exists() and not asked.accept:
        raise fail(
            InputError,
            str(path),
            found=("文件已存在", "a file that exists already"),
            expected=("新的名称", "a new name"),
            to_do=("换一个名称，或加 --accept 取新版本", "take another name, or give --accept"),
        )
    part = download([url], path, timeout_s=asked.timeout, tell=print)
    try:
        answer, day = answer_of(part, where=f"{key}: {asked.bbox}")
        if asked.boundary:
            part.write_text(boundary_geojson(answer, where=key), encoding="utf-8", newline="\n")
    except PlanningError:
        forget(part)
        raise
    about = {"what": what, "publisher": _OSM, "licence": OSM_LICENCE, "vintage": day or "unknown"}
    raw = register.add(key, about, file=file, url=url)
    part.replace(path)
    _record(register, raw, path)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
