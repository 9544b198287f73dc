# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # 第一个小时 The first hour
# 生成示例新城，做完全部工作，看三张表。The sample town, the whole job, three tables.

# %%
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd

import planning
from planning.sample import write_sample

folder = Path(mkdtemp())
write_sample(folder / "sample")
result, run_folder = planning.run(folder / "sample" / "study.yaml", out_dir=folder / "runs")
print(run_folder)

# %% [markdown]
# ## 谁在圈内 Who is inside

# %%
coverage = pd.read_csv(run_folder / "coverage.csv")
whole_area = coverage[(coverage["level"] == "area") & (coverage["group"] != "total")]
print(whole_area.drop(columns=["level", "unit_id", "unit_name"]).to_string(index=False))

# %% [markdown]
# ## 哪条未达标 Which clauses are not met

# %%
findings = pd.read_csv(run_folder / "findings.csv")
today = findings[(findings["state"] == "now") & (findings["role"] == "requirement")]
print(today[["article", "unit_name", "verdict", "because_zh"]].to_string(index=False))

# %% [markdown]
# ## 建在何处 Where to build

# %%
plan = pd.read_csv(run_folder / "plan.csv")
print(plan[["candidate_id", "service", "places", "land_m2", "cost_yuan"]].to_string(index=False))
print("地图 map:", run_folder / "map.html")
