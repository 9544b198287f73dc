/* Words that only the map writes. */

Object.assign(WORDS, {
  people_theme: ["人口分布", "People"], group: ["人群", "Group"],
  compare: ["左右对比", "Compare"], drag: ["拖动或按左右键比较现状与规划后", "Drag, or use the arrow keys, to compare now and with the plan"],
  gained: ["新增覆盖", "Newly within"], still_beyond: ["仍超过 {0} 分钟", "Still beyond {0} min"],
  cells_held: ["有人的格子", "Cells with people"], most_in_cell: ["单格最多", "Most in a cell"],
  per_cell: ["每格（{0}）", "In a cell ({0})"], any: ["有人", "Some people"],
  water: ["水面", "Water"], green: ["绿地", "Green"], building: ["建筑（放大后）", "Buildings (from near)"],
  search: ["查找单元、设施、选址", "Find a unit, facility or site"],
  found: ["{0} 个结果", "{0} found"], found_more: ["共 {0} 个，请再输入几个字", "{0} found: type more"],
  found_none: ["没有找到", "Nothing found"],
  tiles: ["天地图（联网）", "Tianditu (online)"],
  candidate: ["候选点", "Candidate"], action: ["做法", "Action"], where: ["所在单元", "Unit"], year: ["年度", "Year"],
  build: ["新建", "Build"], change: ["改造", "Change"], close_site: ["关停", "Close down"],
  kind: ["设施种类", "Kind"], beds: ["床位", "Beds"],
  service_both: ["一老一小", "Both"], service_elder_care: ["养老", "Elder care"], service_nursery: ["托育", "Nursery"],
  service_meals: ["助餐", "Meals"], service_health: ["医疗", "Health"], service_other: ["其他", "Other"],
});

Object.assign(UNITS, {
  beds: ["张床位", " beds"], facilities: ["处", " facilities"], units: ["个单元", " units"],
  yuan: ["元", " yuan"], levels: ["级", " levels"], areas: ["个居住区", " areas"],
  candidates: ["处候选点", " candidates"], figure: ["", ""], clauses: ["条", " clauses"],
});

/** A change, which says whether it is more or less. */
const signed = (value) => (value > 0 ? "+" : "") + number(value);

const listed = (texts) => texts.join(state.en ? ", " : "、");
