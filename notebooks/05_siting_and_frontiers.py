# %% [markdown]
# # 五、选址与投入 Siting and frontiers
#
# 建在何处、花多少钱，是要交代理由的。这一课看：方案怎样读，每处为什么，钱不够时先建哪些，
# 假设变了方案还站不站得住。
#
# *How to read a plan, why each site, what to build first with less money, and how sturdy it is.*

# %%
import json
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
# ## 1 求方案 Ask for a plan
#
# `budgets=8` 另求几档预算各能做到什么，`robust=True` 另看步速变了会怎样。约一分钟。
#
# *Several budgets as well, and how the plan does at other speeds.*

# %%
result, run_folder = planning.run(study, budgets=8, robust=True, out_dir=folder / "runs")
labels = {name: service.label for name, service in result.town.study.services.items()}
plan = pd.read_csv(run_folder / "plan.csv").replace({"service": labels})
plan["wan"] = plan["cost_yuan"] / 10_000
print(f"{plan['site'].nunique()} 处 sites，{plan['wan'].sum():,.1f} 万元")
print(f"与理论下界的差距 gap：{result.plan.gap:.2%}；方案由另一段程序从路网起重新算过，相符才写出")

# %% [markdown]
# “差距”的意思是：任何同样好的方案，最多也只能再省这么大比例的钱。这是算出来的界，不是经验判断。
#
# *The gap: by how much, at most, an equally good plan could be cheaper. A bound, not an opinion.*

# %% [markdown]
# ## 2 每处为什么 Why each site
#
# `because` 是建它为了哪一条；`lost` 是不建它会怎样；`alternative` 是次优的替代点，差多少、差在哪。
#
# *What it is for, what is lost without it, and the next best place.*

# %%
columns = {
    "candidate_id": "候选点",
    "service": "服务",
    "wan": "万元",
    "because_zh": "为什么建 because",
    "lost_zh": "不建会怎样 without it",
    "alternative_zh": "替代点 instead",
}
show(plan[list(columns)].rename(columns=columns).fillna("—").head(5))

# %%
layers = run_folder / "result.gpkg"
streets = gpd.read_file(layers, layer="units_单元体检").query("level == 'street'")
candidates = gpd.read_file(layers, layer="candidates_候选点")
sites = gpd.read_file(layers, layer="plan_推荐选址").replace({"service": labels})
fig, ax = plt.subplots(figsize=(8, 5.8))
streets.plot(ax=ax, color="#f4f2ea", edgecolor="#6d747a")
candidates.plot(ax=ax, color="#b8bcc0", markersize=18, label="未选的候选点 not chosen")
for service, colour in (("养老服务", "#a3195b"), ("托育服务", "#d98200")):
    chosen = sites[sites["service"] == service]
    chosen.plot(
        ax=ax,
        color=colour,
        markersize=chosen["cost_yuan"] / 12_000,
        alpha=0.8,
        edgecolor="white",
        label=service,
    )
for site in sites.drop_duplicates("candidate_id").itertuples():
    ax.annotate(
        site.candidate_id,
        (site.geometry.x, site.geometry.y),
        xytext=(6, 5),
        textcoords="offset points",
        fontsize=8,
    )
ax.set_axis_off()
ax.set_title("推荐选址，圆越大投资越多 the plan, circles by cost")
ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.02), ncol=3, frameon=False, markerscale=0.6)
plt.show()

# %% [markdown]
# ## 3 什么还满足不了 What cannot be met
#
# 有些要求，把全部候选点用足也做不到。程序说明原因，并算出再给什么条件就够。
#
# *What all candidates together cannot do, why, and what would suffice.*

# %%
unmet = pd.read_csv(run_folder / "unmet.csv")
columns = {"unit_id": "单元 unit", "because_zh": "原因 why", "relax_zh": "怎样才够 what would do"}
show(unmet[list(columns)].rename(columns=columns))

