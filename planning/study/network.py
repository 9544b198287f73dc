"""The street network and who travels on it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from planning.study.figures import Metres, NotNegative, Number, Speed
from planning.study.files import Input, Layer

Link = tuple[Number, Number, Number, Number]


class NetworkSpec(Layer):
    """The street network, what is added to it, and who travels on it."""

    profile: Literal["elder", "adult", "stroller", "wheelchair", "e-bike", "drive"] = Field(
        default="elder", description="出行者，决定步速与可走的路 who travels: speed, usable ways"
    )
    speed_m_s: Speed | None = Field(default=None, description="步速 [m/s]; profile's own if absent")
    crossing_s: NotNegative | None = Field(
        default=None, description="过街横道耗时 time at a tagged crossing [s]"
    )
    signal_s: NotNegative | None = Field(
        default=None, description="信号灯耗时 time at a signalised crossing [s]"
    )
    max_snap_m: Metres = Field(default=300.0, description="到最近道路的最大距离 [m]")
    island_km: NotNegative = Field(
        default=1.0,
        description="短于此的孤立路网视为孤岛 parts shorter than this are islands [km]",
    )
    dem: Input | None = Field(default=None, description="高程 GeoTIFF terrain model; slope counts")
    slope: Literal["tobler", "minetti", "campbell2019"] = Field(
        default="tobler", description="坡度函数 function of the slope, where dem is given"
    )
    planned_roads: Layer | None = Field(
        default=None, description="规划道路，并入路网 planned roads, joined to the network"
    )
    links: tuple[Link, ...] = Field(
        default=(), description="手工连接 links by hand [lon, lat, lon, lat]"
    )
    join_m: Metres = Field(
        default=20.0, description="规划道路与连接的接入距离 how far an end is led on to join [m]"
    )
    compounds: Layer | None = Field(
        default=None, description="封闭小区（面），围墙只在出入口开 walled compounds (polygons)"
    )
    gates: Layer | None = Field(
        default=None, description="小区出入口（点） gates of the compounds (points)"
    )
