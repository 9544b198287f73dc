/* Walks that the server walks, of networks too large for a page: the rows that `Walking` gives. */

import { askBytes } from "./asking_server.js";

const MOST_PLACES = 500; // of one request

export class ServerWalking {
  set({ speed_m_s, closed, extra }) {
    this.as = {
      speed_m_s, closed_streets: [...closed],
      extra: Array.from(extra.x, (x, i) => [x, extra.y[i]]),
    };
  }

  /** The rows of many places [x, y]. */
  async rows(places, limit_ms) {
    const rows = [];
    for (let from = 0; from < places.length; from += MOST_PLACES) {
      const some = places.slice(from, from + MOST_PLACES);
      rows.push(...unpackedRows(await askBytes("POST", "/api/rows", { places: some, limit_ms, ...this.as })));
    }
    return rows;
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
