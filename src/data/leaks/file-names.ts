import path from "node:path";
import type { Case } from "../dataset.js";
import type { LeakPair, LeakSign } from "./contract.js";
import { normalizePatient } from "./patient-names.js";

/** Words of file names that name nobody. */
const ordinary = new Set(
  "image images img im xray xr ray radiograph rad scan slice frame view spine cervical thoracic lumbar whole full chest knee hip hand wrist shoulder elbow ap pa lat lateral left right frontal oblique flexion extension standing supine copy final new old crop cropped dicom dcm cr dx mr mri ct series study patient case subject person pat id no nr normal abnormal positive negative scoliosis jpg jpeg png train test val validation mask part page".split(" "),
);

/** Lower-case words of a file's own name, without its folders. */
function wordsOf(id: string): string[] {
  const stem = path.posix.basename(id.replaceAll("\\", "/")).replace(/\.[a-z0-9]{1,5}$/i, "");
  return stem.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").normalize("NFC").toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? [];
}

/** A person's name in the file's name: two or more words of three letters that are no ordinary ones. */
function nameIn(id: string, labels: ReadonlySet<string>): string | undefined {
  const words = wordsOf(id).filter((word) => /^\p{L}{3,}$/u.test(word) && !ordinary.has(word) && !labels.has(word));
  return words.length >= 2 ? normalizePatient(words.join(" ")) : undefined;
}

/** Most images that one person's name may stand on: what more share is a word for something else. */
const mostImages = 30;

/**
 * Cases whose file names carry the same name of a person though the table does not give them one patient.
 */
export function findNamesakes(cases: readonly Case[]): LeakPair[] {
  const labels = labelWords(cases);
  const byName = new Map<string, number[]>();
  cases.forEach(({ id }, index) => {
    const name = nameIn(id, labels);
    if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), index]);
  });
  const most = Math.min(mostImages, Math.max(2, cases.length / 4));
  return [...byName.values()].flatMap((members) => {
    if (members.length < 2 || members.length > most) return [];
    const [first, ...others] = members;
    return others.filter((index) => cases[index]!.patient === undefined || cases[index]!.patient !== cases[first!]!.patient).map((index): LeakPair => ({ a: first!, b: index, kind: "name-in-file" }));
  });
}

function labelWords(cases: readonly Case[]): Set<string> {
  return new Set([...new Set(cases.map(({ label }) => label))].flatMap((label) => label.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? []));
}

/** Labels and patients that the files' own names tell. Folders are not looked at: the classes may be folders. */
export function findTellingNames(cases: readonly Case[]): LeakSign[] {
  const labelled = cases.flatMap(({ id, label }, index) => {
    const told = label.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? [];
    const words = wordsOf(id);
    return told.length > 0 && told.join("").length > 1 && told.every((word) => words.includes(word)) ? [index] : [];
  });
  const named = cases.flatMap(({ id, patient }, index) => {
    if (patient === undefined) return [];
    const key = normalizePatient(patient);
    const letters = key.replaceAll(" ", "");
    // A bare number is found in any name by chance.
    return letters.length >= 4 && /\p{L}/u.test(letters) && key.split(" ").every((part) => normalizePatient(wordsOf(id).join(" ")).split(" ").includes(part)) ? [index] : [];
  });
  const signs: LeakSign[] = [];
  if (labelled.length > 0) signs.push(signOf("label-in-file-name", cases, labelled, `${labelled.length} file names hold the label. A network does not see them; a person who sorts or reads the images does.`));
  if (named.length > 0) signs.push(signOf("patient-in-file-name", cases, named, `${named.length} file names hold the patient. Rename the files before they leave the hospital.`));
  return signs;
}

/** A sign with its counts by label. */
export function signOf(kind: LeakSign["kind"], cases: readonly Case[], found: readonly number[], message: string): LeakSign {
  const byLabel: Record<string, number> = {};
  for (const { label } of cases) byLabel[label] ??= 0;
  for (const index of found) byLabel[cases[index]!.label]! += 1;
  return { kind, cases: found.length, byLabel, examples: found.slice(0, 12), message };
}
