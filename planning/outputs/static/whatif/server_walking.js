/* Walks that the server walks, of networks too large for a page: the rows that `Walking` gives. */

import { askBytes, askJson } from "./asking_server.js";

const MOST_PLACES = 500; // of one request

export class ServerWalking {
  /** `on_network`, by point: 0 where nobody reaches a street, as things stand. */
  constructor(on_network) {
    this.on_network = on_network;
    this.paths = new Map(); // of the lines that were closed or pointed at
  }

  /** Another speed [m/s], other closed lines, points of sketched areas after all people. */
  async set({ speed_m_s, closed, extra }) {
    this.as = { speed_m_s, closed_streets: [...closed] };
    this.extra = Array.from(extra.x, (x, i) => [x, extra.y[i]]);
    const lines = [...closed].filter((line) => !this.paths.has(line));
    if (!lines.length) return;
    for (const { line, paths } of await askJson("POST", "/api/lines", { lines })) this.paths.set(line, paths);
  }

  /** The rows of many places [x, y]. */
  async rows(places, limit_ms) {
    const rows = [];
    for (let from = 0; from < places.length; from += MOST_PLACES) {
      const some = places.slice(from, from + MOST_PLACES);
      const bytes = await askBytes("POST", "/api/rows", { places: some, limit_ms, extra: this.extra, ...this.as });
      rows.push(...unpackedRows(bytes));
    }
    return rows;
  }

  /** Pieces of street within the limit, x0, y0, x1, y1, … [m]. */
  async circle(x, y, limit_ms) {
    return new Float64Array(await askBytes("POST", "/api/circle", { place: [x, y], limit_ms, ...this.as }));
  }

  /** The street nearest to a place, closed or open, or null if there is none within so many metres. */
  async lineAt(x, y, within_m) {
    const found = await askJson("POST", "/api/street", { place: [x, y], within_m });
    if (found) this.paths.set(found.line, found.paths);
    return found;
  }

  /** The pieces of a line that was closed or pointed at, each x, y, x, y, … [m]. */
  linePath(line) {
    return this.paths.get(line) ?? [];
  }
}

/** How many places; of each its count, its points (rising), its times [ms]: all of four bytes. */
export function unpackedRows(bytes) {
  const whole = new Int32Array(bytes), rows = [];
  let at = 1;
  for (let place = 0; place < whole[0]; place++) {
    const n = whole[at], begin = at + 1;
    rows.push({ point: whole.subarray(begin, begin + n), ms: whole.subarray(begin + n, begin + 2 * n) });
    at = begin + 2 * n;
  }
  return rows;
}
