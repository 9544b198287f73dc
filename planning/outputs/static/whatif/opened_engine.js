/* The engine of a page that walks by itself: everything it needs stands in its content. */

import { typedArray } from "./arrays.js";
import { Engine } from "./engine.js";
import { Locating } from "./locating.js";
import { Stock } from "./standing.js";
import { Streets } from "./streets.js";
import { Walking } from "./walking.js";
import { Judge } from "./worlds.js";

/** {engine, locating}, the present answered. */
export async function openedEngine(content) {
  const { x_m, y_m } = content.people;
  const people = { x_m: typedArray(x_m), y_m: typedArray(y_m) };
  return engineOn(content, new Walking(new Streets(content.streets), people));
}

/** The same on any `walking`. */
export async function engineOn(content, walking) {
  const locating = new Locating(content.units);
  const stock = new Stock(content, (x, y) => locating.unitsAt(x, y));
  const engine = new Engine(content, { walking, stock, judge: new Judge(content, locating) });
  await engine.start();
  return { engine, locating };
}
