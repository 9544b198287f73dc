/* People of a sketched residential area: where they live, and how many. The same arithmetic as
   planning/demand/sketched.py, operation by operation, so that both give the same doubles. */

export const SQUARE_M = 50;
export const MOST_SKETCHED = 20000; // squares of all sketched areas together

/** Centres of the grid's squares that lie in an outline [[x, y], ...]: {x, y} as Float64Arrays.

    Row by row from the south, in each from the west; where none lies inside, the mean corner. */
export function sketchedPoints(outline) {
  const [x, y] = [[], []];
  const [west, east] = rangeOf(outline, 0), [south, north] = rangeOf(outline, 1);
  for (let row = south; row <= north; row++) {
    const middle = row * SQUARE_M + SQUARE_M / 2;
    const crossings = crossingsAt(outline, middle);
    for (let column = west; column <= east; column++) {
      const at = column * SQUARE_M + SQUARE_M / 2;
      // An odd number of crossings east of a place: it lies inside.
      if (crossings.filter((crossing) => at < crossing).length % 2) {
        x.push(at);
        y.push(middle);
      }
    }
  }
  if (!x.length) return { x: meanOf(outline, 0), y: meanOf(outline, 1) };
  return { x: Float64Array.from(x), y: Float64Array.from(y) };
}

/** Where the outline crosses a line to the east: half-open, so that a corner counts once. */
function crossingsAt(outline, y) {
  const found = [];
  for (let k = 0, before = outline.length - 1; k < outline.length; before = k++) {
    const [xk, yk] = outline[k], [xb, yb] = outline[before];
    if (yk > y !== yb > y) found.push((xb - xk) * (y - yk) / (yb - yk) + xk);
  }
  return found;
}

/** The first and the last square that an outline reaches into. */
function rangeOf(outline, axis) {
  let least = Infinity, most = -Infinity;
  for (const corner of outline) {
    least = Math.min(least, corner[axis]);
    most = Math.max(most, corner[axis]);
  }
  return [Math.floor(least / SQUARE_M), Math.floor(most / SQUARE_M)];
}

function meanOf(outline, axis) {
  let total = 0;
  for (const corner of outline) total += corner[axis];
  return Float64Array.of(total / outline.length);
}
