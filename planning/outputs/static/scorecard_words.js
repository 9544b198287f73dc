/* Words that only the scorecard writes. */

Object.assign(WORDS, {
  scorecard: ["条文记分卡", "Scorecard"], all_documents: ["全部文件", "All documents"],
  document: ["文件", "Document"], own: ["本研究采用", "Adopted by the study"],
  judged_in: ["评估年份 {0}", "Assessed in {0}"], scenario: ["情景 {0}", "Scenario {0}"],
  print: ["打印", "Print"], verdicts: ["达标情况", "Verdict"], roles: ["性质", "Role"],
  not_applicable: ["不适用", "Not applicable"],
  requirement: ["要求", "Required"], goal: ["力争", "Striven for"],
  indicator: ["指标", "Indicator"], benchmark: ["对照", "Benchmark"],
  only_strictest: ["只看各文件中最严的", "The strictest only"],
  no_level: ["文件", "Document"], no_units: ["（研究中无此层级的单元）", "(no units of this level)"],
  unit: ["单元", "Unit"], item: ["指标与依据条文", "Clause"],
  current: ["现状", "There is"], target: ["目标", "Target"],
  matrix: ["单元 × 条文：点击格子看依据", "Units × clauses: click a cell for its reasons"],
  card_of: ["{0} 的记分卡", "Scorecard of {0}"], units_of: ["各单元：{0}", "By unit: {0}"],
  nothing: ["没有符合所选条件的条文", "Nothing matches what is chosen"],
  choose: ["点击任一格或一行，查看原文、算式与来源", "Click a cell or a line for quote, figures and origin"],
  inheritance: ["来源", "Origin"], due: ["期限", "Due"], standing: ["长期", "Standing"],
  strength: ["约束力", "Strength"], role: ["在本级", "Here"], measure: ["测算", "Measure"],
  where: ["适用", "Applies to"], reading: ["读法", "Reading"], short_people: ["涉及人数", "People left without"],
  compare: ["各文件对同一事项的要求", "What each document asks in this matter"],
  strictest: ["最严", "Strictest"], equal: ["并列最严", "Equally strict"], same: ["各文件一致", "All alike"], no_figure: ["未定数值", "No figure"],
  here: ["本条", "This one"], services: ["服务", "Service"],
  both: ["一老一小", "Both"], elder_care: ["养老", "Elder care"], nursery: ["托育", "Nursery"],
  meals: ["助餐", "Meals"], health: ["医疗", "Health"], other: ["其他", "Other"],
  foot: ["— 为没有数据或无从计算，不是 0。现状、目标按条文所印的单位；括号内为在本单元折合的量。",
    "— is absent, never 0. What there is and what is asked stand in the unit the document prints; in brackets what that comes to here."],
});

const MARKS = { met: "✓", not_met: "✗", not_assessable: "?", not_applicable: "–" };
