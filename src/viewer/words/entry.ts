export const languages = ["en", "de", "zh"] as const;
export type Language = (typeof languages)[number];

/** A word or sentence in every language; `{name}` is filled in. A language that is missing does not compile. */
export type Entry = readonly [en: string, de: string, zh: string];

export const languageNames: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch", zh: "中文" };
