# %% [markdown]
# # 六、新区配套 A new residential district
#
# 一片新区规划了多少户，就应配多少托位、多少养老用地。这一课先用两个数快速算，再在地图上画一片新区，
# 看应配什么、依据哪条、附近有什么点位，再连同全城一起选址。
#
# *So many homes are planned: what must be provided, by which clause, and where.*

# %%
from pathlib import Path
from tempfile import mkdtemp

import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd
import shapely

import planning
from planning.districts import MadeArea, judged_alone
from planning.sample import write_sample
from planning.standards import load_standard, profile_of

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
# ## 1 只有户数和人口 Only homes and people
#
# 方案还没上图，只知道 4,500 户、12,600 人。按四川省的文件，本居住区应配什么？
# 改下面两个数，再按 Shift+Enter。
#
# *Nothing on a map yet: change the two numbers and run the cell again.*

# %%
new_area = MadeArea(people=12_600, households=4_500)
sheet = judged_alone(new_area, [profile_of([load_standard("sichuan-2021-57")])])
own = [one.row for one in sheet.obligations if one.basis == "area"]
show(
    pd.DataFrame(
        {
            "指标 figure": [row.clause.title_zh for row in own],
            "应配 asked": [float(row.finding.required) for row in own],
            "单位 unit": [row.finding.unit for row in own],
            "算式 the sum": [row.finding.because_zh for row in own],
        }
    )
)

# %% [markdown]
# 托位按人口进位取整，一个都不能少；用地不取整。
#
# *Places are rounded up, land is not rounded.*

# %% [markdown]
# ## 2 把新区画到图上 Put it on the map
#
# 在示例新城再画一片规划居住区 R9，写进居住区图层。真实项目里，这一层由规划图给出。
#
# *A third planned area is drawn into the layer of residential areas.*

# %%
areas = gpd.read_file(folder / "residential_areas.geojson")
drawn = gpd.GeoDataFrame(
    {
        "area_id": ["R9"],
        "name": ["规划三号片区"],
        "status": ["planned"],
        "planned_households": [2_000],
        "planned_people": [5_600],
        "delivery_year": [2028],
    },
    geometry=[shapely.box(105.0092, 30.6062, 105.0128, 30.6092)],
    crs=areas.crs,
)
areas = pd.concat([areas, drawn], ignore_index=True)
areas.to_file(folder / "residential_areas.geojson", driver="GeoJSON")
show(areas.drop(columns="geometry").query("status == 'planned'").astype({"delivery_year": str}))

# %% [markdown]
# ## 3 应配清单 What each area must be given
#
# `areas=[]` 表示问全部规划居住区。每一行都有条款和原文。
#
# *All planned areas; every row with its article and quote.*

# %%
_, run_folder = planning.run(study, areas=[], until="assess", out_dir=folder / "runs")
owed = pd.read_csv(run_folder / "obligations.csv").query("basis == 'area'")
columns = {
    "area_name": "居住区 area",
    "title": "指标 figure",
    "target": "标准 standard",
    "required": "应配 asked",
    "gap": "缺 missing",
    "article": "条款 article",
    "quote": "原文 quote",
}
show(owed[list(columns)].rename(columns=columns))

# %% [markdown]
# ## 4 附近有什么点位 Sites at hand
#
# `inside` 说明候选点是否在居住区之内；`share` 是新居民中步行圈内的比例。
# 四川的托位与养老用地要求落在区内，所以先看区内的。
#
# *Candidates inside and around, and how many of the newcomers could walk there.*

# %%
near = pd.read_csv(run_folder / "area_sites.csv").query("kind == 'candidate'")
near["percent"] = 100 * near["share"]
near = near.replace({"inside": {"yes": "区内 inside", "no": "区外 outside"}})
columns = {
    "area_name": "居住区 area",
    "site_id": "候选点 candidate",
    "name": "来源 source",
    "inside": "位置 where",
    "distance_m": "距离（米）distance",
    "percent": "圈内居民（%）inside the walk",
    "floor_m2": "建筑面积（平方米）floor",
}
near = near.sort_values(["area_id", "distance_m"]).groupby("area_id").head(3)
show(near[list(columns)].rename(columns=columns).round())

# %%
candidates = gpd.read_file(run_folder / "result.gpkg", layer="candidates_候选点")
units = gpd.read_file(run_folder / "result.gpkg", layer="units_单元体检")
county = units.query("level == 'county'")
planned = areas.query("status == 'planned'").to_crs(county.crs)
fig, ax = plt.subplots(figsize=(8, 5.6))
county.plot(ax=ax, color="#f4f2ea", edgecolor="#6d747a")
areas.query("status == 'built'").to_crs(county.crs).plot(ax=ax, color="#d8d3c5")
planned.plot(ax=ax, color="#f3d6a5", edgecolor="#c17a00", linewidth=1.5)
candidates.plot(ax=ax, color="#84898d", markersize=18, label="其他候选点 others")
at_hand = candidates[candidates["candidate_id"].isin(near["site_id"])]
at_hand.plot(ax=ax, color="#a3195b", markersize=40, edgecolor="white", label="就近候选点 nearest")
for site in at_hand.itertuples():
    ax.annotate(
        site.candidate_id,
        (site.geometry.x, site.geometry.y),
        xytext=(5, 5),
        textcoords="offset points",
        fontsize=8,
    )
for area in planned.itertuples():
    west, south, east, north = area.geometry.bounds
    ax.annotate(f"{area.name} ", (west, (south + north) / 2), ha="right", va="center", fontsize=9)
ax.set_axis_off()
ax.set_title("规划居住区与就近候选点 planned areas and the nearest candidates")
for colour, words in (("#f3d6a5", "规划居住区 planned"), ("#d8d3c5", "已建居住区 built")):
    ax.scatter([], [], marker="s", s=80, color=colour, label=words)
ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.02), ncol=2, frameon=False)
plt.show()

# %% [markdown]
# ## 5 连同全城一起选址 Sited with the whole town
#
# 新区的要求与全城的要求放在一起求解，同一处设施可以同时满足几条。
#
# *The clauses of the new areas are solved with all others; one site may serve several.*

# %%
result, sited = planning.run(study, areas=[], out_dir=folder / "runs")
plan = pd.read_csv(sited / "plan.csv")
labels = {name: service.label for name, service in result.town.study.services.items()}
plan = plan[plan["because_zh"].str.contains("规划.号片区")].replace({"service": labels})
plan["wan"] = plan["cost_yuan"] / 10_000
columns = {
    "candidate_id": "候选点 candidate",
    "service": "服务 service",
    "places": "托位 places",
    "land_m2": "用地（平方米）land",
    "wan": "投资（万元）cost",
    "because_zh": "为了哪一条 because",
}
show(plan[list(columns)].rename(columns=columns))

# %%
unmet = pd.read_csv(sited / "unmet.csv")
unmet = unmet[unmet["unit_id"].isin(planned["area_id"])]
columns = {"unit_id": "居住区 area", "because_zh": "原因 why", "relax_zh": "怎样才够 what would do"}
print(f"规划居住区仍不能满足的要求 still not met in planned areas: {len(unmet)}")
show(unmet[list(columns)].rename(columns=columns))

# %% [markdown]
# 新画的三号片区里没有候选点，所以它的要求满足不了：方案说得出缺什么、再给一块多大的地就够，
# 这正是规划条件里要写进去的。
#
# *The area just drawn holds no candidate: what is missing, and the plot that would do, is what its
# planning conditions should ask for.*
