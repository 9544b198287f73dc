/* A card for each site, and the table of all of them. */

const pathOf = (site) => site.path.join(" ▸ ");

/** Everything by which a site is found. */
/* What is done with what stands; what is built needs no word. */
const doneOf = (site) => (site.action === "build" ? "" : t(`done_${site.action}`));

const foundBy = (site) => [site.site, site.candidate, ...site.path, site.year || "",
  ...site.builds.map((one) => `${kindOf(one)} ${serviceOf(one.service)}`)].join(" ").toLowerCase();

const sitesAsked = () => c.sites.filter((site) => foundBy(site).includes(state.find.toLowerCase().trim()));

function price(extra) {
  if (Math.abs(extra) < 0.5) return t("same_price");
  return extra > 0 ? t("more", money(extra)) : t("less", money(-extra));
}

function otherInShort(site) {
  const other = site.alternative;
  if (!other) return "—";
  return [h("span", {}, `${other.candidate} `), h("small", { class: other.leaves.length ? "poor" : "good" },
    `${price(other.extra_yuan)}${other.leaves.length ? ` · ${t("items_worse", number(other.leaves.length))}` : ""}`)];
}

function siteTable(sites) {
  const words = ["site", "where", "year", "what", "cost", "loses", "falls", "other"];
  const dated = c.sites.some((site) => site.year !== null);
  const shown = words.filter((word) => word !== "year" || dated);
  const cells = {
    site: (site) => h("button", { type: "button", class: "to", onclick: () => jump(site) }, site.site),
    where: (site) => [h("span", {}, site.path[site.path.length - 1] || "—"), h("small", {}, ` ${site.candidate}`)],
    year: (site) => (site.year === null ? "—" : String(site.year)),
    what: (site) => [doneOf(site), site.builds.map(kindOf).join(" + ")].filter(Boolean).join(" · "),
    cost: (site) => money(site.cost_yuan),
    loses: (site) => (site.loss.lost_people ? people(site.loss.lost_people) : "0"),
    falls: (site) => t("items_falls", number(site.loss.lost_clauses)),
    other: otherInShort,
  };
  const figures = new Set(["cost", "loses", "falls", "year"]);
  return h("div", { class: "scroll" }, h("table", { class: "sites" },
    h("thead", {}, h("tr", {}, shown.map((word) => h("th", { scope: "col", class: figures.has(word) ? "figure" : "" }, t(word))))),
    h("tbody", {}, sites.map((site) => h("tr", { "data-site": site.site }, shown.map((word) =>
      h("td", { class: figures.has(word) ? "figure" : "", "data-word": t(word) }, cells[word](site))))))));
}

function jump(site) {
  const card = document.getElementById(`site-${site.site}`);
  if (card) card.scrollIntoView({ block: "start" });
}

function buildTable(site) {
  const has = (name) => site.builds.some((one) => one[name] !== null && one[name] !== 0);
  const columns = [
    ["kind", (one) => kindOf(one), ""], ["places", (one) => number(one.places), "places"],
    ["beds", (one) => number(one.beds), "beds"], ["floor", (one) => amount(one.floor_m2, "m2"), ""],
    ["land", (one) => amount(one.land_m2, "m2"), "land_m2"], ["cost", (one) => money(one.yuan), ""],
    ["nearest", (one) => (one.nearest === null ? "—" : people(one.nearest)), ""],
    ["optimum", (one) => (one.optimum === null ? "—" : people(one.optimum)), "optimum"],
    ["capacity", (one) => number(one.capacity), "capacity"],
  ].filter(([, , name]) => !name || has(name));
  return h("table", { class: "builds" },
    h("thead", {}, h("tr", {}, columns.map(([word], at) => h("th", { scope: "col", class: at ? "figure" : "" }, t(word))))),
    h("tbody", {}, site.builds.map((one) => h("tr", {}, columns.map(([word, value], at) =>
      h("td", { class: at ? "figure" : "", "data-word": t(word) }, value(one)))))));
}

function lossPart(site, quoted) {
  const { people: lost, clauses } = site.loss;
  if (!lost.length && !clauses.length) return h("p", { class: "quiet" }, t("lose_nothing"));
  return h("div", {}, lost.length ? h("ul", { class: "circles" }, lost.map((one) => h("li", {},
    filled(heads(one.people) === "1" ? "loses_circle" : "lose_circle", groupOf(one.group), heads(one.people), number(one.limit_min), serviceOf(one.service))))) : null,
  clauses.length ? cited(clauses, quoted, (line) => h("i", { class: `tag ${line.falls ? "fall" : ""}` }, t(line.falls ? "fall" : "worse"))) : null);
}

function otherPart(site, quoted) {
  const other = site.alternative;
  if (!other) {
    const lost = site.loss.clauses.length || site.loss.people.length;
    if (!c.plan.alternatives_sought) return h("p", { class: "quiet" }, t("no_other_sought"));
    return h("p", { class: "quiet" }, t(site.required ? "no_other_required" : lost ? "no_other" : "no_other_needed"));
  }
  return h("div", {}, h("p", { class: "price" }, h("b", {}, other.candidate), h("span", {}, price(other.extra_yuan)),
    other.over_budget_yuan > 0 ? h("small", {}, t("over_budget", money(other.over_budget_yuan))) : null),
  h("p", { class: "quiet" }, other.builds.map((one) => `${kindOf(one)}（${holds(one)}）`).join(" + "), ` · ${money(other.yuan)}`),
  other.leaves.length ? h("p", { class: "poor" }, t("not_as_good", number(whole(other.people_short)))) : h("p", { class: "good" }, t("as_good")),
  other.leaves.length ? cited(other.leaves, quoted) : null);
}

function siteCard(site) {
  const quoted = new Set();
  return h("article", { class: "card", id: `site-${site.site}`, "data-site": site.site },
    h("header", {}, h("h3", {}, h("span", { class: "number" }, site.site), pathOf(site) || site.candidate),
      h("p", {}, [doneOf(site), site.candidate, site.source_class, site.year === null ? "" : `${site.year}`,
        money(site.cost_yuan) + (site.opening_yuan ? `（${t("opening", money(site.opening_yuan))}）` : "")].filter(Boolean).join(" · "),
        site.required ? h("i", { class: "tag" }, t("required")) : null,
        site.assumed ? h("i", { class: "tag" }, t("assumed_of", site.assumed.split("|").map((name) => t(`of_${name}`)).join("、"))) : null)),
    buildTable(site),
    h("div", { class: "parts" },
      h("section", {}, h("h4", {}, t("why")), site.purposes.length ? cited(site.purposes, quoted) : h("p", { class: "quiet" }, t("no_purpose"))),
      h("section", {}, h("h4", {}, t("without")), lossPart(site, quoted)),
      h("section", {}, h("h4", {}, t("instead")), otherPart(site, quoted))));
}
