/* Marks and names above the theme: facilities, proposed sites, units. */

const markSize = (v) => Math.max(3, Math.min(7, 4.2 + (v.zoom - 13) * 0.9)); // [px]

function paintPoints(ctx, v) {
  const r = markSize(v);
  if (state.layers.facilities) {
    for (const f of c.facilities) if (!ownFacility(f)) dot(ctx, v, f, r * 0.62, false);
    for (const f of c.facilities) if (ownFacility(f)) dot(ctx, v, f, r, true);
  }
  if (state.layers.sites) {
    beyondDivider(ctx, v, () => {
      for (const site of c.sites) if (!ownSite(site)) siteMark(ctx, v, site, r * 0.9, false);
      for (const site of c.sites) if (ownSite(site)) siteMark(ctx, v, site, r * 1.55, true);
    });
  }
  if (marked) {
    const path = traceAll(marked, v, true);
    for (const [colour, width] of [["#fff", 4.5], [INK, 2]]) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.stroke(path);
    }
  }
}

/** What is proposed stands on the planned side of a comparison. */
function beyondDivider(ctx, v, paint) {
  inHalves(ctx, v, (when) => { if (!comparing() || when === "after") paint(); });
}

function dot(ctx, v, f, r, strong) {
  ctx.beginPath();
  ctx.arc(f.x * v.scale - v.ox, f.y * v.scale - v.oy, r, 0, 7);
  const solid = strong && isOpen(f);
  ctx.fillStyle = solid ? INK : "rgba(255,255,255,.9)";
  ctx.strokeStyle = solid ? "#fff" : strong ? INK : "#6d747a";
  ctx.lineWidth = strong ? 1.6 : 1;
  ctx.fill();
  ctx.stroke();
}

/** A diamond; a cross where something is closed down. */
function siteMark(ctx, v, site, r, strong) {
  const x = site.x * v.scale - v.ox, y = site.y * v.scale - v.oy;
  ctx.beginPath();
  if (isClosed(site)) {
    for (const s of [1, -1]) { ctx.moveTo(x - r * 0.7, y - s * r * 0.7); ctx.lineTo(x + r * 0.7, y + s * r * 0.7); }
    for (const [colour, width] of [["#fff", strong ? 5.5 : 3.5], [SITE, strong ? 2.8 : 1.6]]) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.stroke();
    }
    return;
  }
  for (const [dx, dy] of [[0, -r], [r, 0], [0, r], [-r, 0]]) ctx.lineTo(x + dx, y + dy);
  ctx.closePath();
  const solid = strong && !isMade(site);
  ctx.fillStyle = solid ? SITE : "rgba(255,255,255,.9)";
  ctx.strokeStyle = solid ? "#fff" : SITE;
  ctx.lineWidth = strong ? 1.8 : 1.2;
  ctx.fill();
  if (isMade(site)) ctx.setLineDash([r / 2, r / 4]); // broken: nobody has listed what stands there
  ctx.stroke();
  ctx.setLineDash([]);
}

// ---- names -----------------------------------------------------------------------------------

/** Names of units, then of sites. None covers another; what finds no room waits for a closer look. */
function paintLabels(ctx, v) {
  const taken = [], marks = marksInTheWay(v);
  ctx.textBaseline = "middle";
  ctx.textAlign = "center";
  for (const level of levelsShown()) {
    const units = c.units.filter((unit) => unit.level === level);
    if (units.length > 1) for (const unit of units) nameUnit(ctx, v, unit, taken, marks);
  }
  if (!state.layers.sites || v.zoom < 13) return;
  ctx.font = `600 11px ${FONT}`;
  beyondDivider(ctx, v, () => {
    for (const site of c.sites.filter(ownSite)) nameSite(ctx, v, site, taken, marks);
  });
}

const meets = (one) => (o) => one[0] < o[2] && one[2] > o[0] && one[1] < o[3] && one[3] > o[1];

function nameUnit(ctx, v, unit, taken, marks) {
  const major = c.levels.indexOf(unit.level) < 2, size = major ? 13 : 11;
  ctx.font = `${major ? 600 : 400} ${size}px ${FONT}`;
  const text = shortened(unit.name, 12), half = ctx.measureText(text).width / 2;
  if (roomOf(unit) * v.scale < half * 1.7) return;
  const x = unit.x * v.scale - v.ox, y = unit.y * v.scale - v.oy, places = [];
  for (const dx of [0, -half * 0.7, half * 0.7]) {
    for (const dy of [0, -14, 14, -28, 28]) {
      const box = [x + dx - half - 4, y + dy - size * 0.7, x + dx + half + 4, y + dy + size * 0.7];
      if (taken.some(meets(box))) continue;
      places.push({ dx, dy, box, covered: marks.filter(meets(box)).length });
    }
  }
  if (!places.length) return;
  const best = places.reduce((least, one) => (one.covered < least.covered ? one : least));
  taken.push(best.box);
  halo(ctx, text, x + best.dx, y + best.dy, major ? INK : "#4a5157");
}

function nameSite(ctx, v, site, taken, marks) {
  const text = shortened(siteNumber(site), 14), half = ctx.measureText(text).width / 2;
  const away = markSize(v) * 1.55 + 4, x = site.x * v.scale - v.ox, y = site.y * v.scale - v.oy;
  const edge = comparing() ? dividerX() : -Infinity;
  if (x < edge) return;
  for (const [dx, dy] of [[away + half, 0], [-away - half, 0], [0, away + 6], [0, -away - 6]]) {
    const box = [x + dx - half - 1, y + dy - 7, x + dx + half + 1, y + dy + 7];
    if (box[0] < edge || taken.some(meets(box)) || marks.some(meets(box))) continue;
    taken.push(box);
    halo(ctx, text, x + dx, y + dy, SITE);
    return;
  }
}

function roomOf(unit) {
  let room = 0;
  for (let i = 0; i < unit.shape.length; i++) {
    room = Math.max(room, unit.shape.box[4 * i + 2] - unit.shape.box[4 * i]);
  }
  return room;
}

function marksInTheWay(v) {
  const r = markSize(v), around = (size) => (one) => {
    const x = one.x * v.scale - v.ox, y = one.y * v.scale - v.oy;
    return [x - size, y - size, x + size, y + size];
  };
  const facilities = state.layers.facilities ? c.facilities : [];
  const sites = state.layers.sites ? c.sites : [];
  return [
    ...facilities.map((f) => around(ownFacility(f) ? r + 1 : r * 0.62)(f)),
    ...sites.map((site) => around(ownSite(site) ? r * 1.55 : r * 0.9)(site)),
  ].filter((box) => box[0] < v.max.x && box[2] > v.min.x && box[1] < v.max.y && box[3] > v.min.y);
}
