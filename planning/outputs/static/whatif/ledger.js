/* Sums by unit that clauses share: each made once a world, and what changed in it since the last.

   A clause is judged again only where a sum that it read has changed. So an array or a facility
   that differs must be another object: one that is the same is taken as unchanged. */

import {
  COUNTS, MAY_COUNT, counts, listedFor, listedIn, readyChoices,
} from "./choosing.js";
import { Counting, saidOf } from "./counting.js";
import { bothByUnit, heldByUnit, sharedByUnit } from "./holding.js";

export class Ledger {
  constructor(content) {
    this.judged = content.judged;
    this.choices = readyChoices(content.choices);
    this.units = content.units;
    this.tables = new Map();
    this.codes = new WeakMap();
    this.generation = 0;
    this.listing = [];
    this.counting = null;
    this.reads = null;
  }

  /** Look at a world; whether so much is new in it that all must be judged again. */
  open(world) {
    this.world = world;
    this.generation += 1;
    this.areas = world.areas ?? [];
    const isOther = this.counting?.people !== world.people;
    if (isOther) this.counting = new Counting(this.judged, world.people);
    const listed = listedIn(this.judged, world.facilities);
    const listing = this.choices.map((choice) => listedFor(choice, listed));
    const isRelisted = listing.some((how, i) => how !== this.listing[i]);
    this.listing = listing;
    return isOther || isRelisted;
  }

  /** How many units a level has, with the areas that are drawn. */
  nUnits(level) {
    const drawn = level === "residential_area" ? this.areas.length : 0;
    return (this.units[level]?.ids.length ?? 0) + drawn;
  }

  // ---- what has been read --------------------------------------------------------------------

  /** Remember in `reads` what is read from now on: table by key, whether all of it. */
  reading(reads) { this.reads = reads; }

  /** Whether anything of `reads` differs from the last world, at one unit or anywhere. */
  isStale(reads, at) {
    for (const [table, isWhole] of reads.values()) {
      this.refresh(table);
      if (isWhole ? table.anyChanged : !table.changed || table.changed[at]) return true;
    }
    return false;
  }

  isAnyStale(reads) {
    for (const [table] of reads.values()) {
      this.refresh(table);
      if (table.anyChanged) return true;
    }
    return false;
  }

  /** The columns of a table; `isWhole` where units beside the one that is judged are read. */
  table(key, make, isWhole = false) {
    let table = this.tables.get(key);
    if (!table) {
      table = { key, make, generation: -1, columns: {}, source: null };
      this.tables.set(key, table);
    }
    this.refresh(table);
    if (this.reads) this.reads.set(key, [table, isWhole || Boolean(this.reads.get(key)?.[1])]);
    return table.columns;
  }

  refresh(table) {
    if (table.generation === this.generation) return;
    const isNext = table.generation === this.generation - 1;
    table.generation = this.generation;
    const made = table.make(table.source, isNext);
    if (made === null) {
      table.changed = NOTHING_CHANGED;
      table.anyChanged = false;
      return;
    }
    table.source = made.source ?? null;
    table.changed = changes(table.columns, made.columns);
    table.anyChanged = !table.changed || table.changed.includes(1);
    table.columns = made.columns;
  }

  // ---- people --------------------------------------------------------------------------------

  persons(level, group, isWhole = false) {
    return this.ofPeople(`persons|${level}|${group}`, isWhole, () => (
      this.counting.persons(level, this.nUnits(level), group)));
  }

  personsSo(level, group, only) {
    return this.ofPeople(`so|${level}|${group}|${JSON.stringify(only)}`, false, () => (
      this.counting.persons(level, this.nUnits(level), group, this.counting.so(only))));
  }

  unsaid(level, only) {
    return this.ofPeople(`unsaid|${level}|${JSON.stringify(only)}`, false, () => (
      this.counting.persons(level, this.nUnits(level), "total", this.counting.unsaid(only))));
  }

  /** Whole persons of planned areas in every unit; null where there are none at all. */
  movedIn(level) {
    if (!this.counting.isPlanned()) return null;
    return this.ofPeople(`moved in|${level}`, false, () => (
      this.counting.persons(level, this.nUnits(level), "total", this.counting.isPlanned())));
  }

