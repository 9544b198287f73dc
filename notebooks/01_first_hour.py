# %% [markdown]
# # 一、第一个小时 The first hour
#
# 用一座虚构的小城“新禾新城”，把全部工作做一遍：谁在步行圈内，哪条文件未达标，建在何处。
# 不需要会编程：自上而下，逐格按 **Shift+Enter** 即可。灰底的格子是程序，不必读懂，
# 会改里面的数字和文件名就够了。
#
# *An invented town, the whole job: who is inside the walk, which clause is not met, where to build.
# Press Shift+Enter, cell by cell. The grey cells need not be understood.*

# %% [markdown]
# ## 1 准备 Getting ready
#
# 这一格装入工具，让图上能写中文，把示例数据写到一个临时文件夹；`show` 只是把表排整齐。
# 想把成果留下来，把 `mkdtemp()` 换成自己的文件夹，例如 `r"D:\规划\第一课"`。
#
# *Tools, a Chinese font for the pictures (some seconds the first time), the sample in a temporary
# folder: put a folder of your own in place of `mkdtemp()` to keep the results.*

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
write_sample(folder / "sample")
study = folder / "sample" / "study.yaml"


def show(frame):
    """排成整齐的表。"""
    left = [{"selector": "th, td", "props": "text-align: left"}]
    tidy = frame.convert_dtypes().style.hide().set_table_styles(left)
    return tidy.format(precision=1, thousands=",", na_rep="—")


# %% [markdown]
# ## 2 一条命令做完 One command does it all
#
# `planning.run` 读数据、沿路网算步行时间、逐条对照文件、求选址方案、写出全部成果，不到一分钟。
# 它与命令行的 `planning run` 是同一件事。
#
# *Reads, walks, judges, sites and writes; the same as `planning run` on the command line.*

# %%
result, run_folder = planning.run(study, out_dir=folder / "runs")
print(*sorted(path.name for path in run_folder.iterdir()), sep="   ")

# %% [markdown]
# 成果都是普通文件：`map.html` 双击即看，`report.docx` 是报告，`tables.xlsx` 与各 `.csv` 用 Excel
# 打开，`result.gpkg` 拖进 QGIS。下面只是把其中几张表读回来看。
#
# *All of them are ordinary files; what follows only reads some back.*

# %% [markdown]
# ## 3 谁在圈内 Who is inside the walk
#
# 养老服务看 60 岁及以上，托育服务看 3 岁以下；步行 15 分钟以内（含 15 分钟）算“圈内”。
#
# *Of the people each service is for, how many reach it within 15 minutes.*

# %%
labels = {name: service.label for name, service in result.town.study.services.items()}
groups = {name: service.group for name, service in result.town.study.services.items()}

coverage = pd.read_csv(run_folder / "coverage.csv")
inside = coverage.query("level == 'area' and limit_min == 15")
inside = inside[inside["group"] == inside["service"].map(groups)]
inside = inside.replace({"state": {"now": "现状", "after": "规划后"}, "service": labels})
columns = {
    "service": "服务 service",
    "state": "何时 when",
    "people": "全部 all",
    "covered": "圈内 inside",
    "unserved": "圈外 outside",
}
show(inside[list(columns)].rename(columns=columns).round())

# %%
shares = 100 * inside.pivot(index="service", columns="state", values="share")
ax = shares[["现状", "规划后"]].plot.barh(figsize=(7, 2.4), color=["#b8bcc0", "#1f6a91"], width=0.7)
for bars in ax.containers:
    ax.bar_label(bars, fmt="%.1f%%", padding=3)
ax.set(xlim=(0, 105), xlabel="15 分钟步行圈内的人（%）inside 15 minutes", ylabel="")
ax.invert_yaxis()
ax.legend(title="", loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# ## 4 哪条未达标 Which clauses are not met
#
# 每一条都写明单元、指标、现状、目标、缺口和条款。这里列出前 8 条；全部在 `scorecard.html`。
#
# *Every line names its article; the whole card is `scorecard.html`.*

# %%
required = pd.read_csv(run_folder / "scorecard.csv").query("role == 'requirement'")
print(
    f"要求 requirements：达标 met {(required['verdict'] == 'met').sum()}，"
    f"未达标 not met {(required['verdict'] == 'not_met').sum()}，"
    f"无法评估 not assessable {(required['verdict'] == 'not_assessable').sum()}"
)
columns = {
    "unit_name": "单元 unit",
    "title": "指标 figure",
    "current": "现状 now",
    "target": "目标 asked",
    "shortfall": "缺口 missing",
    "article": "条款 article",
}
not_met = required.query("verdict == 'not_met'")[list(columns)].rename(columns=columns)
show(not_met.head(8))

# %% [markdown]
# “无法评估”不是达标，也不是未达标：数据里没有可判断的事实，程序不猜。
#
# *Not assessable is neither met nor not met: the data do not say, and nothing is guessed.*

# %% [markdown]
# ## 5 建在何处 Where to build
#
# 方案中每一行是一处设施：用哪个候选点、多大、花多少钱、为了哪一条。
#
# *A row a facility: at which candidate, how large, at what cost, for which clause.*

# %%
plan = pd.read_csv(run_folder / "plan.csv").replace({"service": labels})
plan["cost_wan"] = plan["cost_yuan"] / 10_000
print(f"共 {plan['site'].nunique()} 处 sites，{plan['cost_wan'].sum():,.1f} 万元")
columns = {
    "candidate_id": "候选点 candidate",
    "service": "服务 service",
    "floor_m2": "建筑面积（平方米）floor",
    "places": "托位 places",
    "cost_wan": "投资（万元）cost",
    "because_zh": "为什么 why",
}
show(plan[list(columns)].rename(columns=columns).head(6))

# %% [markdown]
# 画在地图上。底色是今天走到最近养老设施的时间，越深越远；星形和三角形是建议新建处。
# 图层取自 `result.gpkg`。
#
# *Minutes to elder care today, the darker the farther, and the proposed sites.*

# %%
layers = run_folder / "result.gpkg"
people = gpd.read_file(layers, layer="demand_人口格网")
streets = gpd.read_file(layers, layer="units_单元体检").query("level == 'street'")
sites = gpd.read_file(layers, layer="plan_推荐选址").replace({"service": labels})

fig, ax = plt.subplots(figsize=(8.5, 6))
people.plot(
    column="minutes_now_elder_care",
    cmap="YlGnBu",
    ax=ax,
    legend=True,
    legend_kwds={"label": "到最近养老设施（分钟）minutes to elder care", "shrink": 0.7},
)
streets.boundary.plot(ax=ax, color="#22272b", linewidth=1)
marks = {"养老服务": ("*", 220, "#a3195b"), "托育服务": ("^", 90, "#d98200")}
for service, (marker, size, colour) in marks.items():
    chosen = sites[sites["service"] == service]
    ax.scatter(
        chosen.geometry.x,
        chosen.geometry.y,
        marker=marker,
        s=size,
        color=colour,
        edgecolor="white",
        label=f"建议新建 {service}",
    )
ax.set_axis_off()
ax.set_title("现状步行时间与建议选址 walking time today, and the plan")
ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.02), ncol=2, frameon=False)
plt.show()

# %% [markdown]
# ## 6 接下来 What next
#
# 打开下面打印出的文件夹，双击 `map.html`：拖动时间滑块，点一处选址看理由。
# 然后读第二课 `02_your_own_data`：换成自己的数据。
#
# *Open `map.html` in the folder printed below; then go on with your own data.*

# %%
print(run_folder)
