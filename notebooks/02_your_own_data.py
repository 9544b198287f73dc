# %% [markdown]
# # 二、换成自己的数据 Reading your own data
#
# 台账从来不是干净的。这一课看：要带哪些文件，程序怎样读、怎样报告，哪些行它会剔除，什么时候它拒绝。
#
# *What to bring, how it is read and reported, which rows are left out, and when it refuses.*

# %%
from pathlib import Path
from tempfile import mkdtemp

import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd

import planning
from planning.errors import PlanningError
from planning.sample import write_sample

planning.use_chinese_font()
folder = Path(mkdtemp())
write_sample(folder)


def show(frame):
    """排成整齐的表。"""
    left = [{"selector": "th, td", "props": "text-align: left"}]
    tidy = frame.convert_dtypes().style.hide().set_table_styles(left)
    return tidy.format(precision=1, thousands=",", na_rep="—")


# %% [markdown]
# ## 1 要带什么 What to bring
#
# 最少三样：**路网**、**人口**、**范围或规划单元**。
# 再加**设施台账**就能体检，再加**候选点**就能选址。
# 一份“研究文件”（YAML 文本）写明各个文件在哪里、各条参数是多少、出处是什么。
#
# *At least streets, people and the area; with a register of facilities it can be assessed, with
# candidates sited. The study file says where each is.*

# %%
text = (folder / "study.yaml").read_text(encoding="utf-8")
print("\n".join(text.splitlines()[:38]), "\n…")

# %% [markdown]
# 全部的键见 `docs/study.md`。格式可以是 Shapefile、GeoPackage、GeoJSON、Excel、CSV、`.osm.pbf`、
# GeoTIFF 等，编码（UTF-8、GBK）自动识别。
#
# *Every key is in `docs/study.md`; the usual formats and encodings are read.*

# %% [markdown]
# ## 2 先检查，不计算 Check before anything else
#
# `planning.check` 读全部数据，不改动任何文件，把读到的、猜到的、补上的都说出来。
# 每拿到一份新数据，先看这张表。
#
# *Reads everything, changes nothing, and says all it saw, guessed and mended.*

# %%
town = planning.check(folder / "study.yaml")
notes = pd.DataFrame(
    {
        "关于 about": [note.about for note in town.notes],
        "说明 what was seen": [note.zh for note in town.notes],
    }
)
show(notes)

# %% [markdown]
# 再画一张图，看位置对不对。位置错了，后面全错；这一眼不能省。
#
# *Then look at a picture: if places are wrong, everything after is.*

# %%
units = gpd.read_file(folder / "units.gpkg").query("level == 'street'")
fig, ax = plt.subplots(figsize=(8, 5.6))
units.plot(ax=ax, color="#f4f2ea", edgecolor="#6d747a")
ax.scatter(
    town.demand.x_m,
    town.demand.y_m,
    s=town.demand.people["total"] / 4,
    color="#8fb79a",
    lw=0,
    label="人口（越大越多）people",
)
ax.scatter(
    town.candidates.x_m,
    town.candidates.y_m,
    s=22,
    marker="s",
    color="#c17a00",
    label="候选点 candidates",
)
ax.scatter(
    town.facilities.x_m,
    town.facilities.y_m,
    s=55,
    color="#a3195b",
    edgecolor="white",
    label="现有设施 facilities",
)
ax.set_axis_off()
ax.set_aspect("equal")
ax.set_title("读到的人、设施与候选点 what was read, and where it is")
ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.02), ncol=3, frameon=False)
plt.show()

# %% [markdown]
# ## 3 一份真实样子的台账 A register as it really comes
#
# 把示例台账改得像单位发来的：列名不同、“约120”、带单位的数、经纬度填反、负数、外地的一行、
# 重复的一行。
#
# *Other headings, "about 120", units in cells, swapped coordinates, a negative number, a row from
# another city, a row twice.*

# %%
register = pd.read_csv(folder / "facilities.csv", dtype=str)
register = register.rename(
    columns={"名称": "机构名称", "类型": "机构类型", "托位数": "托位数（个）"}
)
register.loc[0, "床位数"] = "约120"
register.loc[4, ["经度", "纬度"]] = register.loc[4, ["纬度", "经度"]].to_list()
register.loc[5, "托位数（个）"] = "-20"
register.loc[7, ["经度", "纬度"]] = ["116.397", "39.909"]
register.loc[8, "建筑面积"] = "460㎡"
register = pd.concat([register, register.iloc[[10]]], ignore_index=True)
register.to_excel(folder / "设施台账.xlsx", index=False, engine="xlsxwriter")
show(register.iloc[[0, 4, 5, 7, 8, 10, 15], :9])

# %% [markdown]
# 研究文件改两处：换成这份 Excel；坐标系写 `auto`，让程序自己判定。
#
# *Two changes to the study: this workbook, and coordinates to be told by the program.*

# %%
text = text.replace("path: facilities.csv", "path: 设施台账.xlsx")
mine = folder / "我的研究.yaml"
mine.write_text(text.replace("coords: wgs84", "coords: auto"), encoding="utf-8")
try:
    planning.check(mine)
except PlanningError as problem:
    print(problem)

# %% [markdown]
# 拒绝了，而且说了为什么：只有十几行，分不清是 WGS-84 还是高德的 GCJ-02，两者相差几百米。
# 猜错一次，几百米的步行时间全错，所以程序不猜。问清发数据的人，写进 `coords`，再来：
#
# *Refused, and it says why: WGS 84 and GCJ-02 differ by some hundred metres and cannot be told
# apart here. Ask who sent it, write it down, and go on.*

# %%
mine.write_text(text, encoding="utf-8")
town = planning.check(mine)
words = {
    "rejected": "剔除 left out",
    "repaired": "改读 read otherwise",
    "doubtful": "存疑 doubtful",
}
remarks = pd.DataFrame(
    {
        "Excel 行号 row": [note.row for note in town.row_notes],
        "编号 id": [note.id for note in town.row_notes],
        "处理 done": [words[note.done] for note in town.row_notes],
        "原因 why": [note.zh for note in town.row_notes],
    }
)
print(f"台账 {len(register)} 行，采用 {len(town.facilities)} 处 facilities")
show(remarks)

# %% [markdown]
# 行号就是 Excel 里的行号，照着去改即可。没有一行是悄悄丢掉的。
#
# *The numbers are those of the spreadsheet. Nothing is dropped silently.*

# %% [markdown]
# ## 4 研究文件写错了 A slip in the study file
#
# 键名拼错、文件不在，都在开始计算之前一次说完：哪一行，发现了什么，应该是什么，怎么改。
#
# *Every fault at once, before any computing: the line, what was found, what was expected.*

# %%
wrong = folder / "写错的研究.yaml"
wrong.write_text(text.replace("limit_min: 15", "limit_minutes: 15", 1), encoding="utf-8")
try:
    planning.check(wrong)
except PlanningError as problem:
    print(problem)

# %% [markdown]
# ## 5 用你自己的文件 With your own files
#
# 复制 `scripts/studies/sample.yaml`，改文件名和参数，然后把下面两行的 `#` 去掉，换成你的路径：
#
# *Copy the sample's study, change it, and take away the `#` of these lines.*

# %%
# town = planning.check(Path(r"D:\规划\我的研究.yaml"), data_dir=Path(r"D:\规划\数据"))
# for note in town.notes:
#     print(note.about, note.zh)
