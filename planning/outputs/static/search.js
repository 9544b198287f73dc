/* Finding units, facilities and sites by name or number. */

const MOST_FOUND = 12;

/** Small letters and narrow signs, so that Ａ is found by a. */
const plainly = (text) => String(text || "").normalize("NFKC").toLowerCase();

function thingsByName() {
  const thing = (kind, name, more, also, go) => ({ kind, name: name || t("unnamed"), more, go,
    key: plainly(name), also: plainly([more, ...also].join(" ")) });
  return [
    ...c.sites.map((site) => thing("site", siteNumber(site),
      [listed(site.rows.map((row) => row.kind)), site.unit_name].filter(Boolean).join(" · "),
      [site.candidate_id], () => goTo(site))),
    ...c.facilities.map((f) => thing("facility", f.name, f.type, [f.facility_id],
      () => goToFacility(f))),
    ...c.units.map((unit) => thing("unit", unit.name, t(unit.level), [unit.id],
      () => goToUnit(unit))),
  ];
}

/** Things whose name, or else whose number or kind, holds every word: names that begin so first. */
function find(things, asked) {
  const words = plainly(asked).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const rank = (one) => (one.key.startsWith(words[0]) ? 0 : one.key.includes(words[0]) ? 1 : 2);
  return things.filter((one) => words.every((w) => one.key.includes(w) || one.also.includes(w)))
    .map((one, i) => [rank(one), i, one]).sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .map(([, , one]) => one);
}

function buildSearch() {
  let things = [], shown = [], at = -1;
  const list = h("ul", { role: "listbox", id: "found", hidden: true });
  const said = h("p", { "aria-live": "polite", hidden: true });
  const box = h("input", { type: "search", role: "combobox", "aria-autocomplete": "list",
    "aria-controls": "found", "aria-expanded": "false", autocomplete: "off", spellcheck: "false",
    oninput: () => look(), onfocus: () => look(), onblur: () => close(),
    onkeydown: (e) => {
      if (e.isComposing) return; // Enter ends the input of Chinese, not the search
      if (e.key === "ArrowDown" || e.key === "ArrowUp") {
        e.preventDefault();
        choose(at + (e.key === "ArrowDown" ? 1 : -1));
      } else if (e.key === "Enter" && shown.length) pick(shown[Math.max(at, 0)]);
      else if (e.key === "Escape") { box.value = ""; close(); }
    } });
  const node = h("div", { class: "search", role: "search" }, box, list, said);

  function look() {
    const found = find(things, box.value);
    shown = found.slice(0, MOST_FOUND);
    list.replaceChildren(...shown.map((one, i) => h("li", { role: "option", id: `found-${i}`,
      "aria-selected": "false", onpointerdown: (e) => { e.preventDefault(); pick(one); } },
    h("i", { class: `mark ${one.kind}`, "aria-hidden": "true" }),
    h("b", {}, shortened(one.name, 40)), h("span", {}, shortened(one.more || "", 40)))));
    const asked = Boolean(box.value.trim());
    list.hidden = !shown.length;
    said.hidden = !asked;
    said.textContent = !found.length ? t("found_none")
      : t(found.length > shown.length ? "found_more" : "found", number(found.length));
    box.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  }
  function choose(wanted) {
    if (!shown.length) return;
    at = wanted < 0 ? (wanted < -1 ? shown.length - 1 : -1) : wanted % shown.length;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else { box.setAttribute("aria-activedescendant", `found-${at}`); list.children[at].scrollIntoView({ block: "nearest" }); }
  }
  function close() {
    list.hidden = said.hidden = true;
    box.setAttribute("aria-expanded", "false");
  }
  function pick(one) {
    box.value = one.name;
    close();
    map.getContainer().focus({ preventScroll: true });
    one.go();
  }
  document.addEventListener("keydown", (e) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName || "");
    if (e.key === "/" && !typing) { e.preventDefault(); box.focus(); box.select(); }
  });
  return { node, inLanguage() {
    things = thingsByName();
    box.placeholder = t("search");
    box.setAttribute("aria-label", t("search"));
  } };
}