  ofPeople(key, isWhole, count) {
    const make = (source) => (
      source === this.counting ? null : { source: this.counting, columns: { persons: count() } });
    return this.table(key, make, isWhole).persons;
  }

  /** Whole persons within the limit of all `asked`, [[choice, atMost]], in ms or by point. */
  within(level, group, asked, limit, only, isWhole = false) {
    const named = typeof limit === "object" ? limit.name : limit;
    const key = `within|${[level, group, asked.join(";"), named, JSON.stringify(only)].join("|")}`;
    return this.table(key, (source) => {
      const flags = asked.map(([choice, atMost]) => (
        this.world.within(choice, atMost, limit)));
      if (source && source[0] === this.counting && flags.every((f, i) => f === source[i + 1])) {
        return null;
      }
      if (only.length) flags.push(this.counting.so(only));
      const persons = this.counting.persons(level, this.nUnits(level), group, allOf(flags));
      return { source: [this.counting, ...flags], columns: { persons } };
    }, isWhole).persons;
  }

  // ---- facilities ----------------------------------------------------------------------------

  /** Whether a facility counts for a choice, by its number. */
  code(choice, facility) {
    let codes = this.codes.get(facility);
    if (!codes) {
      codes = Uint8Array.from(this.choices, (one) => counts(one, facility));
      this.codes.set(facility, codes);
    }
    return codes[choice];
  }

  held(level, choice, amount, only, isWhole = false) {
    return this.ofFacilities(`held|${amount}`, level, choice, only, isWhole, (chosen, n) => (
      heldByUnit(chosen, amount, n)));
  }

  /** Facilities of a choice that are also another's; where the part is open, any may be. */
  both(level, choice, part, isPartOpen, only) {
    const also = (facility) => {
      const how = this.code(part, facility);
      return isPartOpen && how !== COUNTS ? MAY_COUNT : how;
    };
    const key = `both|${part}|${isPartOpen}`;
    return this.ofFacilities(key, level, choice, only, false, (chosen, n) => (
      bothByUnit(chosen, also, n)));
  }

  shared(level, choice, only) {
    return this.ofFacilities("shared", level, choice, only, false, sharedByUnit);
  }

  /** Of how many facilities of every unit nobody says whether they lie in units that are so. */
  unsaidHeld(level, choice, only) {
    const isUnsaid = (facility) => only.some(([name]) => this.saidOf(name, facility) === "");
    return this.ofFacilities(`unsaid|${JSON.stringify(only)}`, level, choice, [], false,
      (chosen, n) => {
        const unsaid = new Float64Array(n);
        for (const [facility, , at] of chosen) if (isUnsaid(facility)) unsaid[at] += 1;
        return { unsaid };
      }).unsaid;
  }

  saidOf(name, facility) {
    return saidOf(this.judged, name, (level) => facility.place[level] ?? -1);
  }

  ofFacilities(what, level, choice, only, isWhole, sum) {
    const key = `${what}|${level}|${choice}|${JSON.stringify(only)}`;
    return this.table(key, (source, isNext) => {
      const { moved } = this.world;
      if (isNext && moved && !this.code(choice, moved)) return null;
      return { columns: sum(this.chosen(level, choice, only), this.nUnits(level)) };
    }, isWhole);
  }

  /** The facilities that count or may count for a choice, with the unit of each. */
  chosen(level, choice, only) {
    const found = [];
    for (const facility of this.world.facilities) {
      const how = this.code(choice, facility), at = facility.place[level] ?? -1;
      const isSo = () => only.every(([name, words]) => words.includes(this.saidOf(name, facility)));
      if (how && at >= 0 && isSo()) found.push([facility, how, at]);
    }
    return found;
  }
}

const NOTHING_CHANGED = new Uint8Array(0);

/** Of every unit 1 where a column differs; null where the columns are of other lengths. */
function changes(before, after) {
  let changed = null;
  for (const [name, column] of Object.entries(after)) {
    const was = before[name];
    if (!was || was.length !== column.length) return null;
    changed ??= new Uint8Array(column.length);
    for (let i = 0; i < column.length; i++) if (column[i] !== was[i]) changed[i] = 1;
  }
  return changed;
}

function allOf(flags) {
  if (flags.length === 1) return flags[0];
  return flags[0].map((flag, at) => (flags.every((some) => some[at]) ? 1 : 0));
}
