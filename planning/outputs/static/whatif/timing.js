/* What walking costs, in whole milliseconds: the twin of planning/network/timing.py.

   The search runs from the site outward. For walks to the site it pays on its way out what people
   pay on their way in: `out_ms` is the price from an edge's tail to its head as the search goes. */

/** Streets of a ground at a speed: what every edge costs, and where points stand in time. */
export class Timed {
  constructor(ground, speed_m_s) {
    const streets = ground.streets;
    this.ground = ground;
    this.streets = streets;
    this.speed_m_s = speed_m_s;
    const up = edgeMs(streets, speed_m_s, streets.flat_forward_um);
    const down = edgeMs(streets, speed_m_s, streets.flat_backward_um);
    // A forbidden direction counts like the other, to tell places on the street apart.
    const there = up.map((ms, e) => (streets.forward_ok[e] ? ms : down[e]));
    const back = down.map((ms, e) => (streets.backward_ok[e] ? ms : up[e]));
    [this.out_ms, this.back_ms] = streets.to_site ? [back, there] : [there, back];
    [this.out_ok, this.back_ok] = streets.to_site
      ? [streets.backward_ok, streets.forward_ok] : [streets.forward_ok, streets.backward_ok];
  }

  /** Where a place stands, as a seat; null where it stands nowhere. */
  snap(x, y) {
    const ground = this.ground, edge = ground.find(x, y);
    return edge < 0 ? null : this.seat(edge, ground.share, ground.leg_m);
  }

  /** A place at a share of an edge, `leg_m` beside it: its times, and those to the edge's ends. */
  seat(edge, share, leg_m) {
    const whole_out = this.out_ms[edge], whole_back = this.back_ms[edge];
    const out_ms = roundHalfEven(share * whole_out), back_ms = roundHalfEven(share * whole_back);
    const leg_ms = roundHalfEven((leg_m / this.speed_m_s) * 1000);
    // Whoever stands at the very end of a one-way street stands at the crossing.
    const out_by_tail = this.out_ok[edge] || (out_ms === 0 && back_ms === 0);
    const back_by_tail = this.back_ok[edge] || (out_ms === 0 && back_ms === 0);
    const at_head = out_ms === whole_out && back_ms === whole_back;
    return {
      edge, share, out_ms, back_ms, leg_ms,
      from_tail: out_by_tail ? out_ms + leg_ms : IMPASSABLE,
      from_head: this.back_ok[edge] || at_head ? whole_back - back_ms + leg_ms : IMPASSABLE,
      to_tail: back_by_tail ? back_ms + leg_ms : IMPASSABLE,
      to_head: this.out_ok[edge] || at_head ? whole_out - out_ms + leg_ms : IMPASSABLE,
    };
  }

  /** From one seat to another of the same edge without leaving it; IMPASSABLE if forbidden. */
  straightMs(site, point) {
    const ahead = point.out_ms - site.out_ms, behind = site.back_ms - point.back_ms;
    const leg_ms = site.leg_ms + point.leg_ms;
    let ms = IMPASSABLE;
    if (ahead - behind >= 0 && this.out_ok[site.edge]) ms = Math.min(ms, ahead + leg_ms);
    if (ahead - behind <= 0 && this.back_ok[site.edge]) ms = Math.min(ms, behind + leg_ms);
    return ms;
  }
}

/** No walk takes so long [ms]. */
export const IMPASSABLE = 2 ** 30;

/** Times of all edges [ms]: floor((µm / speed + µs) / 1000 + 0.5). */
function edgeMs(streets, speed_m_s, flat_um) {
  const { n_edges, speed, extra_edge, extra_us } = streets;
  const of_line = lineSpeeds(streets, speed_m_s), us = new Float64Array(n_edges);
  for (let i = 0; i < extra_edge.length; i++) us[extra_edge[i]] = extra_us[i];
  const ms = new Int32Array(n_edges);
  for (let e = 0; e < n_edges; e++) {
    ms[e] = Math.floor((flat_um[e] / of_line[speed[e]] + us[e]) / 1000 + 0.5);
  }
  return ms;
}

function lineSpeeds(streets, speed_m_s) {
  if (speed_m_s === streets.speed_m_s) return streets.speeds_m_s;
  if (streets.factors) return streets.factors.map((factor) => speed_m_s * factor);
  throw new RangeError(`found ${speed_m_s} m/s, expected ${streets.speed_m_s}: no walkers`);
}

/** The nearest whole number, of two the even one, as numpy's rint. */
function roundHalfEven(value) {
  const down = Math.floor(value), rest = value - down;
  if (rest < 0.5 || (rest === 0.5 && down % 2 === 0)) return down;
  return down + 1;
}
