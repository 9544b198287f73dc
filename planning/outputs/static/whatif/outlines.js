/* Which outlines may be planned homes: what `planning run --scenario` would refuse is refused here. */

import { leftOf, meet } from "./locating.js";
import { MOST_SKETCHED, sketchedPoints } from "./sketching.js";

/** What is wrong with an outline, told through `say(zh, en)`; `name` is what the homes are called. */
export function checkOutline(name, outline, isInside, say) {
  const corners = Array.isArray(outline) ? outline : [];
  const areNumbers = corners.every((corner) => Array.isArray(corner) && corner.length === 2
    && corner.every(Number.isFinite));
  const ring = areNumbers ? withoutRepeats(corners) : [];
  if (ring.length < 3) {
    say(`规划居住区“${name}”的边界不足三点`, `area ${name}: its outline has no three corners`);
  } else if (touchesItself(ring)) {
    say(`规划居住区“${name}”的边界与自身相交`, `area ${name}: its outline crosses or touches itself`);
  } else {
    checkSquares(name, outline, isInside, say);
  }
}

function checkSquares(name, outline, isInside, say) {
  const { x, y } = sketchedPoints(outline);
  const outside = x.reduce((n, at, i) => n + (isInside(at, y[i]) ? 0 : 1), 0);
  if (outside) {
    say(`规划居住区“${name}”的 ${x.length} 处居民点中有 ${outside} 处在研究范围以外`,
      `area ${name}: ${outside} of its ${x.length} squares lie outside the study area`);
  } else if (x.length > MOST_SKETCHED) {
    say(`规划居住区“${name}”过大`, `area ${name} is too large`);
  }
}

/** Corners, none of which repeats the one before it. */
function withoutRepeats(outline) {
  return outline.filter(([x, y], k) => {
    const [bx, by] = outline[(k + outline.length - 1) % outline.length];
    return x !== bx || y !== by;
  });
}

function touchesItself(ring) {
  const n = ring.length, edge = (k) => [ring[k], ring[(k + 1) % n]];
  for (let k = 0; k < n; k++) {
    const [a, b] = edge(k);
    if (turnsBack(a, b, ring[(k + 2) % n])) return true;
    for (let j = k + 2; j < n; j++) {
      const isNext = k === 0 && j === n - 1;
      if (!isNext && meet([...a, ...b], ...edge(j))) return true;
    }
  }
  return false;
}

/** Whether a border runs back over itself at a corner. */
function turnsBack([ax, ay], [bx, by], [cx, cy]) {
  return leftOf(ax, ay, bx, by, cx, cy) === 0 && (bx - ax) * (cx - bx) + (by - ay) * (cy - by) < 0;
}
