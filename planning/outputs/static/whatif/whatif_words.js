/* What the page says, in both languages: [中文, English]. */

/** Which language is spoken now. */
export const speaking = { en: false };

const WHATIF_WORDS = {
  tool_name: ["情景推演", "What if"],
  getting_ready: ["正在准备街道与人口…", "Getting streets and people ready…"],
  failed_start: ["页面未能打开：{0}", "The page could not open: {0}"],
  made_of: ["数据指纹 {0}", "made of {0}"],
  // states
  shown: ["显示", "Show"], scenario: ["情景", "Scenario"], present: ["现状", "Present"],
  plan: ["推荐方案", "Proposed plan"], change: ["变化", "Change"],
  // header
  service: ["服务", "Service"], undo: ["撤销", "Undo"], redo: ["重做", "Redo"],
  file: ["文件", "File"], save: ["存为情景文件", "Save scenario file"],
  open: ["打开情景文件", "Open scenario file"], table: ["导出表格", "Export table"],
  print: ["打印", "Print"], from_present: ["从现状开始", "Start from the present"],
  from_plan: ["从推荐方案开始", "Start from the proposed plan"], help: ["帮助", "Help"],
  close: ["关闭", "Close"], language: ["EN", "中文"],
  scenario_name: ["情景名称", "Name of the scenario"], unnamed_scenario: ["未命名情景",
    "Untitled scenario"],
  // tools
  tools: ["工具", "Tools"], select: ["选择", "Select"], add: ["增设", "Add"], remove: ["移除",
    "Remove"],
  resize: ["规模", "Size"], area: ["居住区", "Homes"], road: ["道路", "Streets"],
  select_hint: ["点选设施或选址并拖动；点空白处按单元筛选。",
    "Pick a mark and drag it; click elsewhere to pick a unit."],
  add_hint: ["选好种类与规模，在地图上点选位置；靠近候选点即贴合，按住 Alt 不贴合。",
    "Choose kind and size, then click the map; near a candidate it snaps, Alt keeps it free."],
  remove_hint: ["点选要移除的设施或选址。", "Click the facility or site to take away."],
  resize_hint: ["点选设施或选址，在卡片里改规模。",
    "Click a facility or site and set its size in the card."],
  area_hint: ["逐点画出范围（键盘用空格点），双击或回车结束，退格删一点，Esc 放弃。",
    "Click corner by corner (Space by keyboard); double click or Enter ends, Backspace takes one back, Esc gives up."],
  road_hint: ["点选街道断开（含桥），再点恢复；整条线一并断开。",
    "Click a street to close it (bridges too), again to open it; the whole line goes."],
  kind: ["种类", "Kind"], size: ["规模", "Size"], households: ["户数", "Households"],
  per_household: ["户均人数", "Persons per household"], area_name: ["名称", "Name"],
  as_study: ["按研究默认 {0}", "as in the study, {0}"], to_fill: ["请填写", "to be filled in"], finish: ["结束画范围", "End the outline"],
  corners: ["已点 {0} 点", "{0} corners"],
  // conditions
  limit: ["步行时限", "Walking limit"], speed: ["步速", "Walking speed"], min: ["分钟", "min"],
  metres_second: ["米/秒", "m/s"], default_value: ["默认 {0}", "default {0}"], reset: ["复原",
    "Reset"],
  // figures
  within: ["{0} 分钟内的{1}", "{1} within {0} min"], whole: ["总数", "All"],
  against_present: ["比现状", "vs present"], against_plan: ["比推荐方案", "vs plan"],
  group: ["人群", "Group"], share: ["占比", "Share"], difference: ["比现状", "vs present"],
  covered_people: ["步行圈内人数", "People within the limit"],
  clauses: ["条文体检", "Clause check"], met: ["达标", "Met"], not_met: ["未达标", "Not met"],
  not_assessable: ["无法评估", "Not assessable"], not_live: ["待复算", "Re-run"],
    plan_column: ["推荐方案", "Plan"],
  not_applicable: ["不适用", "Not applicable"],
  not_live_why: ["“待复算”的条文本页不能即时推算，仍按现状结论列出；存为情景文件后用 planning assess 复算。",
    "“Re-run” clauses cannot be worked out here and keep the verdict of the present; save the scenario and run planning assess."],
  changed: ["与现状相比的变化", "Changed since the present"], none_changed: ["结论没有变化",
    "No verdict changed"],
  role: ["性质", "Role"], requirement: ["要求", "requirement"], goal: ["目标", "goal"], benchmark: ["参考", "reference"],
  with_reference: ["含参考项：研究目标，以及文件未要求到该级的条文",
    "with what is for reference: goals, and clauses at levels that no document requires"],
  unmet_list: ["未达标清单", "Not met"], none_unmet: ["没有未达标的条文", "Nothing is unmet"],
  only_unit: ["只看{0}", "Only {0}"],
  measured: ["现有", "has"], required: ["要求", "needs"], gap: ["差", "short"],
    more_rows: ["另有 {0} 条，全部列出", "{0} more, list all"],
  cost: ["费用", "Cost"], added_cost: ["新增费用", "Cost of what is added"],
    wan: ["万元", "10k yuan"],
  no_basis: ["另有 {0} 处无费用依据", "{0} more without a basis for cost"],
  plan_cost: ["推荐方案 {0} 万元", "proposed plan {0} × 10k yuan"],
  edits: ["改动清单", "Edits"], no_edits: ["还没有改动：在地图上拖动、增设或移除。",
    "No edits yet: drag, add or take away on the map."],
  undo_edit: ["撤去这项改动：{0}", "Undo this edit: {0}"],
  unfold: ["展开指标", "Show figures"], fold: ["收起指标", "Hide figures"],
  // edits
  edit_added: ["增设", "Add"], edit_moved: ["移位", "Move"], edit_removed: ["移除", "Take away"],
  edit_resized: ["调整规模", "Resize"], edit_closed: ["断开道路", "Close street"],
    edit_area: ["规划居住区", "Planned homes"],
  edit_limit: ["{0}时限", "Limit of {0}"], edit_speed: ["步速", "Walking speed"],
  by_metres: ["移动 {0} 米", "moved {0} m"], line_no: ["线 {0}", "line {0}"],
  // cards
  site: ["选址", "Site"], facility: ["现有设施", "Facility"], candidate: ["候选点", "Candidate"],
  assumed: ["其中为假定：{0}", "assumed of it: {0}"],
  own_cost: ["造价（万元，可不填）", "Cost (10k yuan, may be empty)"],
  unit_of: ["所在单元", "Unit"], original: ["原状", "as it is"], put_back: ["放回原处", "Put back"],
  take_away: ["移除", "Take away"],
  places: ["托位", "Places"], beds: ["床位", "Beds"], nursing_beds: ["护理型床位", "Nursing beds"],
  floor_m2: ["建筑面积", "Floor"], unknown: ["未知", "unknown"], not_open: ["未运营", "not open"],
  households_unit: ["户", "households"], unnamed: ["（未命名）", "(no name)"],
  // map
  map: ["地图：方向键平移，加减号缩放，空格或回车在中心使用工具",
    "Map: arrows pan, + − zoom, Space or Enter uses the tool at the centre"],
  legend: ["图例", "Legend"], minutes: ["{0}–{1} 分钟", "{0}–{1} min"], beyond: ["超过 {0} 分钟",
    "Beyond {0} min"],
  nowhere: ["步行不可达", "Not reachable"], gained: ["新增覆盖", "Newly within"], lost: ["失去覆盖",
    "No longer within"],
  still_within: ["一直覆盖", "Within, as before"], still_beyond: ["仍未覆盖",
    "Not within, as before"],
  mark_facility: ["现有设施", "Facility"], mark_idle: ["未运营", "Not open"],
    mark_site: ["增设选址", "Added site"],
  mark_plan: ["推荐选址", "Proposed site"],
  mark_moved: ["移位的设施", "Moved facility"], mark_removed: ["移除的设施", "Taken away"],
  mark_candidate: ["候选点", "Candidate"], mark_circle: ["所选设施可达街道",
    "Streets within reach of the pick"],
  mark_closed: ["断开的道路", "Closed street"], mark_area: ["规划居住区", "Planned homes"],
  residents_here: ["此处 {0} {1} {2}", "{0} here: {1} {2}"], minutes_here: ["步行 {0} 分钟",
    "{0} min walk"],
  zoom_in: ["放大", "Zoom in"], zoom_out: ["缩小", "Zoom out"],
  snapped: ["已贴合候选点 {0}", "Snapped to candidate {0}"],
    snap_here: ["贴合候选点 {0}（Alt 不贴合）", "Candidate {0} (Alt: stay free)"],
  removed_said: ["已移除 {0}", "{0} taken away"], added_said: ["已增设 {0}", "{0} added"],
  nothing_undo: ["没有可撤销的改动", "Nothing to undo"], nothing_redo: ["没有可重做的改动",
    "Nothing to redo"],
  saved: ["已存为 {0}", "Saved as {0}"], opened: ["已打开情景“{0}”", "Scenario “{0}” is open"],
  exported: ["已导出 {0}", "{0} exported"], starts_present: ["已回到现状", "Back to the present"],
  starts_plan: ["已从推荐方案开始", "Started from the proposed plan"],
  plan_left_out: ["推荐方案另有 {0} 处改建或关停，本页不能表示，情景中没有：{1}{2}",
    "The proposed plan also turns {0} facilities into others or closes them, which this page cannot: {1}{2}"],
  plan_change: ["{0} 改建（{1}）", "{0} turned ({1})"], plan_close: ["{0} 关停", "{0} closed"],
  no_plan: ["本次运行没有推荐方案", "This run has no proposed plan"],
  // messages
  outside: ["该位置在研究范围之外，已放回原处；请放在范围以内。",
    "That place lies outside the study area; it went back. Choose one inside."],
  outside_add: ["该位置在研究范围之外；请在范围以内点选。",
    "That place lies outside the study area; choose one inside."],
  few_corners: ["至少点 3 点才能围成范围（现有 {0} 点）。",
    "An outline needs 3 corners or more ({0} so far)."],
  no_persons: ["研究没有给出户均人数，请先填写“户均人数”，再结束画范围。",
    "The study gives no persons per household: fill them in first, then end the outline."],
  no_street_here: ["此处 {0} 米内没有街道；请点在街道上。",
    "No street within {0} m of here; click on one."],
  bad_number: ["{0}：应为 {2} 至 {3} 之间的数，读到“{1}”；请改填。",
    "{0}: found “{1}”, expected a number from {2} to {3}; enter another."],
  refused: ["未能采用这一改动：{0}", "This edit was not taken: {0}"],
  // help
  help_title: ["怎样使用", "How to use this page"],
  help_lines: [
    ["拖动选址或设施，指标随手更新；松手即成为一步，可撤销。",
      "Drag a site or facility: figures follow; letting go makes one step that can be undone."],
    ["键盘：Tab 依次选中标记；方向键移动 10 米，Shift 加方向键 100 米；回车开卡片，Delete 移除，Esc 放弃。",
      "Keyboard: Tab goes from mark to mark; arrows move 10 m, with Shift 100 m; Enter opens the card, Delete takes away, Esc gives up."],
    ["Ctrl+Z 撤销，Ctrl+Y 重做；“改动清单”可单独撤去一项。",
      "Ctrl+Z undoes, Ctrl+Y does again; the list of edits undoes any one of them."],
    ["贴近候选点（12 像素内）自动贴合并按候选点计费；按住 Alt 不贴合。",
      "Within 12 pixels of a candidate a site snaps to it and takes its cost; Alt keeps it free."],
    ["断开道路按整条线计，步行时间按街道网重新推算；不改动其余街道。",
      "A closed street goes as a whole line; walks are worked out anew, all other streets stay."],
    ["“存为情景文件”写出 JSON：planning assess STUDY --scenario 文件 可复算出同样的人数。",
      "“Save scenario file” writes JSON: planning assess STUDY --scenario FILE gives the same people."],
    ["本页不联网，数据都在文件里。",
      "This page asks the network for nothing; all data lie in the file."],
  ],
};

