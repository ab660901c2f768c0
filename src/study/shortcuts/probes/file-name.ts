import type { Column, Probe } from "../contract.js";

/** Words that fewer cases than this have are left out, and so many words are looked at. */
const words = { least: 3, most: 16 };

/** The names of the files, without the names of the classes. */
export const fileName: Probe = {
  title: "File names",
  summary: "Pattern, words, last number and length of the file's name; folders and the names of the classes are left out.",
  subject: "The names of the files alone",
  reach: "file",
  remedy: "A network does not see names. But names that follow the class say that the classes were collected apart: at other times, places or by other people. Find out how, and look at what else differs.",
  columns: (cases) => {
    const counts = new Map<string, number>();
    for (const { name } of cases) for (const word of name.words) counts.set(word, (counts.get(word) ?? 0) + 1);
    const common = [...counts].filter(([, count]) => count >= words.least && count < cases.length).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, words.most);
    return [
      { title: "pattern", values: cases.map(({ name }) => name.pattern) },
      { title: "last number", values: cases.map(({ name }) => name.number), print: { digits: 0 } },
      { title: "length", values: cases.map(({ name }) => name.length), print: { digits: 1, unit: "characters" } },
      ...common.map(([word]): Column => ({ title: `the word "${word}"`, values: cases.map(({ name }) => (name.words.includes(word) ? 1 : 0)), print: { share: true } })),
    ];
  },
};
