import { InternalError } from "../../base/index.js";

/**
 * The root of a continuous function that changes sign between `low` and `high`.
 * @see R. P. Brent, Algorithms for Minimization without Derivatives, 1973, chapter 4
 */
export function findRoot(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  let [fa, fb] = [f(a), f(b)];
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (fa > 0 === fb > 0) {
    throw new InternalError("no-bracket", `root: expected a change of sign on [${low}, ${high}], got ${fa} and ${fb}.`);
  }
  let [c, fc] = [a, fa];
  let step = b - a;
  let previousStep = step;
  for (let i = 0; i < 500; i++) {
    if (fb > 0 === fc > 0) {
      [c, fc] = [a, fa];
      step = previousStep = b - a;
    }
    if (Math.abs(fc) < Math.abs(fb)) [a, b, c, fa, fb, fc] = [b, c, b, fb, fc, fb];
    const tolerance = 2 * Number.EPSILON * Math.abs(b) + 1e-300;
    const half = (c - b) / 2;
    if (Math.abs(half) <= tolerance || fb === 0) return b;
    const interpolated = Math.abs(previousStep) >= tolerance && Math.abs(fa) > Math.abs(fb) ? interpolate() : undefined;
    [previousStep, step] = interpolated === undefined ? [half, half] : [step, interpolated];
    [a, fa] = [b, fb];
    b += Math.abs(step) > tolerance ? step : Math.sign(half) * tolerance;
    fb = f(b);

    /** Step of the secant or inverse quadratic interpolation, where it stays well inside the bracket. */
    function interpolate(): number | undefined {
      const s = fb / fa;
      let p = 2 * half * s;
      let q = 1 - s;
      if (a !== c) {
        const r = fb / fc;
        const t = fa / fc;
        p = s * (2 * half * t * (t - r) - (b - a) * (r - 1));
        q = (t - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      p = Math.abs(p);
      return 2 * p < Math.min(3 * half * q - Math.abs(tolerance * q), Math.abs(previousStep * q)) ? p / q : undefined;
    }
  }
  return b;
}
