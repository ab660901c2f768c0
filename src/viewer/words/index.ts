import { auditWords } from "./audit.js";
import { caseWords } from "./case.js";
import type { Entry, Language } from "./entry.js";
import { languages } from "./entry.js";
import { findingWords } from "./findings.js";
import { missingWords, problemWords } from "./problems.js";
import { readingWords } from "./reading.js";
import { roomWords } from "./rooms.js";
import { shellWords } from "./shell.js";
import { studyWords } from "./study.js";

export { languageNames, languages, type Language } from "./entry.js";

export const words = { ...shellWords, ...studyWords, ...caseWords, ...readingWords, ...roomWords, ...auditWords, ...problemWords, ...missingWords, ...findingWords } as const satisfies Record<string, Entry>;
export type Word = keyof typeof words;

export function isWord(text: string): text is Word {
  return Object.hasOwn(words, text);
}

/** What fills the places of a sentence. */
export type Filling = Readonly<Record<string, string | number>>;

/** A word in a language. */
export function say(language: Language, word: Word, filling: Filling = {}): string {
  const text: string = words[word][languages.indexOf(language)]!;
  return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => (name in filling ? String(filling[name]) : place));
}

/** The language of a browser that comes nearest to ours. */
export function chooseLanguage(wished: readonly string[]): Language {
  for (const wish of wished) {
    const found = languages.find((language) => wish.toLowerCase().startsWith(language));
    if (found !== undefined) return found;
  }
  return "en";
}
