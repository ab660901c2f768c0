import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { chooseLanguage, languages, say, type Filling, type Language, type Word } from "../words/index.js";
import { sayError } from "../words/say-error.js";

/** Words, numbers and dates of the chosen language. */
export interface Speech {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly t: (word: Word, filling?: Filling) => string;
  /** What went wrong, and what to do. */
  readonly error: (error: Error) => string;
  readonly number: (value: number, digits?: number) => string;
  /** A p-value, with its sign where it is too small to be told. */
  readonly pValue: (p: number | undefined) => string;
  readonly percent: (share: number, digits?: number) => string;
  /** A difference of two shares in percentage points, with its sign; no word behind it. */
  readonly points: (difference: number) => string;
  readonly moment: (iso: string) => string;
  /** To the second. */
  readonly instant: (iso: string) => string;
  readonly day: (iso: string) => string;
  readonly bytes: (n: number) => string;
  readonly list: (items: readonly string[]) => string;
}

/** Made when it is first used: each of the browser's formatters takes its time to make. */
function late<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function speak(language: Language): Omit<Speech, "setLanguage"> {
  const numbers = (digits: number, style: "decimal" | "percent"): Intl.NumberFormat => new Intl.NumberFormat(language, { style, minimumFractionDigits: digits, maximumFractionDigits: digits });
  const moments = late(() => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }));
  const instants = late(() => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }));
  const signed = late(() => new Intl.NumberFormat(language, { signDisplay: "exceptZero", minimumFractionDigits: 1, maximumFractionDigits: 1 }));
  const days = late(() => new Intl.DateTimeFormat(language, { dateStyle: "medium" }));
  const lists = late(() => new Intl.ListFormat(language, { type: "unit", style: "short" }));
  const kept = new Map<string, Intl.NumberFormat>();
  const format = (digits: number, style: "decimal" | "percent"): Intl.NumberFormat => {
    const key = `${digits}${style}`;
    if (!kept.has(key)) kept.set(key, numbers(digits, style));
    return kept.get(key)!;
  };
  return {
    language,
    t: (word, filling) => say(language, word, filling),
    error: (error) => sayError(language, error),
    number: (value, digits = 0) => format(digits, "decimal").format(value),
    pValue: (p) => (p === undefined ? "–" : p < 0.001 ? `< ${format(3, "decimal").format(0.001)}` : format(3, "decimal").format(p)),
    percent: (share, digits = 1) => format(digits, "percent").format(share),
    points: (difference) => signed().format(100 * difference).replace("-", "−"),
    instant: (iso) => instants().format(new Date(iso)),
    moment: (iso) => moments().format(new Date(iso)),
    day: (iso) => days().format(new Date(iso)),
    bytes: (n) => (n < 1e6 ? `${format(0, "decimal").format(n / 1e3)} kB` : `${format(1, "decimal").format(n / 1e6)} MB`),
    // Chinese lists of this kind have no sign between their items.
    list: (items) => (language === "zh" ? items.join("、") : lists().format(items)),
  };
}

const SpeechContext = createContext<Speech>({ ...speak("en"), setLanguage: () => undefined });

function storedLanguage(): Language {
  const stored = localStorage.getItem("language") as Language | null;
  return stored !== null && languages.includes(stored) ? stored : chooseLanguage(navigator.languages);
}

export function SpeechProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState(storedLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem("language", language);
  }, [language]);
  const speech = useMemo(() => ({ ...speak(language), setLanguage }), [language]);
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  return useContext(SpeechContext);
}
