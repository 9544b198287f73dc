# %% [markdown]
# # 四、条文与本市文件 Standards, and your own city's file
#
# 程序里的每个目标值都来自文件原文。这一课看条文是怎样存放的，一地怎样同时对照几份文件，
# 怎样把本市的文件写进去，一条结论怎样追到原文。
#
# *Every target comes from the text of a document: how clauses are kept, several documents at once,
# a file of your own, and how a finding is traced to its sentence.*

# %%
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt
import pandas as pd

import planning
from planning.errors import PlanningError
from planning.sample import write_sample
from planning.standards import load_standard, standards_in_library

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
# ## 1 库里有哪些文件 The library
#
# *Short name, document, where it holds, and how many clauses.*

# %%
library = [load_standard(name) for name in standards_in_library()]
show(
    pd.DataFrame(
        {
            "简称 short": [one.short for one in library],
            "文件 document": [one.document for one in library],
            "适用 where": [one.jurisdiction for one in library],
            "上级 parent": [one.parent or "—" for one in library],
            "条文 clauses": [len(one.clauses) for one in library],
        }
    )
)

# %% [markdown]
# ## 2 一条条文 One clause
#
# 每条都有条款号、原文、数值和“读法”：原文有歧义时按哪种理解，写在明处，可以争论。
#
# *Article, quote, figure, and the reading where the text is ambiguous.*

# %%
sichuan = load_standard("sichuan-2021-57")
clause = next(one for one in sichuan.clauses if one.id == "SC-2021-57/2.1/nursery-new")
print(f"{sichuan.document} {clause.article}　{clause.title_zh}")
print(f"原文 quote：{clause.quote}")
print(f"数值 figure：{clause.operator} {clause.value} {clause.unit}")
print(f"读法 reading：{clause.reading[0]}")

# %% [markdown]
# ## 3 一地对照多份文件 One place, several documents
#
# 同一座城，同时用四川、贵州、江苏三份文件打分。先看各文件“要求”一类的结果。
#
# *The same town held against three documents.*

# %%
_, run_folder = planning.run(
    study, documents=["SC", "GZ", "JS"], until="assess", out_dir=folder / "runs"
)
card = pd.read_csv(run_folder / "scorecard.csv").query("role == 'requirement'")
verdicts = {"met": "达标 met", "not_met": "未达标 not met", "not_assessable": "无法评估 n/a"}
counts = card.groupby(["profile", "verdict"]).size().unstack(fill_value=0)
counts = counts.reindex(columns=list(verdicts), fill_value=0).rename(columns=verdicts)
ax = counts.plot.barh(
    stacked=True, figsize=(7, 2.6), color=["#74b3a2", "#cb705a", "#d3cfc6"], width=0.6
)
for bars in ax.containers:
    ax.bar_label(bars, labels=[f"{n:g}" if n else "" for n in bars.datavalues], label_type="center")
ax.set(xlabel="要求（条 × 单元）requirements by unit", ylabel="")
ax.invert_yaxis()
ax.legend(title="", loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# 同一件事，各文件要多少？`★` 是其中最严的。一份文件里的“省目标”“市目标”对本区只作对照。
#
# *What each asks for the same thing, the strictest marked.*

# %%
columns = {
    "profile": "文件 document",
    "unit_name": "单元 unit",
    "title": "指标 figure",
    "target": "目标 asked",
    "current": "现状 now",
    "shortfall": "缺口 missing",
    "strictest": "最严 strictest",
}
ranks = {"only": "★ 最严", "equal": "＝ 同为最严", "less": "· 另有更严"}
whole = pd.read_csv(run_folder / "scorecard.csv").query("level == 'county' and measured.notna()")
same = whole[whole["strictest"].isin(list(ranks))].replace({"strictest": ranks})
show(same.sort_values("unit")[list(columns)].rename(columns=columns))

# %% [markdown]
# ## 4 写本市的文件 A file of your own city
#
# 假设某市发文，新建居住区要每千人 12 个托位，比省里的 10 个严。照下面写成一个 YAML 文件：
# `parent: SC` 表示其余条文沿用四川省；`key` 与省里那一条相同，表示替代它。
#
# *A city asks 12 places per 1,000 where the province asks 10; the rest is inherited.*

# %%
my_city = folder / "某市.yaml"
my_city.write_text(
    """
id: mycity-2024
short: MY
document: 某府办发〔2024〕1号
jurisdiction: 某市
dated: "2024-03-01"
parent: SC
clauses:
  - id: MY-2024-1/2.1/nursery-new
    key: nursery_new
    article: 二(一)
    quote: 新建居住区每千人口不少于12个托位
    title_zh: 新建居住区托位
    title_en: Nursery places in new areas
    service: nursery
    mark: spatial-core
    strength: binding
    measure: {kind: per_thousand, amount: places, which: {does: nursery}}
    operator: ">="
    value: "12"
    unit: 个/千人
    levels: [residential_area]
    applies: {status: new}
    reading: 按规划人口计。
""",
    encoding="utf-8",
)
_, beside = planning.run(study, documents=[str(my_city)], until="assess", out_dir=folder / "runs")
card = pd.read_csv(beside / "scorecard.csv").query("title == '新建居住区托位'")
show(card.replace({"strictest": ranks})[list(columns)].rename(columns=columns))

# %% [markdown]
# 写错了会怎样？把 `quote` 一行删掉试试：每个错误都指出在哪一行、应为什么。
#
# *A clause without its quote is refused, with the line.*

# %%
wrong = folder / "写错.yaml"
lines = my_city.read_text(encoding="utf-8").splitlines()
wrong.write_text("\n".join(line for line in lines if "quote:" not in line), encoding="utf-8")
try:
    planning.run(study, documents=[str(wrong)], until="assess", out_dir=folder / "runs")
except PlanningError as problem:
    print(problem)

# %% [markdown]
# 要把它作为考核依据，在研究文件里写 `standards: {profile: 某市.yaml}`。
# 写法见 `docs/standards.md` 第九节。
#
# *To be judged by it, name it as the profile in the study.*

# %% [markdown]
# ## 5 一条结论怎样来的 How a finding came about
#
# 每条结论都带一句算式和原文。评审时问“这个数是哪来的”，就念这一句。
#
# *Every finding has its sum in a sentence, and the quote it rests on.*

# %%
findings = pd.read_csv(run_folder / "findings.csv")
worst = findings.query("profile == 'SC' and role == 'requirement' and verdict == 'not_met'").iloc[0]
print(f"{worst['document']} {worst['article']}：“{worst['quote']}”")
print(worst["because_zh"])
print(worst["because_en"])
