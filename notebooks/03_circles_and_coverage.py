# %% [markdown]
# # 三、步行圈与覆盖 Circles and coverage
#
# “15 分钟圈”不是画出来的圆：人沿路走，过桥，绕墙，有快有慢。这一课看圈是什么样子，覆盖率怎么数。
#
# *A 15-minute circle is no circle: people walk along streets, over bridges, around walls.*

# %%
from pathlib import Path
from tempfile import mkdtemp

import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd

import planning
from planning.sample import write_sample

planning.use_chinese_font()
folder = Path(mkdtemp())
write_sample(folder)
study = folder / "study.yaml"


def show(frame):
    """排成整齐的表。"""
    left = [{"selector": "th, td", "props": "text-align: left"}]
    tidy = frame.convert_dtypes().style.hide().set_table_styles(left)
    return tidy.format(precision=1, thousands=",", na_rep="—")


# %% [markdown]
# 先做一次现状体检（`until="assess"`：只看今天，不选址）。`speed_band=True` 留到第 5 节用。
#
# *Today only, no sites.*

# %%
result, run_folder = planning.run(study, until="assess", speed_band=True, out_dir=folder / "runs")
labels = {name: service.label for name, service in result.town.study.services.items()}
groups = {name: service.group for name, service in result.town.study.services.items()}
layers = run_folder / "result.gpkg"
cells = gpd.read_file(layers, layer="demand_人口格网")
facilities = gpd.read_file(layers, layer="facilities_现有设施")
units = gpd.read_file(layers, layer="units_单元体检")

# %% [markdown]
# ## 1 圈的形状 The shape of a circle
#
# `planning.isochrones` 画出从现有设施走 5、10、15 分钟所及之处。
# 虚线是同样步速走 15 分钟的直线距离画的圆。
#
# *Where one can walk to from today's facilities; dashed: 15 minutes as the crow flies.*

# %%
count, files = planning.isochrones(study, (5, 10, 15), folder / "步行圈.gpkg")
walks = gpd.read_file(files[0], layer="isochrones").query("service == 'elder_care'")
homes = facilities[facilities["services"].str.contains("elder_care", na=False)]
homes = homes.query("status == 'open'")
speed_m_s = walks["speed_m_s"].iloc[0]
circles = homes.buffer(15 * 60 * speed_m_s)

fig, ax = plt.subplots(figsize=(8, 6))
units.query("level == 'county'").plot(ax=ax, color="#f4f2ea", edgecolor="#6d747a")
for minutes, colour in ((15, "#b9dbe4"), (10, "#5fa3c0"), (5, "#123f5f")):
    walks[walks["minutes"] == minutes].plot(ax=ax, color=colour)
    ax.scatter([], [], color=colour, marker="s", s=80, label=f"{minutes} 分钟 min")
circles.boundary.plot(ax=ax, color="#a3195b", linestyle="--", linewidth=0.8)
homes.plot(ax=ax, color="#a3195b", markersize=50, edgecolor="white", label="养老设施 elder care")
ax.set_axis_off()
ax.set_title(f"养老设施步行圈（步速 {speed_m_s:g} 米/秒）与直线圆 walks and crow flights")
ax.legend(loc="center right", frameon=False)
plt.show()

# %% [markdown]
# ## 2 覆盖率怎么数 How coverage is counted
#
# 覆盖率不从图上读。程序给每个人口格算出走到最近设施的时间，再把时间不超过 15 分钟的人加起来。
# 这样几个数永远对得上：圈内 + 超时 + 走不到 = 全部。
#
# *Not read from polygons: each cell has its walking time, and the people within the limit are
# summed.*

# %%
coverage = pd.read_csv(run_folder / "coverage.csv").query("limit_min == 15")
coverage = coverage[coverage["group"] == coverage["service"].map(groups)]
coverage = coverage.replace({"service": labels})
coverage["percent"] = 100 * coverage["share"]
columns = {
    "service": "服务 service",
    "people": "全部 all",
    "covered": "圈内 inside",
    "unserved": "超时 too far",
    "unreachable": "走不到 cut off",
    "percent": "覆盖率 share [%]",
}
area = coverage.query("level == 'area'").round({"people": 0, "covered": 0, "unserved": 0})
show(area[list(columns)].rename(columns=columns))