# %% [markdown]
# ## 4 钱不够先建什么 With less money
#
# 每档预算都重新求一遍最优，不是把大方案砍掉一截。纵轴“仍缺服务人次”越低越好；
# 圈起来的是拐点，再往右同样的钱换来的少了。点旁是达标的要求数：目标是少缺人，它不一定逐档增加。
#
# *Every budget is solved by itself. Lower is better; the ring marks the knee.*

# %%
frontier = pd.read_csv(run_folder / "frontier.csv")
wan = frontier["cost_yuan"] / 10_000
knee = frontier["knee"] == "yes"
fig, ax = plt.subplots(figsize=(7.5, 3.6))
ax.plot(wan, frontier["people_short"], marker="o", color="#1f6a91")
ax.scatter(
    wan[knee],
    frontier["people_short"][knee],
    s=260,
    facecolor="none",
    edgecolor="#a3195b",
    linewidth=2,
    label="拐点 knee",
)
for at, row in frontier.iterrows():
    ax.annotate(
        f"{row['requirements_met']}/{row['requirements']}",
        (wan[at], row["people_short"]),
        xytext=(4, 7),
        textcoords="offset points",
        fontsize=8,
    )
ax.set(xlabel="投资（万元）cost", ylabel="仍缺服务人次 people short", ylim=(0, None))
ax.set_title("投入与成效；点旁是达标数 cost against what is still missing")
ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
ax.legend(frameon=False)
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
columns = {
    "wan": "投资（万元）cost",
    "sites": "处数 sites",
    "people_short": "仍缺服务人次 short",
    "requirements_met": "达标 met",
    "candidates": "所用候选点 candidates",
}
table = frontier.assign(wan=wan).round({"people_short": 0})
show(table[list(columns)].rename(columns=columns))

# %% [markdown]
# ## 5 假设变了还行不行 Is it sturdy
#
# 每一行是一个方案，每一列是一种情形（走得慢、走得快……）；数是“后悔”：
# 假如当初就知道会这样，还能少缺多少人次。0 表示没有后悔。
#
# *Regret: how many fewer would be short, had one known. Rows are plans, columns are worlds.*

# %%
robust = pd.read_csv(run_folder / "robustness.csv")
words = {"own": "本研究 own", "slow": "走得慢 slow", "fast": "走得快 fast", "all": "兼顾各情形 all"}
robust = robust.replace({"plan": words, "world": words})
regret = robust.pivot(index="plan", columns="world", values="regret").reindex(words.values())
regret["投资（万元）cost"] = robust.groupby("plan")["cost_yuan"].first() / 10_000
regret["最大后悔 worst"] = robust.groupby("plan")["worst_regret"].first()
show(regret.rename_axis("方案 plan").reset_index().round())

# %% [markdown]
# 选哪一个，是决策，不是计算；这张表把各自的代价摆在明处。
#
# *Which one to take is a decision; the table shows its price.*

# %% [markdown]
# ## 6 两个方案并列 Two plans side by side
#
# 研究文件里的情景（这里是 `slow`，走得慢）各求各的方案，再并列比较。
# `write_comparison` 写出网页、Excel 和可并入报告的 Word 章节。
#
# *A scenario of the study has a plan of its own; the two are compared, as page, workbook and Word.*

# %%
_, slow_folder = planning.run(study, scenario="slow", out_dir=folder / "runs")
comparison = planning.compare_runs([run_folder, slow_folder])
for path in planning.write_comparison(folder / "比选", comparison):
    print(path)

# %%
two = {"本研究 own": run_folder, "走得慢 slow": slow_folder}
plans = {
    name: json.loads((at / "summary.json").read_text(encoding="utf-8"))["plan"]
    for name, at in two.items()
}
rows = {
    "选址（处）sites": "sites_opened",
    "投资（元）cost [yuan]": "cost_yuan",
    "新增托位 places": "places",
    "建筑面积（平方米）floor": "floor_m2",
    "仍缺服务人次 people short": "people_short",
}
table = {"指标 figure": list(rows)}
table |= {name: [round(plan[row]) for row in rows.values()] for name, plan in plans.items()}
show(pd.DataFrame(table))
