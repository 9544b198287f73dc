"""What was left out of a network, in Chinese."""

SET_ASIDE_ZH = {
    "ways not for this profile": "未采用：该出行方式不可用的道路",
    "zero-length pieces": "长度为零、两端合并的路段",
    "gates that let nobody through": "不放行的门、栏",
    "nodes missing from the file": "文件中缺失的节点（道路在此断开）",
    "coordinates outside the world": "坐标不在地球上的节点（道路在此断开）",
    "way ids used twice": "编号重复的道路",
    "ways with fewer than two usable nodes": "可用节点不足两个的道路",
    "duplicate ways": "重复的道路，只计一次",
    "second direction of a street": "同一道路的反方向，合为一条",
    "edges of several highway kinds, judged by the first": "含多种道路类别、按第一种判断的边",
    "edges of several access rules, judged by the first": "含多种通行规则、按第一种判断的边",
    "lines without geometry": "没有几何的线",
    "lines with coordinates that are no numbers": "坐标不是数的线",
    "lines without length": "没有长度的线",
}
"""What the network's counts of left-out things are called in Chinese, by reason."""
