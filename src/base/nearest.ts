import { NotFoundError } from "./errors.js";

/** Levenshtein distance: least number of single-character edits between two words. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/** The known name closest to `name`, or undefined where none is close enough to be meant. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * Error for a name that is on no list: it gives the list and the nearest name.
 * @param kind what the name stands for, for example `"network"`
 */
export function unknownName(kind: string, name: string, known: readonly string[]): NotFoundError {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  return new NotFoundError(
    `unknown-${kind.replaceAll(" ", "-")}`,
    `${kind} "${name}": expected one of ${known.join(", ")}.${hint}`,
  );
}
