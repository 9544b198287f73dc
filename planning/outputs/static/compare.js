/* Now against the plan: a divider across the map, on its left as it is, on its right as planned. */

const comparing = () => state.when === "compare" && state.theme !== "people";
/** The state that is shown; of a comparison what the plan brings. */
const whenShown = () => (state.when === "compare" ? "after" : state.when);
/** The states whose figures stand side by side. */
const statesShown = () => (comparing() ? ["now", "after"] : [whenShown()]);
const findingsOf = (one, when) => one.in[when || whenShown()];

const dividerX = () => map.containerPointToLayerPoint([state.split * map.getSize().x, 0]).x;

/** Paint what is shown, of a comparison each state on its side of the divider. */
function inHalves(ctx, v, paint) {
  if (!comparing()) { paint(whenShown(), v); return; }
  const x = Math.round(Math.max(v.min.x, Math.min(v.max.x, dividerX()))); // half pixels clip slowly
  for (const [when, from, to] of [["now", v.min.x, x], ["after", x, v.max.x]]) {
    if (to - from < 1) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, v.min.y, to - from, v.max.y - v.min.y);
    ctx.clip();
    paint(when, Object.assign({}, v, { west: (from + v.ox) / v.scale, east: (to + v.ox) / v.scale }));
    ctx.restore();
  }
}

/** The divider; it can be dragged, and moved by the arrow keys. It lies below the cards. */
function buildDivider() {
  const move = (share) => {
    state.split = Math.min(0.98, Math.max(0.02, share));
    place();
    soon("theme", "points", "labels");
  };
  const grip = h("button", { type: "button", class: "grip", role: "slider",
    "aria-valuemin": 0, "aria-valuemax": 100, "aria-orientation": "horizontal",
    onpointerdown: (e) => { grip.setPointerCapture(e.pointerId); e.preventDefault(); grip.focus(); },
    onpointermove: (e) => {
      if (grip.hasPointerCapture(e.pointerId)) move(e.clientX / map.getSize().x);
    },
    onkeydown: (e) => {
      const step = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1 }[e.key];
      e.stopPropagation(); // the arrows would pan the map
      if (step) { e.preventDefault(); move(state.split + step); }
    } }, "⇆");
  const left = h("span", { class: "left" }), right = h("span", { class: "right" });
  const node = h("div", { class: "divider", hidden: true }, left, grip, right);
  function place() {
    node.hidden = !comparing();
    left.textContent = t("now");
    right.textContent = t("after");
    grip.setAttribute("aria-label", t("drag"));
    grip.title = t("drag");
    grip.setAttribute("aria-valuenow", Math.round(state.split * 100));
    const size = map.getSize();
    L.DomUtil.setPosition(node, map.containerPointToLayerPoint([state.split * size.x, 0]));
    node.style.height = `${size.y}px`;
  }
  map.createPane("divider").style.zIndex = 640;
  map.getPane("divider").append(node);
  L.DomEvent.disableClickPropagation(grip);
  map.on("move resize zoomend", () => {
    if (comparing()) { place(); soon("theme", "points", "labels"); }
  });
  return { place };
}
