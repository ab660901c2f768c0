import { UnsupportedError } from "../base/index.js";
import type { Dim } from "./model.js";

/** Longest name of an extent; real graphs need a few letters, a hostile one could double it with every node. */
const maxNameLength = 200;

function checkedName(name: string): string {
  if (name.length <= maxNameLength) return name;
  throw new UnsupportedError(
    "symbolic-shape",
    `extent ${name.slice(0, 40)}...: expected at most ${maxNameLength} letters, got ${name.length}.`,
  );
}

/** An extent as coefficient times names: `6*N` is `{ coefficient: 6, names: ["N"] }`, `4` has no names. */
interface Monomial {
  readonly coefficient: number;
  readonly names: readonly string[];
}

function parse(dim: Dim): Monomial {
  if (typeof dim === "number") return { coefficient: dim, names: [] };
  // A sum is written in parentheses and is one opaque name.
  if (!dim.includes("*") || dim.startsWith("(")) return { coefficient: 1, names: [dim] };
  const factors = dim.split("*");
  const coefficient = Number(factors[0]);
  return Number.isInteger(coefficient) ? { coefficient, names: factors.slice(1) } : { coefficient: 1, names: factors };
}

function format({ coefficient, names }: Monomial): Dim {
  if (names.length === 0 || coefficient === 0) return coefficient;
  const text = [...names].sort().join("*");
  return checkedName(coefficient === 1 ? text : `${coefficient}*${text}`);
}

/** Product of extents; names stay names: 6, "N" gives "6*N". The empty product is 1. */
export function multiplyDims(dims: readonly Dim[]): Dim {
  let coefficient = 1;
  let names: string[] | undefined;
  for (const dim of dims) {
    if (typeof dim === "number") {
      coefficient *= dim;
      continue;
    }
    const factor = parse(dim);
    coefficient *= factor.coefficient;
    names = names === undefined ? [...factor.names] : [...names, ...factor.names];
  }
  return names === undefined ? coefficient : format({ coefficient, names });
}

/** Exact quotient, or undefined where the division leaves a remainder: "6*N" by "N" gives 6. */
export function divideDims(dividend: Dim, divisor: Dim): Dim | undefined {
  if (dividend === divisor && dividend !== 0) return 1;
  const a = parse(dividend);
  const b = parse(divisor);
  const coefficient = a.coefficient / b.coefficient;
  if (!Number.isInteger(coefficient)) return undefined;
  const names = [...a.names];
  for (const name of b.names) {
    const at = names.indexOf(name);
    if (at < 0) return undefined;
    names.splice(at, 1);
  }
  return format({ coefficient, names });
}

function sameNames(a: Monomial, b: Monomial): boolean {
  return a.names.length === b.names.length && a.names.every((name, i) => name === b.names[i]);
}

/** Sum of two extents: "N" and "N" give "2*N", "N" and 1 give "(N+1)". */
export function addDims(a: Dim, b: Dim): Dim {
  if (a === 0) return b;
  if (b === 0) return a;
  const x = parse(a);
  const y = parse(b);
  if (sameNames(x, y)) return format({ coefficient: x.coefficient + y.coefficient, names: x.names });
  return checkedName(`(${a}+${b})`);
}

/** Difference of two extents: "3*N" and "N" give "2*N", "N" and 1 give "(N-1)". */
export function subtractDims(a: Dim, b: Dim): Dim {
  if (b === 0) return a;
  const x = parse(a);
  const y = parse(b);
  if (sameNames(x, y)) return format({ coefficient: x.coefficient - y.coefficient, names: x.names });
  return checkedName(`(${a}-${b})`);
}

/** `[N, 3, 224, 224]` for messages. */
export function formatShape(shape: readonly Dim[]): string {
  return `[${shape.join(", ")}]`;
}

/** Whether every extent is a number. */
export function isStatic(shape: readonly Dim[]): shape is readonly number[] {
  for (const dim of shape) if (typeof dim !== "number") return false;
  return true;
}
