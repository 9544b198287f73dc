/* What is written on the page: words in two languages, and numbers as a planner reads them. */

const WORDS = {
  reach: ["步行可达", "Walking reach"], clauses: ["条文体检", "Clause check"],
  service: ["服务", "Service"], state: ["状态", "State"],
  now: ["现状", "Now"], after: ["规划后", "With plan"],
  limit: ["步行时间上限", "Walking time limit"], min: ["分钟", "min"], person: ["人", "people"],
  back: ["恢复标准", "Reset"],
  within: ["{0} 分钟内", "Within {0} min"], beyond: ["超过 {0} 分钟", "Beyond {0} min"],
  nowhere: ["步行不可达", "Not reachable"], total: ["全体居民", "All residents"],
  no_facility: ["没有正在运营的此类设施", "No such facility is open"],
  none_open: ["无运营设施", "None open"], people: ["人数", "People"],
  legend: ["图例", "Legend"], layers: ["图层", "Layers"], notes: ["说明", "Notes"],
  items: ["{0} 条", "{0}"],
  cells: ["人口格网", "Population cells"], shading: ["条文体检着色", "Clause shading"],
  basemap: ["基础底图", "Base map"], facilities: ["现有设施", "Facilities"],
  open: ["运营", "Open"], not_open: ["未运营", "Not open"],
  not_open_yet: ["未运营的设施", "Not open"],
  others: ["其他服务的设施", "Other services"],
  sites: ["推荐选址", "Proposed sites"],
  made_sites: ["推荐选址（程序生成，假定）", "Proposed sites (made, assumed)"],
  assumed: ["其中为假定", "Assumed of it"], of_place: ["位置", "place"], of_source_class: ["来源类别", "source"],
  of_services: ["可设服务", "services"], of_floor_m2: ["建筑面积", "floor"], of_land_m2: ["用地面积", "land"],
  of_yuan_per_m2: ["改造单价", "price"], of_fixed_yuan: ["固定成本", "fixed cost"],
  boundary: ["{0}界", "{0} boundary"],
  clause: ["条文", "Clause"], level: ["层级", "Level"], met: ["达标", "Met"], not_met: ["未达标", "Not met"],
  not_assessable: ["无法评估", "Not assessable"], no_finding: ["无此条结论", "No finding"],
  measured: ["指标值", "Measured"], required: ["要求", "Required"], gap: ["缺口", "Gap"],
  verdict: ["结论", "Verdict"], because: ["依据", "Because"],
  here: ["此处人口格", "Cell here"],
  type: ["类型", "Type"], places: ["托位", "Nursery places"], floor: ["建筑面积", "Floor"],
  elder_land: ["养老服务用地", "Elder-care land"], land: ["用地面积", "Land"], cost: ["投资", "Cost"], wan: ["万元", "10k yuan"],
  source: ["来源", "Source"], reason: ["理由", "Reason"], services: ["服务", "Services"],
  status: ["状态", "Status"], count: ["{0} 处", "{0}"], unnamed: ["（未命名）", "(no name)"],
  unknown: ["未知", "Unknown"],
  more: ["展开图例与图层", "Show legend and layers"], less: ["收起", "Hide"],
  north: ["北", "N"], zoom_in: ["放大", "Zoom in"], zoom_out: ["缩小", "Zoom out"],
  close: ["关闭", "Close"], none: ["本单元没有条文结论", "No findings for this unit"],
  map: ["地图：方向键平移，加减号缩放，回车查看中心", "Map: arrows pan, + − zoom, Enter inspects"],
  province: ["省", "Province"], city: ["市", "City"], county: ["区县", "County"],
  district: ["区", "District"], street: ["街道", "Street"], community: ["社区", "Community"],
  residential_area: ["居住区", "Residential area"],
};

/** The word in the language chosen; `{0}` is filled in. */
const t = (key, ...fill) =>
  (WORDS[key] ? WORDS[key][state.en ? 1 : 0] : key).replace("{0}", fill[0]);

/** Halves go to the even side, as Python's do: the tables and this page must print one figure. */
function whole(value) {
  const near = Math.round(value);
  return value % 1 === 0.5 && near % 2 ? near - 1 : near;
}

/** One decimal; a double is a true half of a tenth only where it is an odd number of quarters. */
const tenths = (value) => ((value * 4) % 2 === 1 ? whole(value * 10) / 10 : value).toFixed(1);

/** A number as a planner reads it: thousands separated, few decimals, a dash where absent. */
function number(value, decimals) {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value !== "number") return String(value);
  const places = decimals !== undefined ? decimals : Number.isInteger(value) ? 0 : 2;
  let text = places === 1 ? tenths(value) : places ? value.toFixed(places) : String(whole(value));
  if (places && decimals === undefined) text = text.replace(/\.?0+$/, "");
  if (Number(text) === 0 && value !== 0) text = value.toPrecision(2);
  const [digits, rest] = text.split(".");
  return digits.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
}

const share = (part, all) => (all > 0 ? `${tenths((part / all) * 100)}%` : "—");

/** Units of findings and sites; a unit not listed is written as it came. */
const UNITS = { places: ["个托位", " places"], m2: [" m²", " m²"], persons: ["人", " people"] };

/** A number with its unit; a share is a percentage, and a gap between shares percentage points. */
function amount(value, unit, gap) {
  if (value === null || value === undefined) return "—";
  if (unit === "share") {
    const percent = tenths(value * 100);
    return !gap ? `${percent}%` : value === 0 ? "0" : percent + (state.en ? " points" : "个百分点");
  }
  const word = UNITS[unit] ? UNITS[unit][state.en ? 1 : 0] : unit ? ` ${unit}` : "";
  return number(value) + word;
}

function minutesText(code) {
  if (code === UNREACHABLE) return t("nowhere");
  return code === NO_FACILITY ? t("none_open") : `${number(code / 10, 1)} ${t("min")}`;
}

/** What a site adds, in a few words: places of a nursery, else its floor. */
function sizeOf(row) {
  return row.places ? amount(row.places, "places") : row.floor_m2 ? amount(row.floor_m2, "m2") : "";
}

const shortened = (text, most) => {
  const signs = Array.from(text); // by character, so that no 4-byte one is cut in two
  return signs.length > most ? `${signs.slice(0, most).join("")}…` : text;
};
