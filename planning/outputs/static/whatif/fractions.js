/* Exact fractions: a requirement is met or not, whatever doubles would round to.

   A fraction is {n, d} of BigInt with d > 0, not necessarily in lowest terms. */

export const ratio = (n, d = 1) => ({ n: BigInt(n), d: BigInt(d) });
export const NO_RATIO = ratio(0);

/** A figure of the content, [numerator, denominator], each a number or its digits; null stays. */
export const ratioOfPair = (pair) => pair && ratio(pair[0], pair[1]);

/** A fraction as the content has it: in lowest terms, of numbers where these are exact. */
export function ratioPair(r) {
  if (r === null) return null;
  const by = commonPart(r.n < 0n ? -r.n : r.n, r.d);
  return [plainWhole(r.n / by), plainWhole(r.d / by)];
}

const MOST_EXACT = BigInt(Number.MAX_SAFE_INTEGER);
const plainWhole = (n) => (n <= MOST_EXACT && n >= -MOST_EXACT ? Number(n) : String(n));

function commonPart(a, b) {
  while (b) [a, b] = [b, a % b];
  return a || 1n;
}

export const ratioPlus = (a, b) => (
  a.d === b.d ? { n: a.n + b.n, d: a.d } : { n: a.n * b.d + b.n * a.d, d: a.d * b.d }
);
export const ratioMinus = (a, b) => ratioPlus(a, { n: -b.n, d: b.d });
export const ratioTimes = (a, b) => ({ n: a.n * b.n, d: a.d * b.d });

/** a / b for b > 0. */
export const ratioOver = (a, b) => ({ n: a.n * b.d, d: a.d * b.n });

/** Below 0, 0 or above 0 as a is less than b, the same, or more. */
export function ratioCompare(a, b) {
  const left = a.n * b.d, right = b.n * a.d;
  return left < right ? -1 : left > right ? 1 : 0;
}

export const ratioLeast = (a, b) => (ratioCompare(a, b) <= 0 ? a : b);
export const ratioMost = (a, b) => (ratioCompare(a, b) >= 0 ? a : b);

export function ratioFloor(r) {
  const whole = r.n / r.d;
  return whole * r.d > r.n ? whole - 1n : whole;
}

export const ratioCeil = (r) => -ratioFloor({ n: -r.n, d: r.d });

/** The very number that a double is. */
export function ratioOfDouble(value) {
  if (Number.isSafeInteger(value)) return ratio(value);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0), power = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const whole = (power ? fraction | 0x10000000000000n : fraction) * (value < 0 ? -1n : 1n);
  const shift = (power || 1) - 1075;
  if (shift >= 0) return { n: whole << BigInt(shift), d: 1n };
  return { n: whole, d: 1n << BigInt(-shift) };
}

/** The number that people wrote: 0.55 is 11/20, not the nearest double. */
export function ratioAsWritten(value) {
  const [, sign, whole, part = "", power = "0"] = String(value)
    .match(/^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/);
  const n = BigInt(sign + whole + part), shift = Number(power) - part.length;
  return shift >= 0 ? { n: n * 10n ** BigInt(shift), d: 1n } : { n, d: 10n ** BigInt(-shift) };
}

/** An area [m²] at 0.01 m², half up, as land is compared. */
export function ratioHundredths(r) {
  return { n: ratioFloor({ n: r.n * 200n + r.d, d: r.d * 2n }), d: 100n };
}

/** The nearest double. */
export function ratioNumber(r) {
  const [n, d] = ratioPair(r);
  return Number(n) / Number(d);
}