/** Units of figures: what stands behind a number. */
const UNIT_WORDS = {
  places: [" 个托位", " places"], m2: [" m²", " m²"], persons: [" 人", " people"],
    beds: [" 张", " beds"],
  nursing_beds: [" 张", " beds"], floor_m2: [" m²", " m²"],
  facilities: [" 处", " facilities"], units: [" 个单元", " units"], yuan: [" 元", " yuan"],
  levels: [" 级", " levels"], areas: [" 个居住区", " areas"], candidates: [" 处候选点",
    " candidates"],
  figure: ["", ""], clauses: [" 条", " clauses"],
};

const LEVEL_NAMES = {
  province: ["省", "Province"], city: ["市", "City"], county: ["区县", "County"], district: ["区",
    "District"],
  street: ["街道", "Street"], community: ["社区", "Community"], residential_area: ["居住区",
    "Residential area"],
};

/** What a register may leave unsaid of a candidate. */
const FIELD_NAMES = {
  place: ["位置", "place"], source_class: ["来源类别", "source"], services: ["可设服务", "services"],
  floor_m2: ["建筑面积", "floor"], land_m2: ["用地面积", "land"],
  yuan_per_m2: ["改造单价", "price"], fixed_yuan: ["固定成本", "fixed cost"],
};

/** Of two texts, [中文, English], the one to show; a plain text is shown as it is. */
export const inTongue = (pair) => (Array.isArray(pair) ? pair[speaking.en ? 1 : 0] : pair);

/** The words of a key; {0}, {1} … are filled in. */
export function say(key, ...fill) {
  const words = WHATIF_WORDS[key];
  const text = words ? inTongue(words) : key;
  return text.replace(/\{(\d)\}/g, (_, i) => String(fill[Number(i)]));
}

/** What a field of a candidate is called. */
export const fieldWord = (field) => inTongue(FIELD_NAMES[field]);

/** Several things in a row. */
export const listed = (things) => things.join(inTongue(["、", ", "]));

/** Lines of the help. */
export const helpLines = () => WHATIF_WORDS.help_lines.map(inTongue);

/** The word of a unit of figures; one that is not listed stands as it came. */
export const unitWord = (unit) => (UNIT_WORDS[unit] ? inTongue(UNIT_WORDS[unit]) : unit ? ` ${unit}`
  : "");

/** What the units of a level are called. */
export const levelWord = (level) => (LEVEL_NAMES[level] ? inTongue(LEVEL_NAMES[level]) : level);
