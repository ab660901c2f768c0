import { gammaTails } from "./gamma.js";

/** P(Z <= z) for a standard normal Z, through Q(1/2, z^2 / 2). Checked against scipy.stats.norm. */
export function normalCdf(z: number): number {
  const tails = gammaTails(0.5, (z * z) / 2);
  return z <= 0 ? tails.upper / 2 : 0.5 + tails.lower / 2;
}

/** P(|Z| >= |z|), precise far into the tail. */
export function normalTwoSidedP(z: number): number {
  return gammaTails(0.5, (z * z) / 2).upper;
}

/** c[0] + c[1] r + c[2] r^2 + ... */
function polynomial(r: number, c: readonly number[]): number {
  return c.reduceRight((sum, coefficient) => sum * r + coefficient, 0);
}

const center = {
  numerator: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  denominator: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852546,
  ],
};
const flank = {
  numerator: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  denominator: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
};
const tail = {
  numerator: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  denominator: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 0.000018463183175100548,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
};

/**
 * z with P(Z <= z) = p, for 0 < p < 1.
 * @see M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37, 1988; checked against scipy.stats.norm.ppf
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(r, center.numerator)) / polynomial(r, center.denominator);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const [part, shift] = r <= 5 ? [flank, 1.6] : [tail, 5];
  const z = polynomial(r - shift, part.numerator) / polynomial(r - shift, part.denominator);
  return q < 0 ? -z : z;
}

/** Half-width factor of a two-sided normal interval: 1.96 at level 0.95. */
export function normalCritical(level: number): number {
  return -normalQuantile((1 - level) / 2);
}
