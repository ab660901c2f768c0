import { seededRandom } from "../../base/index.js";

export interface Directions {
  /** [D, K], orthonormal columns, the one of the largest variance first. */
  readonly vectors: Float64Array;
  /** Mean square of the rows along each, [K]. */
  readonly variances: Float64Array;
}

const rounds = 16;

/**
 * The directions along which centered rows vary most, by orthogonal iteration.
 * @param rows [n] rows of D numbers
 * @see G. H. Golub and C. F. Van Loan, "Matrix Computations", 4th ed. 2013, section 8.2.4
 */
export function principalDirections(rows: readonly Float64Array[], count: number): Directions {
  const d = rows[0]!.length;
  const k = Math.min(count, d, rows.length);
  const random = seededRandom("principal directions", d, k);
  let vectors = Float64Array.from({ length: d * k }, () => random.normal());
  orthonormalize(vectors, d, k);
  let variances = new Float64Array(k);
  for (let round = 0; round < rounds; round++) {
    const next = new Float64Array(d * k);
    variances = new Float64Array(k);
    for (const row of rows) {
      const along = project(row, vectors, k);
      along.forEach((value, i) => (variances[i]! += (value * value) / rows.length));
      for (let j = 0; j < d; j++) for (let i = 0; i < k; i++) next[j * k + i]! += row[j]! * along[i]!;
    }
    // The last round only measures.
    if (round === rounds - 1) break;
    vectors = next;
    orthonormalize(vectors, d, k);
  }
  return { vectors, variances };
}

/** Row times [D, K]. */
export function project(row: ArrayLike<number>, vectors: ArrayLike<number>, k: number): Float64Array {
  const along = new Float64Array(k);
  for (let j = 0; j < row.length; j++) {
    const value = row[j]!;
    if (value !== 0) for (let i = 0; i < k; i++) along[i]! += value * vectors[j * k + i]!;
  }
  return along;
}

/** Gram and Schmidt, each column twice so that rounding leaves nothing along those before; what vanishes becomes zero. */
function orthonormalize(vectors: Float64Array, d: number, k: number): void {
  const dot = (a: number, b: number): number => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += vectors[j * k + a]! * vectors[j * k + b]!;
    return sum;
  };
  for (let i = 0; i < k; i++) {
    const before = Math.sqrt(dot(i, i));
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < i; other++) {
        const shared = dot(i, other);
        for (let j = 0; j < d; j++) vectors[j * k + i]! -= shared * vectors[j * k + other]!;
      }
    }
    const length = Math.sqrt(dot(i, i));
    const factor = length > 1e-9 * before && length > 0 ? 1 / length : 0;
    for (let j = 0; j < d; j++) vectors[j * k + i]! *= factor;
  }
}
