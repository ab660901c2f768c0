/** Letters that lose no dots when they are taken apart. */
const ligatures: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

/**
 * A patient's name or number as it is compared: lower case, without accents, punctuation, leading zeros and titles; the
 * words of a name in alphabetical order, the parts of a number in their own. Umlauts and their spelling with e are one.
 */
export function normalizePatient(value: string): string {
  const plain = value.toLowerCase().replace(/[ßæœøłđðþı]/g, (letter) => ligatures[letter] ?? letter).normalize("NFKD").replace(/\p{M}/gu, "");
  const parts = (plain.match(/\p{L}+|\p{N}+/gu) ?? []).map((part) => (/^\p{N}/u.test(part) ? part.replace(/^0+(?=.)/, "") : part)).filter((part) => !titles.has(part));
  const words = parts.filter((part) => !/^\p{N}/u.test(part)).map((word) => word.replace(/([aou])e/g, "$1"));
  const numbers = parts.filter((part) => /^\p{N}/u.test(part));
  const isName = numbers.length === 0 || words.join("").length > 3 * numbers.length + 3;
  return isName ? [...words.sort(), ...numbers].join(" ") : parts.join(" ");
}

const titles = new Set(["mr", "mrs", "ms", "dr", "prof", "herr", "frau", "m", "mme"]);

/** Letters that a name must have for one of them to be a slip. */
const longName = 9;

/** How two spellings came to be taken for one patient. */
export type SpellingKind = "spelling" | "one-letter";

/** Two names that may be one patient's. */
export interface SpellingPair {
  readonly a: string;
  readonly b: string;
  readonly kind: SpellingKind;
}

/**
 * Pairs of different spellings of one patient: equal once normalized, or long names one letter (added, left out,
 * replaced, or two exchanged) apart. Numbers are never guessed at: p12 and p13 are two patients.
 */
export function findSpellings(values: readonly string[]): SpellingPair[] {
  const pairs: SpellingPair[] = [];
  const byKey = new Map<string, string>();
  const names: { key: string; value: string }[] = [];
  for (const value of new Set(values)) {
    const key = normalizePatient(value);
    const first = byKey.get(key);
    if (first !== undefined) pairs.push({ a: first, b: value, kind: "spelling" });
    else {
      byKey.set(key, value);
      if (!/\d/.test(key) && key.replaceAll(" ", "").length >= longName && key.includes(" ")) names.push({ key, value });
    }
  }
  return [...pairs, ...oneLetterApart(names)];
}

function oneLetterApart(names: readonly { key: string; value: string }[]): SpellingPair[] {
  const letters = names.map(({ key }) => key.replaceAll(" ", ""));
  return sharingForms(letters).flatMap(([i, j]): SpellingPair[] => (isOneSlip(letters[i]!, letters[j]!) ? [{ a: names[i]!.value, b: names[j]!.value, kind: "one-letter" }] : []));
}

/**
 * Pairs of words that share a form with one letter left out: no others can be one letter apart, so that few of all pairs
 * need a look.
 */
export function sharingForms(words: readonly string[]): [number, number][] {
  const holders = new Map<string, number[]>();
  words.forEach((word, i) => {
    const forms = new Set([word, ...Array.from(word, (_, at) => word.slice(0, at) + word.slice(at + 1))]);
    for (const form of forms) {
      const list = holders.get(form);
      if (list === undefined) holders.set(form, [i]);
      else list.push(i);
    }
  });
  const seen = new Set<number>();
  const pairs: [number, number][] = [];
  for (const list of holders.values()) {
    for (const [at, i] of list.entries()) {
      for (const j of list.slice(at + 1)) {
        if (seen.has(i * words.length + j)) continue;
        seen.add(i * words.length + j);
        pairs.push([i, j]);
      }
    }
  }
  return pairs;
}

/** One letter added, left out or replaced, or two neighbors exchanged. */
function isOneSlip(a: string, b: string): boolean {
  if (a.length > b.length) return isOneSlip(b, a);
  let i = 0;
  while (i < a.length && a[i] === b[i]) i += 1;
  if (a.length < b.length) return a.slice(i) === b.slice(i + 1);
  return a.slice(i + 1) === b.slice(i + 1) || (a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2));
}
