/* Exact times from one site to all crossings within a limit, in whole milliseconds.

   Crossings wait in buckets of time, each a list linked both ways; labels only ever fall, so the
   result is Dijkstra's (1959) whatever the width of a bucket (Dial 1969). Nothing is allocated
   while the search runs, and only what it touched is cleared. */

import { FAR } from "./nearest.js";

const BUCKET_BITS = 13; // eight seconds; changes speed only

export class WalkSearch {
  constructor(graph) {
    this.graph = graph;
    this.label = new Int32Array(graph.size).fill(FAR);
    this.touched = new Int32Array(graph.size);
    this.count = 0;
    this.next = new Int32Array(graph.size);
    this.before = new Int32Array(graph.size); // or ~bucket, for the first in a bucket
    this.waits = new Uint8Array(graph.size);
    this.first = new Int32Array(0);
  }

  /** Label everything within the limit [ms] of a seat, until `forget`. */
  from(seat, limit_ms) {
    const { graph } = this, { tail, head } = graph.streets;
    const buckets = (limit_ms >> BUCKET_BITS) + 1;
    if (this.first.length < buckets) this.first = new Int32Array(buckets).fill(-1);
    this.#seed(graph.leavingCopy(seat.edge, tail[seat.edge]), seat.to_tail, limit_ms);
    this.#seed(graph.leavingCopy(seat.edge, head[seat.edge]), seat.to_head, limit_ms);
    for (let bucket = 0; bucket < buckets; bucket++) this.#empty(bucket, limit_ms);
  }

  /** Make fit for the next search. */
  forget() {
    for (let i = 0; i < this.count; i++) this.label[this.touched[i]] = FAR;
    this.count = 0;
  }

  #seed(copy, ms, limit_ms) {
    if (ms <= limit_ms && ms < this.label[copy]) this.#lower(copy, ms);
  }

  /** Work off a bucket, and what falls into it meanwhile. */
  #empty(bucket, limit_ms) {
    const { first, label } = this, { start, arcs } = this.graph;
    for (let copy = first[bucket]; copy >= 0; copy = first[bucket]) {
      this.#takeOut(copy);
      const here = label[copy], end = 2 * start[copy + 1];
      for (let arc = 2 * start[copy]; arc < end; arc += 2) {
        const to = arcs[arc], ms = here + arcs[arc + 1];
        if (ms < label[to] && ms <= limit_ms) this.#lower(to, ms);
      }
    }
  }

  #lower(copy, ms) {
    if (this.label[copy] === FAR) this.touched[this.count++] = copy;
    if (this.waits[copy]) this.#takeOut(copy);
    this.label[copy] = ms;
    this.#putIn(copy, ms >> BUCKET_BITS);
  }

  #putIn(copy, bucket) {
    const after = this.first[bucket];
    this.next[copy] = after;
    this.before[copy] = ~bucket;
    if (after >= 0) this.before[after] = copy;
    this.first[bucket] = copy;
    this.waits[copy] = 1;
  }

  #takeOut(copy) {
    const after = this.next[copy], before = this.before[copy];
    if (before >= 0) this.next[before] = after;
    else this.first[~before] = after;
    if (after >= 0) this.before[after] = before;
    this.waits[copy] = 0;
  }
}
