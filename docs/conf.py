"""The site made of these pages: `python -m sphinx -W -n --keep-going -b html docs build/docs`.

Nothing is fetched when it is built or read: fonts are those of the machine, formulas are MathML,
no page of another project is asked for its index.
"""

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_extensions"))

_PROJECT = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "一老一小设施规划"
author = "一老一小设施规划"
copyright = "MIT"
version = release = _PROJECT["version"]
language = "zh_CN"
html_search_language = "zh-pairs"

extensions = [
    "myst_parser", "mathml", "child_pages", "repository_links", "chinese_lines", "chinese_search",
]  # fmt: skip
root_doc = "index"

child_pages = {
    "index": [
        ("开始 Start", ["first-hour", "concepts", "glossary"]),
        ("使用 Use", ["study", "results", "map", "sheets", "gis", "compare", "whatif", "serve"]),
        ("方法 Methods", [
            "methods", "reach", "access", "capacity", "projection", "siting", "siting-models",
            "reasons", "frontier", "districts",
        ]),
        ("条文 Standards", ["standards"]),
        ("参考 Reference", ["reference/*"]),
        ("评测与决定 Evidence", ["benchmarks", "scaling", "decisions/README"]),
        ("其他 Further", ["*"]),
    ],
    "standards": [("", [f"standards/{short}" for short in ("SC", "CD", "DZ", "GZ", "JS", "CN")])],
    "decisions/README": [("", ["decisions/0*"])],
}  # fmt: skip

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4
suppress_warnings = [
    "myst.header",  # pages of documents go from their title to clauses, which are third headings
]
highlight_language = "text"
pygments_style = "friendly"
pygments_dark_style = "monokai"

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_theme_options = {
    "footer_icons": [],
    "light_css_variables": {
        "color-brand-primary": "#0b6e4f",
        "color-brand-content": "#0b6e4f",
    },
    "dark_css_variables": {
        "color-brand-primary": "#6fd3ae",
        "color-brand-content": "#6fd3ae",
    },
}
