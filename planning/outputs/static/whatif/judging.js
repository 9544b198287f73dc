/* The clauses of the document in force, judged again for a world that was edited.

   Live findings come out as `planning.standards.evaluate` finds them, to the last fraction. What
   the page does not compute keeps the present's verdict, and says so once an edit may change it. */

import { unanswered } from "./asking.js";
import { areasComply } from "./complying.js";
import {
  becauseOf, missingOf, saidOfPeople, shortOf, verdictOf,
} from "./concluding.js";
import { ratioOfPair, ratioPair } from "./fractions.js";
import { Ledger } from "./ledger.js";
import {
  facilitiesThere, floorPer100Households, landPerResident, peopleThere, perThousand, totalThere,
} from "./measuring.js";
import { travelTimeCoverage } from "./reaching.js";
import { shareOfCapacity, shareOfFacilities } from "./sharing.js";
import { shareOfUnits, tiersComplete } from "./tiers.js";

const MEASURES = {
  per_thousand: perThousand, land_per_resident: landPerResident,
  floor_per_100_households: floorPer100Households, presence: facilitiesThere,
  count: facilitiesThere, total: totalThere, share_of_capacity: shareOfCapacity,
  share_of_facilities: shareOfFacilities, share_of_units: shareOfUnits,
  travel_time_coverage: travelTimeCoverage, people: peopleThere,
  hierarchy: tiersComplete,
};
const AREA_LEVEL = "residential_area";
const EDIT_BITS = { facilities: 1, areas: 2, walks: 4 };
const APPLIES_NOT = 1;
const APPLIES_UNSAID = 2;
const ACROSS_BORDERS = 4; // among the content's reasons

/** Judges worlds, {facilities, people, areas, within, moved, edits}, one after the other.

    `moved` is the only facility that differs from the last world, null where others may. `edits`
    says of what the world differs from the present: {facilities, areas, walks}. `areas`
    are those drawn: {id, name, households, planned_people, unit}, `unit` as `unitHolding` of
    locating.js gives it. Whatever differs from the last world must be another object: people, a
    facility, the flags by point of `within(choice, atMost, limit)`, whose limit is in ms, or is
    {name, byPoint}. */
export class Judging {
  constructor(content) {
    this.judged = content.judged;
    this.units = content.units;
    this.ledger = new Ledger(content);
    this.clauses = this.judged.clauses.map((clause, number) => (
      { ...clause, number, value: ratioOfPair(clause.value ?? null) }));
    this.rows = rowsOf(this.judged);
    this.blocks = blocksOf(this.rows, this.clauses);
    this.found = Array(this.rows.length).fill(null);
    this.kept = this.rows.map((row) => (row.kept ? this.keptFinding(row) : null));
  }

  /** All findings of a world, those of areas drawn last; unchanged ones are the same objects. */
  judge(world) {
    const isAllNew = this.ledger.open(world);
    const edits = Object.entries(EDIT_BITS)
      .reduce((bits, [name, bit]) => bits | (world.edits?.[name] ? bit : 0), 0);
    for (const block of this.blocks) this.judgeBlock(block, isAllNew, edits);
    const drawn = this.ledger.areas.flatMap((area, k) => this.ofDrawn(area, k));
    const all = [...this.found, ...drawn];
    this.judgeCompliance(all, edits);
    return this.ledger.areas.length ? all.filter((one) => !isOfNoArea(one, drawn)) : all;
  }

  judgeBlock({ clause, rows, reads }, isAllNew, edits) {
    if (!clause.ask || clause.kind === "compliance") {
      for (const row of rows) this.found[row.number] = this.asKept(row, edits);
      return;
    }
    const isStale = isAllNew || this.ledger.isAnyStale(reads);
    this.ledger.reading(reads);
    for (const row of rows) {
      if (!row.live || row.stale & edits) {
        this.found[row.number] = this.asKept(row, edits);
        row.last = null; // what changes meanwhile is not looked at
        continue;
      }
      if (isAllNew || !row.last || (isStale && this.ledger.isStale(reads, row.at))) {
        row.last = this.findingOf(clause, row);
      }
      this.found[row.number] = row.last;
    }
    this.ledger.reading(null);
  }

  // ---- one finding ---------------------------------------------------------------------------

  findingOf(clause, row) {
    const one = { clause, row, level: row.level, at: row.at, ledger: this.ledger };
    return this.concluded(one, this.inapplicable(one) ?? MEASURES[clause.kind](one));
  }

  /** Why a clause asks nothing of a unit, or nobody knows whether it does; null where it does. */
  inapplicable({ clause, row, level, at }) {
    const why = (number) => unanswered(...this.judged.texts[number]);
    if (row.applies === APPLIES_NOT) return { ...why(row.applies_why), isInapplicable: true };
    if (clause.people_min || clause.people_over) {
      const few = saidOfPeople(clause, row.planned ?? this.ledger.persons(level, "total")[at]);
      if (few) return { ...unanswered(...few), isInapplicable: true };
    }
    return row.applies === APPLIES_UNSAID ? why(row.applies_why) : null;
  }

