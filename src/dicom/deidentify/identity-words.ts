import { isTextVr, textsOf, type Dataset } from "../dataset.js";

/** Attributes whose values identify and are looked for everywhere else. */
const identifying = new Set([
  0x00100010, 0x00100020, 0x00101000, 0x00101001, 0x00101005, 0x00101040, 0x00101060, 0x00102154, 0x00102155, 0x00080050, 0x00080090, 0x00080092, 0x00080094,
  0x00081048, 0x00081050, 0x00081060, 0x00081070, 0x00321032, 0x00380010, 0x00400006, 0x00401010, 0x00402016, 0x00402017, 0x00100030, 0x00200010,
]);

const shortest = 3;

function fold(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** Words of the file that say who the patient is; to be found nowhere in what is kept. */
export function collectIdentityWords(dataset: Dataset, words = new Set<string>()): Set<string> {
  for (const element of dataset.elements.values()) {
    for (const item of element.items ?? []) collectIdentityWords(item, words);
    if (!identifying.has(element.tag) || !isTextVr(element.vr)) continue;
    for (const text of textsOf(element, dataset)) {
      for (const word of fold(text).split(/[^\p{L}\p{N}]+/u)) if (word.length >= shortest) words.add(word);
    }
  }
  return words;
}

/** True where the text holds one of the words. */
export function holdsIdentity(text: string, words: ReadonlySet<string>): boolean {
  return words.size > 0 && fold(text).split(/[^\p{L}\p{N}]+/u).some((word) => words.has(word));
}

