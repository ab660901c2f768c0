/**
 * Elementary functions from additions, multiplications, divisions and square roots alone, which IEEE 754 fixes to the last
 * bit. The built-in ones may differ in the last bit from engine to engine (and did between versions of V8), so that
 * pictures and streams that must be the same bytes everywhere are made with these.
 * All are within two units in the last place of the built-in ones, for arguments up to a million.
 * @see fdlibm 5.3, Sun Microsystems 1993: argument reductions and coefficients
 */
const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);
const highWord = new Uint8Array(Uint16Array.of(1).buffer).at(0) === 1 ? 1 : 0;

/** 2^k for k from -1074 to 1023. */
const powersOfTwo = new Float64Array(2098);
powersOfTwo[1074] = 1;
for (let k = 1075; k < 2098; k++) powersOfTwo[k] = powersOfTwo[k - 1]! * 2;
for (let k = 1073; k >= 0; k--) powersOfTwo[k] = powersOfTwo[k + 1]! / 2;

const [ln2High, ln2Low] = [6.93147180369123816490e-1, 1.90821492927058770002e-10];

/** e^x; infinite above 709.78, 0 below -744. */
export function exp(x: number): number {
  if (!(x < 709.782712893384)) return x + Infinity;
  if (x < -744) return 0;
  const k = Math.floor(Math.LOG2E * x + 0.5);
  const high = x - k * ln2High;
  const low = k * ln2Low;
  const r = high - low;
  const t = r * r;
  const c = r - t * (1.66666666666666019037e-1 + t * (-2.77777777770155933842e-3 + t * (6.61375632143793436117e-5 + t * (-1.65339022054652515390e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  // 2^1024 itself is no number.
  return k > 1023 ? y * 2 * powersOfTwo[1023 + 1074]! : y * powersOfTwo[k + 1074]!;
}

/** Natural logarithm; NaN below 0, -Infinity at 0. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  if (x < 2.2250738585072014e-308) return log(x * 18014398509481984) - 54 * (ln2High + ln2Low);
  bits[0] = x;
  const high = words[highWord]!;
  // x = 2^k (1 + f) with 1 + f from sqrt(1/2) to sqrt(2).
  let k = (high >>> 20) - 1023;
  const carry = ((high & 0xfffff) + 0x95f64) & 0x100000;
  words[highWord] = (high & 0xfffff) | (carry ^ 0x3ff00000);
  k += carry >>> 20;
  const f = bits[0] - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd = z * (6.666666666666735130e-1 + w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const half = 0.5 * f * f;
  return k * ln2High - (half - (s * (half + even + odd) + k * ln2Low) - f);
}

/** x^y for x of 0 or more: exp(y log x). */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  return y === 1 ? x : exp(y * log(x));
}

export function sin(x: number): number {
  const n = Math.floor(x * 6.36619772367581382433e-1 + 0.5);
  const r = reduce(x, n);
  const value = (n & 1) === 0 ? sinNear0(r) : cosNear0(r);
  return (n & 2) === 0 ? value : -value;
}

export function cos(x: number): number {
  const n = Math.floor(x * 6.36619772367581382433e-1 + 0.5);
  const r = reduce(x, n);
  const value = (n & 1) === 0 ? cosNear0(r) : sinNear0(r);
  return ((n + 1) & 2) === 0 ? value : -value;
}

export function tan(x: number): number {
  return sin(x) / cos(x);
}

/** x - n pi / 2, pi / 2 in three parts of 33 bits, so that the first products are exact. */
function reduce(x: number, n: number): number {
  return x - n * 1.57079632673412561417 - n * 6.07710050630396597660e-11 - n * 2.02226624879595063154e-21;
}

function sinNear0(x: number): number {
  const z = x * x;
  return x + x * z * (-1.66666666666666324348e-1 + z * (8.33333333332248946124e-3 + z * (-1.98412698298579493134e-4 + z * (2.75573137070700676789e-6 + z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)))));
}

function cosNear0(x: number): number {
  const z = x * x;
  const r = z * z * (4.16666666666666019037e-2 + z * (-1.38888888888741095749e-3 + z * (2.48015872894767294178e-5 + z * (-2.75573143513906633035e-7 + z * (2.08757232129817482790e-9 + z * -1.13596475577881948265e-11)))));
  return 1 - (0.5 * z - r);
}

/** Angle in (-pi/2, pi/2). */
export function atan(x: number): number {
  const a = Math.abs(x);
  // The reduced argument and the angle it is measured from: 0, atan(1/2), pi/4, atan(3/2) or pi/2.
  let t = a;
  let base = 0;
  if (a >= 2.4375) [t, base] = [-1 / a, Math.PI / 2];
  else if (a >= 1.1875) [t, base] = [(a - 1.5) / (1 + 1.5 * a), 9.82793723247329054082e-1];
  else if (a >= 0.6875) [t, base] = [(a - 1) / (a + 1), 7.85398163397448278999e-1];
  else if (a >= 0.4375) [t, base] = [(2 * a - 1) / (2 + a), 4.63647609000806093515e-1];
  const z = t * t;
  const w = z * z;
  const odd = z * (3.33333333333329318027e-1 + w * (1.42857142725034663711e-1 + w * (9.09088713343650656196e-2 + w * (6.66107313738753120669e-2 + w * (4.97687799461593236017e-2 + w * 1.62858201153657823623e-2)))));
  const even = w * (-1.99999999998764832476e-1 + w * (-1.11111104054623557880e-1 + w * (-7.69187620504482999495e-2 + w * (-5.83357013379057348645e-2 + w * -3.65315727442169155270e-2))));
  const angle = base + (t - t * (odd + even));
  return x < 0 ? -angle : angle;
}

/** Angle of the point (x, y) to the x axis, from -pi to pi; 0 at the origin. */
export function atan2(y: number, x: number): number {
  if (x === 0) return y === 0 ? 0 : y > 0 ? Math.PI / 2 : -Math.PI / 2;
  const angle = atan(y / x);
  if (x > 0) return angle;
  return y < 0 ? angle - Math.PI : angle + Math.PI;
}

/** Angle from -pi/2 to pi/2 whose sine is x, for x from -1 to 1. */
export function asin(x: number): number {
  return atan2(x, Math.sqrt((1 - x) * (1 + x)));
}
