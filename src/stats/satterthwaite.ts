/** A variance and the degrees of freedom it is known with; infinite where it is taken as known. */
export type VariancePart = readonly [variance: number, degreesOfFreedom: number];

/**
 * Degrees of freedom of a sum of independent variances: (Σ v)²/Σ (v²/df).
 * @returns infinite where all parts are known
 * @see F. E. Satterthwaite, Biometrics Bull 2, 1946, doi:10.2307/3002019
 */
export function sumDegrees(parts: readonly VariancePart[]): number {
  const total = parts.reduce((sum, [variance]) => sum + variance, 0);
  const uncertainty = parts.reduce((sum, [variance, df]) => sum + variance ** 2 / df, 0);
  return uncertainty > 0 ? total ** 2 / uncertainty : Infinity;
}

/**
 * Degrees of freedom of a variance Σ c² over m cases, from how much the cases differ in what they add: 2 V²/(Σ c⁴ − V²/m).
 * Some m for normal c, few where few cases make the variance, such as the rare errors of a good reader.
 * @param changes of a figure without each case, their mean being 0
 * @returns at least 1
 * @see Satterthwaite's rule with fourth moments: S. R. Lipsitz, J. G. Ibrahim, M. Parzen, The Statistician 48, 1999, 495
 */
export function jackknifeDegrees(changes: ArrayLike<number>): number {
  let [squares, fourths] = [0, 0];
  for (let u = 0; u < changes.length; u++) {
    squares += changes[u]! ** 2;
    fourths += changes[u]! ** 4;
  }
  const spread = fourths - squares ** 2 / changes.length;
  return spread > 1e-12 * fourths ? Math.max(1, (2 * squares ** 2) / spread) : Infinity;
}