  concluded({ clause, row, level, at }, outcome) {
    const verdict = outcome.isInapplicable
      ? "not_applicable" : verdictOf(clause, row, outcome);
    const missing = missingOf(clause, outcome, verdict), short = shortOf(outcome, missing);
    const [zh, en] = this.wholeSentence(row, outcome,
      becauseOf(clause, row, outcome, verdict, missing, short));
    return {
      number: row.number, clause: clause.number, id: clause.id, level, at, role: row.role, verdict,
      measured: ratioPair(outcome.low ?? null), at_most: ratioPair(outcome.high ?? null),
      required: ratioPair(outcome.required ?? null), gap: ratioPair(missing), unit: outcome.unit,
      people_short: short, live: true, because_zh: zh, because_en: en, why_zh: "", why_en: "",
    };
  }

  wholeSentence(row, outcome, said) {
    const more = [row.said, outcome.isUnanswered ? -1 : row.aside].filter((number) => number >= 0)
      .map((number) => this.judged.texts[number]);
    return [[said[0], ...more.map(([zh]) => zh)].join("；"),
      [said[1], ...more.map(([, en]) => en)].join("; ")];
  }

  // ---- what is kept --------------------------------------------------------------------------

  keptFinding(row) {
    const [measured, atMost, required, gap, short, unit, text] = row.kept;
    const [zh, en] = this.judged.texts[text] ?? ["", ""], clause = this.clauses[row.clause];
    return {
      number: row.number, clause: row.clause, id: clause.id, level: row.level, at: row.at,
      role: row.role, verdict: row.verdict, measured, at_most: atMost, required, gap, unit,
      people_short: short, live: true, because_zh: zh, because_en: en, why_zh: "", why_en: "",
    };
  }

  /** The present's finding, marked as not live where the edits may have changed it. */
  asKept(row, edits) {
    const kept = this.kept[row.number];
    if (!(row.stale & edits)) return kept;
    row.marked ??= marked(kept, this.judged.why[row.why]);
    return row.marked;
  }

  // ---- areas that are drawn ------------------------------------------------------------------

  ofDrawn(area, k) {
    const at = (this.units[AREA_LEVEL]?.ids.length ?? 0) + k;
    const [zh, en] = this.judged.described_new;
    return this.judged.templates.rows.map(([number, role, part, aside]) => {
      const row = {
        number: -1, level: AREA_LEVEL, at, role: this.judged.roles[role], part,
        applies: 0, planned: area.planned_people || null, households: area.households ?? null,
        said: -1, aside,
      };
      const found = this.findingOf(this.clauses[number], row);
      return { ...found, because_zh: `${found.because_zh}；${zh}`,
        because_en: `${found.because_en}; ${en}`, area: area.id };
    });
  }

  // ---- what looks at other findings ----------------------------------------------------------

  judgeCompliance(all, edits) {
    for (const { clause, rows } of this.blocks) {
      if (clause.kind !== "compliance") continue;
      const said = verdictsByArea(all, this.clauses, clause.ask.services);
      for (const row of rows) {
        if (!row.live || row.stale & edits) continue;
        if (this.ledger.areas.some(({ unit }) => unit[row.level] === null)) {
          all[row.number] = marked(this.kept[row.number], this.judged.why[ACROSS_BORDERS]);
          continue;
        }
        const one = { clause, row, level: row.level, at: row.at, ledger: this.ledger };
        const outcome = this.inapplicable(one) ?? areasComply(one, (area) => said.get(area) ?? []);
        const found = this.concluded(one, outcome);
        if (row.last?.because_zh !== found.because_zh || row.last.verdict !== found.verdict) {
          row.last = found;
        }
        all[row.number] = row.last;
      }
    }
  }
}

function verdictsByArea(all, clauses, services) {
  const said = new Map();
  for (const { level, at, role, verdict, clause } of all) {
    const counts = level === AREA_LEVEL && at >= 0 && role === "requirement";
    if (!counts || verdict === "not_applicable") continue;
    if (!services.includes(clauses[clause].service)) continue;
    said.set(at, [...(said.get(at) ?? []), verdict]);
  }
  return said;
}

function marked(finding, [zh, en]) {
  return { ...finding, live: false, why_zh: zh, why_en: en };
}

/** Whether it says that there are no new areas, of a clause that now meets those drawn. */
function isOfNoArea({ level, at, clause }, drawn) {
  return level === AREA_LEVEL && at < 0 && drawn.some((one) => one.clause === clause);
}

/** The findings of the content, an object each. */
function rowsOf({ findings, kept, levels, roles, verdicts }) {
  const orNull = (n) => (n < 0 ? null : n);
  return findings.clause.map((clause, number) => ({
    number, clause, level: levels[findings.level[number]], at: findings.at[number],
    role: roles[findings.role[number]], part: findings.part[number],
    verdict: verdicts[findings.verdict[number]], live: findings.live[number] === 1,
    stale: findings.stale[number], why: findings.why[number], applies: findings.applies[number],
    applies_why: findings.applies_why[number], planned: orNull(findings.planned[number]),
    households: orNull(findings.households[number]), said: findings.said[number],
    aside: findings.aside[number], kept: kept[number] ?? null, last: null, marked: null,
  }));
}

/** Findings of one clause at one level; compliance is judged behind all others. */
function blocksOf(rows, clauses) {
  const blocks = [];
  for (const row of rows) {
    const last = blocks.at(-1);
    if (last && last.clause.number === row.clause && last.level === row.level) last.rows.push(row);
    else {
      const { clause, level } = row;
      blocks.push({ clause: clauses[clause], level, rows: [row], reads: new Map() });
    }
  }
  return blocks;
}
