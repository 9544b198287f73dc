/* The page of reasons: the plan in figures, its sites, what it leaves short. Drawn anew when the
   language changes; what is looked for redraws the sites alone.

   The files of this page are one script. Every text goes to it through textContent, never as HTML. */

let c, state; // the content, and what is chosen

const tile = (word, value, ...under) => h("div", { class: "tile" }, h("small", {}, t(word)), h("b", {}, value),
  under.filter(Boolean).map((text) => h("small", {}, text)));

function heading() {
  const year = c.year === null ? "" : t("judged_in", c.year);
  return h("header", { class: "top" },
    h("div", {}, h("h1", {}, c.title, h("span", {}, t("reasons"))),
      h("p", {}, [year, pick(c.of_year), c.scenario ? t("scenario", c.scenario) : ""].filter(Boolean).join(" · "))),
    h("div", { class: "no-print" },
      h("button", { type: "button", onclick: () => window.print() }, t("print")),
      h("button", { type: "button", onclick: () => { state.en = !state.en; show(); } }, state.en ? "中文" : "English")));
}

function summary() {
  const plan = c.plan, sought = plan.status !== "picked", priced = sought && plan.is_cost_sought;
  return h("section", { class: "tiles" },
    tile("n_sites", number(plan.sites), t("n_facilities", number(plan.facilities))),
    tile("cost", money(plan.objective_yuan), priced ? `${t("bound")} ${money(plan.bound_yuan)}` : "",
      plan.budget_yuan === null ? "" : `${t("budget")} ${money(plan.budget_yuan)}`),
    tile("how", t(plan.status), priced ? `${t("gap")} ${(plan.gap * 100).toFixed(2)}%` : ""),
    tile("left", number(whole(plan.people_short)), sought ? t("left_bound", number(whole(plan.people_short_bound))) : ""),
    tile("met_of", number(plan.met[1]), t("met_from", number(plan.met[0])), t("not_met_of", number(plan.not_met[1]))));
}

function years() {
  const rows = c.plan.years;
  if (rows.length < 2) return null;
  const words = ["year", "opens", "spent", "budget", "year_end"];
  return h("section", { class: "sheet" }, h("h2", {}, t("by_year")), h("table", { class: "years" },
    h("thead", {}, h("tr", {}, words.map((word, at) => h("th", { scope: "col", class: at ? "figure" : "" }, t(word))))),
    h("tbody", {}, rows.map((one) => h("tr", {}, h("td", {}, String(one.year)),
      [t("chosen", number(one.sites)), money(one.yuan), money(one.budget_yuan), number(whole(one.people_short))]
        .map((text) => h("td", { class: "figure" }, text)))))));
}

function siteList() {
  const sites = sitesAsked();
  return h("div", { id: "sites" },
    h("section", { class: "sheet" }, h("h2", {}, t("list"), h("small", {}, ` ${t("chosen", number(sites.length))}`)), siteTable(sites)),
    h("div", { class: "cards" }, sites.map(siteCard)));
}

function finder() {
  return h("input", { class: "find no-print", type: "search", value: state.find, placeholder: t("find"), "aria-label": t("find"),
    oninput: (event) => {
      state.find = event.target.value;
      document.getElementById("sites").replaceWith(siteList());
      report();
    } });
}

function reading() {
  return h("section", { class: "sheet reading" }, h("h2", {}, t("read")),
    h("ul", {}, ["read_loss", "read_other", "read_load", "read_relax", "left_hint"].map((key) =>
      h("li", {}, key === "left_hint" ? `${t("left")}${state.en ? ": " : "："}${t(key)}${state.en ? "." : "。"}` : t(key)))));
}

function show() {
  document.documentElement.lang = state.en ? "en" : "zh-CN";
  const unmet = c.unmet.length ? byClause(c.unmet, true) : [h("p", { class: "quiet" }, t("none_unmet"))];
  const silent = c.not_posed.length ? byClause(c.not_posed, false) : [h("p", { class: "quiet" }, t("none_not_posed"))];
  const page = h("main", {}, heading(), summary(), years(), c.sites.length > 8 ? finder() : null, siteList(),
    h("section", { class: "sheet unmet" }, h("h2", {}, t("unmet"), h("small", {}, ` ${t("all_of", number(c.unmet.length))}`)), unmet),
    h("section", { class: "sheet unmet" }, h("h2", {}, t("not_posed"), h("small", {}, ` ${t("all_of", number(c.not_posed.length))}`)), silent),
    reading(),
    h("footer", {}, h("p", {}, t("foot")), h("p", {}, [...c.licences, c.digest].join(" · "))));
  const old = document.querySelector("main");
  if (old) old.replaceWith(page); else document.body.append(page);
  report();
}

/** Figures for machines: tests and colleagues read them from the document. */
function report() {
  Object.assign(document.body.dataset, {
    sites: c.sites.length, shown: document.querySelectorAll("article.card").length,
    unmet: c.unmet.length, notPosed: c.not_posed.length,
  });
}

const want = new URLSearchParams(window.location.hash.slice(1));
c = JSON.parse(document.getElementById("reasons-content").textContent);
state = { en: opensInEnglish(want), find: want.get("find") || "" };
show();
if (want.get("site")) {
  const named = c.sites.find((site) => site.site === want.get("site") || site.candidate === want.get("site"));
  if (named) jump(named);
}
document.body.dataset.ready = "1";
