/* Which pieces of street are within a limit, cut where the time runs out: to be drawn, never
   counted. */

import { FAR } from "./nearest.js";

/** Pieces x0, y0, x1, y1, … [m] of all streets that `search` reached from a seat. */
export function reachedPieces(search, seat, limit_ms) {
  const { graph } = search, { timed } = graph, { open } = timed.ground, pieces = [];
  for (let e = 0; e < graph.streets.n_edges; e++) {
    if (!open[e]) continue;
    const from_tail = timed.out_ok[e] ? timeLeft(search, e, graph.streets.tail[e], limit_ms) : -1;
    const from_head = timed.back_ok[e] ? timeLeft(search, e, graph.streets.head[e], limit_ms) : -1;
    if (from_tail < 0 && from_head < 0) continue;
    const a = walkedShare(from_tail, timed.out_ms[e]), b = walkedShare(from_head, timed.back_ms[e]);
    if (a + b >= 1) cutPiece(pieces, timed, e, 0, 1);
    else {
      cutPiece(pieces, timed, e, 0, a);
      cutPiece(pieces, timed, e, 1 - b, 1);
    }
  }
  ownStreet(pieces, timed, seat, limit_ms - seat.leg_ms);
  return Float64Array.from(pieces);
}

/** What is left of the limit at an end of an edge, −1 where it is not reached [ms]. */
function timeLeft({ graph, label }, edge, node, limit_ms) {
  if (!graph.streets.private[edge]) {
    const here = label[graph.common[node]];
    return here === FAR ? -1 : limit_ms - here;
  }
  const here = Math.min(label[graph.leave[node]], label[graph.arrive[node]]);
  return here === FAR ? -1 : limit_ms - here;
}

/** How much of an edge is walked in the time left. */
function walkedShare(left_ms, whole_ms) {
  if (left_ms < 0) return 0;
  return left_ms >= whole_ms ? 1 : left_ms / whole_ms;
}

/** The site's own street, to both sides. */
function ownStreet(pieces, timed, { edge, share }, left_ms) {
  const ahead = timed.out_ok[edge] ? walkedShare(left_ms, timed.out_ms[edge]) : 0;
  const behind = timed.back_ok[edge] ? walkedShare(left_ms, timed.back_ms[edge]) : 0;
  cutPiece(pieces, timed, edge, Math.max(0, share - behind), Math.min(1, share + ahead));
}

/** Write down an edge between two shares of its length. */
function cutPiece(pieces, timed, edge, low, high) {
  if (!(high > low)) return;
  const { shape_xy, shape_start } = timed.streets, whole_m = timed.ground.grid.edge_m[edge];
  const from_m = low * whole_m, to_m = high >= 1 ? Infinity : high * whole_m;
  let walked_m = 0;
  for (let at = shape_start[edge]; at < shape_start[edge + 1] - 1 && walked_m < to_m; at++) {
    const x = shape_xy[2 * at], y = shape_xy[2 * at + 1];
    const dx = shape_xy[2 * at + 2] - x, dy = shape_xy[2 * at + 3] - y;
    const step_m = Math.sqrt(dx * dx + dy * dy), end_m = walked_m + step_m;
    if (end_m > from_m) {
      const s = Math.max(0, (from_m - walked_m) / step_m);
      const t = Math.min(1, (to_m - walked_m) / step_m);
      pieces.push(x + s * dx, y + s * dy, x + t * dx, y + t * dy);
    }
    walked_m = end_m;
  }
}