# %% [markdown]
# 如果图省事按上面的圆来数，会多算多少老人？
#
# *And if one counted by the circles above?*

# %%
in_circle = cells[cells.centroid.within(circles.union_all())]["people_elderly"].sum()
on_foot = cells[cells["minutes_now_elder_care"] <= 15]["people_elderly"].sum()
print(f"按圆 by circles：{in_circle:,.0f} 人；沿路 on foot：{on_foot:,.0f} 人；")
print(f"多算 too many：{in_circle - on_foot:,.0f} 人。河上只有两座桥，小区有墙，院门只有一个。")

# %% [markdown]
# ## 3 每一格的时间 Minutes of every cell
#
# 每个人口格到最近设施的分钟数；蓝色在 15 分钟以内，暖色超过。
#
# *Blue is within 15 minutes, warm colours are beyond.*

# %%
bands = [0, 5, 10, 15, 20, 30, 999]
names = ["≤ 5", "5–10", "10–15", "15–20", "20–30", "> 30"]
colours = ["#123f5f", "#2f7ca3", "#a5d0da", "#fbe0b5", "#f0a35e", "#b5651d"]
fig, axes = plt.subplots(1, 2, figsize=(11, 4.4))
for ax, (service, label) in zip(axes, labels.items(), strict=True):
    band = pd.cut(cells[f"minutes_now_{service}"], bands, labels=names, include_lowest=True)
    cells.plot(ax=ax, color=band.map(dict(zip(names, colours, strict=True))).astype(str))
    ax.set_title(f"到最近{label}")
    ax.set_axis_off()
keys = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in colours]
fig.legend(keys, names, title="分钟 minutes", loc="lower center", ncol=6, frameon=False)
plt.show()

# %% [markdown]
# ## 4 哪个街道差 Which street is behind
#
# 同一个数按街道再看一遍：总数过得去，不等于处处过得去。
#
# *The same figure by street: a fair total may hide a poor part.*

# %%
street = coverage.query("level == 'street'")
table = street.pivot(index="unit_name", columns="service", values="percent")
ax = table.plot.barh(figsize=(7, 2.8), color=["#c17a00", "#1f6a91"], width=0.7)
for bars in ax.containers:
    ax.bar_label(bars, fmt="%.0f%%", padding=3)
ax.set(xlim=(0, 108), xlabel="15 分钟步行圈内的人（%）inside 15 minutes", ylabel="")
ax.legend(title="", loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# ## 5 走得慢一点 A little slower
#
# 步速没有文件规定，由研究文件写明。老人走得慢，圈就小。慢、常、快三种步速并列：
# 结论随步速变化多少，汇报时应一并说明。
#
# *No document prints a walking speed; so say what follows from the slow and the fast one.*

# %%
band = pd.read_csv(run_folder / "speed_band.csv").replace({"service": labels})
band["percent"] = 100 * band["share"]
table = band.pivot(index="speed_m_s", columns="service", values="percent").reset_index()
show(table.rename(columns={"speed_m_s": "步速（米/秒）speed"}).round(1))

# %% [markdown]
# ## 6 有没有位子 Is there a place
#
# 走得到不等于有位子。`capacity.csv` 按“近者先得”和“统筹调配”两种规则，数出走得到又有位子的人。
#
# *To reach a facility is not to get a place: counted by two rules.*

# %%
places = pd.read_csv(run_folder / "capacity.csv").query("level == 'area' and state == 'now'")
rules = {"nearest_first": "近者先得 nearest first", "transport_optimum": "统筹调配 shared out"}
columns = {
    "service": "服务 service",
    "rule": "规则 rule",
    "people": "要位子 asking",
    "covered": "走得到 inside",
    "served": "有位子 placed",
    "full": "已满 full",
}
places = places.replace({"service": labels, "rule": rules})
show(places[list(columns)].rename(columns=columns).round())
