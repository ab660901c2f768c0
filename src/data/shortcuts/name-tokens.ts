import path from "node:path";

/** What a file's name says, its folders and the names of the classes left out. */
export interface NameTraits {
  /** Letters in lower case, digits as 0: `img-000.png`. */
  readonly pattern: string;
  /** Words of two letters and more. */
  readonly words: readonly string[];
  /** The last number in the name; NaN where there is none. */
  readonly number: number;
  readonly length: number;
}

/**
 * Takes a file's name apart. Classes are often written into it, which gives nothing away that the table does not say:
 * they are taken out, so that the rest (numbering, prefixes, a hospital's way of naming) can be judged.
 */
export function readName(id: string, labels: readonly string[]): NameTraits {
  let stem = path.posix.basename(id.replaceAll("\\", "/")).replace(/\.[^.]+$/, "").normalize("NFC").toLowerCase();
  for (const label of [...labels].sort((a, b) => b.length - a.length)) {
    for (const spelling of [label, label.replaceAll(/[\s_]+/g, "-"), label.replaceAll(/[\s-]+/g, "_"), label.replaceAll(/[\s_-]+/g, "")]) if (spelling.length > 1) stem = stem.replaceAll(spelling.toLowerCase(), "");
  }
  const numbers = stem.match(/\d+/g);
  return {
    pattern: stem.replaceAll(/\d/g, "0").replaceAll(/\p{L}+/gu, "a"),
    words: [...new Set(stem.match(/\p{L}{2,}/gu) ?? [])],
    number: numbers === null ? Number.NaN : Number(numbers.at(-1)!.slice(-9)),
    length: stem.length,
  };
}
