/* Who walks how long to a site: the page's own engine, to the millisecond that of planning.travel.

   Streets are timed and people put on them when the speed or the closed streets change; a site that
   is dragged costs one search of what is within the limit. */

import { Crowd } from "./crowd.js";
import { Footing } from "./footing.js";
import { reachedPieces } from "./circles.js";
import { ANY_ZONE } from "./segment_grid.js";
import { Ground } from "./snapping.js";
import { Timed } from "./timing.js";
import { WalkGraph } from "./walk_graph.js";
import { WalkSearch } from "./walk_search.js";

const NOTHING_CLOSED = new Set();
const NO_POINTS = { x: new Float64Array(0), y: new Float64Array(0) };

export class Walking {
  /** `people` {x_m, y_m} are Float64Arrays of demand points in the metric CRS. */
  constructor(streets, people) {
    this.streets = streets;
    this.people = people;
    this.whole = new Ground(streets, NOTHING_CLOSED);
    this.whole_footing = Footing.of(this.whole, people.x_m, people.y_m);
    this.everywhere = new Uint8Array(streets.n_edges).fill(1);
    this.#close(NOTHING_CLOSED);
    this.set({});
  }

  /** Another speed [m/s], other closed lines, points of sketched areas after all people. */
  set({ speed_m_s = this.streets.speed_m_s, closed = NOTHING_CLOSED, extra = NO_POINTS }) {
    if (!sameLines(closed, this.closed)) this.#close(closed);
    const footing = extra.x.length
      ? this.footing.followedBy(Footing.of(this.ground, extra.x, extra.y)) : this.footing;
    if (this.speed_m_s !== speed_m_s || this.timed.ground !== this.ground) {
      this.speed_m_s = speed_m_s;
      this.timed = new Timed(this.ground, speed_m_s);
      this.graph = new WalkGraph(this.timed);
      this.search = new WalkSearch(this.graph);
    }
    this.crowd = new Crowd(this.graph, footing);
  }

  /** Which points stand on a street, those of sketched areas last. */
  get on_network() {
    return this.crowd.on_network;
  }

  /** Everyone within (<=) the limit of a place, by rising point; nobody where no street is near. */
  row(x, y, limit_ms) {
    const seat = this.timed.snap(x, y);
    if (!seat || seat.leg_ms > limit_ms) return { point: new Int32Array(0), ms: new Int32Array(0) };
    this.search.from(seat, limit_ms);
    const row = this.crowd.met(this.search, seat, limit_ms);
    this.search.forget();
    return row;
  }

  /** The rows of many places [x, y]. */
  rows(places, limit_ms) {
    return places.map(([x, y]) => this.row(x, y, limit_ms));
  }

  /** Pieces of street within the limit, x0, y0, x1, y1, … [m], cut where the time runs out. */
  circle(x, y, limit_ms) {
    const seat = this.timed.snap(x, y);
    if (!seat || seat.leg_ms > limit_ms) return new Float64Array(0);
    this.search.from(seat, limit_ms);
    const pieces = reachedPieces(this.search, seat, limit_ms);
    this.search.forget();
    return pieces;
  }

  /** The street nearest to a place, closed or open; null if none is within so many metres. */
  lineAt(x, y, within_m) {
    const { streets } = this;
    const edge = this.ground.grid.nearest(x, y, ANY_ZONE, this.everywhere, within_m);
    if (edge < 0) return null;
    return { line: streets.line[edge], edge, highway: streets.highways[streets.highway[edge]] };
  }

  /** The pieces of a line to draw, each x, y, x, y, … [m]. */
  linePath(line) {
    return this.streets.linePath(line);
  }

  #close(closed) {
    this.closed = new Set(closed);
    this.ground = closed.size ? new Ground(this.streets, closed) : this.whole;
    this.footing = closed.size
      ? Footing.of(this.ground, this.people.x_m, this.people.y_m, this.whole_footing)
      : this.whole_footing;
  }
}

function sameLines(one, other) {
  return one.size === other.size && [...one].every((line) => other.has(line));
}
