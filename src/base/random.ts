import { drawNormal } from "./normal.js";

/**
 * Seeded random numbers, the same on every machine. A stream is named by its keys, so that the numbers of
 * (seed, epoch, image) do not depend on the order in which streams are opened or on the worker that opens them.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** New array in random order; the input is left alone. */
  shuffle<T>(items: readonly T[]): T[];
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
  /** An independent stream named by further keys. */
  fork(...keys: readonly (string | number)[]): Random;
}

/** FNV-1a followed by the murmur3 finaliser, so that near keys give far states. */
function hash(text: string, basis: number): number {
  let h = basis;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * Opens the stream named by the keys.
 * @see Small fast counting generator sfc32, C. Doty-Humphrey, PractRand
 */
export function seededRandom(...keys: readonly (string | number)[]): Random {
  const name = keys.join("\u0000");
  let a = hash(name, 0x811c9dc5);
  let b = hash(name, 0x9e3779b9);
  let c = hash(name, 0x7f4a7c15);
  let counter = 1;

  const next = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) next();

  const random: Random = {
    uniform: () => next() / 4294967296,
    between: (low, high) => low + (high - low) * random.uniform(),
    normal: () => drawNormal(next),
    integer: (n) => Math.floor(random.uniform() * n),
    shuffle: (items) => {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i--) {
        const j = random.integer(i + 1);
        [result[i], result[j]] = [result[j]!, result[i]!];
      }
      return result;
    },
    pick: (items) => items[random.integer(items.length)]!,
    fork: (...more) => seededRandom(...keys, ...more),
  };
  return random;
}
