/* The nearest of many sites, from what each of them reaches. */

/** The time to a site that is not within reach [ms]. */
export const FAR = 0x7fffffff;

/** Times lowered to those of one more site, in place; returns them. */
export function lowered(ms, row) {
  const { point, ms: times } = row;
  for (let i = 0; i < point.length; i++) if (times[i] < ms[point[i]]) ms[point[i]] = times[i];
  return ms;
}

/** The time of each of n points to the nearest of the sites with these rows; FAR where none. */
export function nearestOf(n, rows) {
  return rows.reduce(lowered, new Int32Array(n).fill(FAR));
}
